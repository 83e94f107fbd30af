"""What snapshots hold for one workspace: configurations with sealed keys, routes, API keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trunkline.core.caching import Caching
from trunkline.core.hedging import Hedging
from trunkline.core.route_conditions import RouteConditions
from trunkline.core.secret import Secret
from trunkline.gateway.snapshot import (
    ConfigurationEntry,
    KeyEntry,
    RouteEntry,
    RouteTargetEntry,
    Snapshot,
    UserEntry,
    WorkspacePart,
)
from trunkline.providers.base_url import read_base_url
from trunkline.providers.endpoint import write_origin
from trunkline.providers.registry import PROVIDERS
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.root_key import RootKey
from trunkline.vault.stored_secret import StoredSecret
from trunkline.vault.token import TokenKind, Tokens
from trunkline.vault.vault import Vault

KEY = "tl-test-key"
MANAGER = "u-1"
WORKSPACE = "w-1"
VAULT = Vault(KeyRing.create(RootKey.generate()))
DATA_KEY = VAULT.new_data_key(f"user:{MANAGER}")


def seal(credential_id: str, field: str, value: str, origin: str) -> StoredSecret:
    """A secret of the test's user, which may be sent to ``origin``."""
    return VAULT.encrypt(
        Secret(value),
        owner=DATA_KEY.owner,
        credential_id=credential_id,
        field=field,
        origins=(origin,),
        data_key=DATA_KEY,
    )


def configuration(name: str, provider: str, **fields: Any) -> ConfigurationEntry:
    """A configuration of the test's user, with its ``api_key`` sealed for the origin that it leads to."""
    api_key = fields.pop("api_key", None)
    secrets = ()
    if api_key is not None:
        origin = write_origin(read_base_url(PROVIDERS[provider], fields.get("base_url")).origin)
        secrets = (seal(name, "apiKey", api_key, origin),)
    return ConfigurationEntry(
        id=f"id-{name}", workspace_id=WORKSPACE, owner_id=MANAGER, name=name, provider=provider, secrets=secrets,
        **fields,
    )  # fmt: skip


def route(
    name: str,
    *targets: str | RouteTargetEntry,
    strategy: Any = "priority",
    conditions: RouteConditions | None = None,
    hedging: Hedging | None = None,
    caching: Caching | None = None,
) -> RouteEntry:
    """A route over configurations, by their names or with more said of them."""
    entries = [
        target if isinstance(target, RouteTargetEntry) else RouteTargetEntry(configuration_id=f"id-{target}")
        for target in targets
    ]
    return RouteEntry(
        id=f"route-{name}",
        name=name,
        strategy=strategy,
        targets=tuple(entries),
        conditions=conditions,
        hedging=hedging,
        caching=caching,
        created_at=5_000_000,
    )


def make_snapshot(part: WorkspacePart, keys: Mapping[str, KeyEntry] | None = None) -> Snapshot:
    """The snapshot of one workspace, with ``keys`` by what callers send: :data:`KEY` of the manager's if unsaid."""
    keys = keys or {KEY: KeyEntry(id="k-1", workspace_id=WORKSPACE, user_id=MANAGER)}
    tokens = Tokens(VAULT.ring)
    return Snapshot(
        parts={part.id: part},
        keys={tokens.digest(TokenKind.API_KEY, key).hex(): entry for key, entry in keys.items()},
        users={user: UserEntry(id=user, personal_workspace_id=WORKSPACE) for user in part.members},
    )
