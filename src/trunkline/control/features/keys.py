"""The keys of features: asked about at OpenRouter before they are stored, and whenever an admin wants to know."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import msgspec

from trunkline.control.audit import Audit
from trunkline.control.configurations.credentials import API_KEY, Credentials
from trunkline.control.configurations.reach import Reach
from trunkline.control.features.feature import KIND, PROVIDER
from trunkline.control.features.lookup import find_feature, find_workspace_lender
from trunkline.control.features.plan import read_key
from trunkline.control.rate_limit import RateLimit
from trunkline.control.scope import require_whole_workspace
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.chat import JsonObject
from trunkline.core.errors import CannotOpen, Forbidden, InvalidInput, UpstreamError
from trunkline.core.secret import Secret
from trunkline.providers.base_url import read_base_url
from trunkline.providers.diagnosis import explain
from trunkline.providers.endpoint import Endpoint, make_endpoint, write_origin
from trunkline.providers.key_owner import find_mistake
from trunkline.providers.openrouter import KeyInfo, check_key
from trunkline.providers.registry import PROVIDERS
from trunkline.storage import credentials as rows
from trunkline.storage.database import Database, Transaction
from trunkline.storage.tables import Feature
from trunkline.vault.sealed_key import SealedKeys


class KeyVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """Whether OpenRouter takes a key, in words. ``info`` is what it tells of one that it knows."""

    success: bool
    message: str
    info: KeyInfo | None = None


class FeatureKeys:
    """Asks OpenRouter about keys. What is asked costs nothing there."""

    def __init__(
        self,
        database: Database,
        credentials: Credentials,
        reach: Reach,
        audit: Audit,
        limit: RateLimit,
        sealed_keys: SealedKeys,
    ) -> None:
        self._database = database
        self._credentials = credentials
        self._reach = reach
        self._audit = audit
        self._limit = limit
        self._sealed_keys = sealed_keys

    async def require_good(self, base_url: str | None, key: Secret) -> None:
        """Ask about a key once, before it is stored.

        Raises InvalidInput when it is rejected, and UpstreamError of kind ``unreachable`` when nobody could say.
        """
        mistake = find_mistake(PROVIDERS[PROVIDER], key.reveal()) if base_url is None else None
        if mistake is not None:
            raise InvalidInput.of("apiKey", mistake, code="INVALID_KEY")
        origin = write_origin(read_base_url(PROVIDERS[PROVIDER], base_url).origin)
        endpoint = make_endpoint(PROVIDERS[PROVIDER], base_url, self._reach.ready(key, (origin,)))
        try:
            await check_key(endpoint, self._reach.transport(endpoint.provider))
        except UpstreamError as error:
            message = explain(error, endpoint)
            if error.kind in ("auth", "permission"):
                raise InvalidInput.of("apiKey", message, code="INVALID_KEY") from error
            raise UpstreamError(
                f"The key could not be checked, so nothing was saved. {message}",
                kind="unreachable",
                provider=PROVIDER,
                status=error.status,
            ) from error

    async def validate(self, actor: Actor, slug: str, given: Secret | None = None) -> KeyVerdict:
        """Ask about ``given``, or about the key that the feature uses now: its own, else the workspace's.

        A key that is refused or missing is a verdict, no error. Raises NotFound, Forbidden, TooMany, and InvalidInput
        for a text that can be no key.
        """
        access.check(actor, "features.change")
        require_whole_workspace(actor)
        async with self._database.read() as tx:
            row = await find_feature(tx, actor.workspace_id, slug)
            shown = await read_mask(tx, row)
            if given is not None and shown is not None and given.reveal().strip() == shown:
                given = None
            self._limit.take(actor.user_id)
            try:
                endpoint = await self._open(tx, actor, row, given)
            except (CannotOpen, Forbidden):
                endpoint = KeyVerdict(success=False, message="The stored key cannot be opened here. Enter it again.")
        verdict = endpoint if isinstance(endpoint, KeyVerdict) else await self._ask(endpoint)
        async with self._database.write() as tx:
            await self._audit.record(
                tx,
                actor,
                "features.validate_key",
                target=(KIND, row.id if row.revision else None),
                after=cast("JsonObject", {"slug": slug, "success": verdict.success}),
                outcome="ok" if verdict.success else "failed",
            )
        return verdict

    async def _open(self, tx: Transaction, actor: Actor, row: Feature, given: Secret | None) -> Endpoint | KeyVerdict:
        provider = PROVIDERS[PROVIDER]
        origin = write_origin(read_base_url(provider, row.base_url).origin)
        if given is not None:
            key = self._reach.ready(read_key(actor, given, origin, self._sealed_keys), (origin,))
            return make_endpoint(provider, row.base_url, key)
        if row.target is not None:
            return KeyVerdict(
                success=False,
                message=f"{row.target} serves this feature, with a key of its own: test the connection there.",
            )
        if row.credential_id is not None:
            opened = await self._credentials.open(tx, row.workspace_id, row.credential_id, origin=origin)
            return make_endpoint(provider, row.base_url, opened.get(API_KEY))
        lender = await find_workspace_lender(tx, row.workspace_id)
        if lender is None:
            return KeyVerdict(success=False, message=NO_KEY)
        return await self._reach.open(tx, lender)

    async def _ask(self, endpoint: Endpoint) -> KeyVerdict:
        try:
            info = await check_key(endpoint, self._reach.transport(endpoint.provider))
        except UpstreamError as error:
            return KeyVerdict(success=False, message=explain(error, endpoint))
        return KeyVerdict(success=True, message=_praise(info), info=info)


NO_KEY = (
    "There is no OpenRouter key. An administrator can set one in this feature's settings, or share a configuration of"
    " OpenRouter with the workspace. Keys are made at https://openrouter.ai/settings/keys."
)
"""What to do where neither the feature nor the workspace has a key."""


async def read_mask(tx: Transaction, row: Feature) -> str | None:
    """How the feature's own key is shown; None when it has none."""
    return (await read_own_masks(tx, [row])).get(row.slug)


async def read_own_masks(tx: Transaction, saved: Iterable[Feature]) -> dict[str, str]:
    """How the own keys of a workspace's features are shown, by slug; without those that have none."""
    slugs = {row.credential_id: row.slug for row in saved if row.credential_id is not None}
    masks = await rows.read_masks(tx, list(slugs)) if slugs else {}
    return {slugs[credential]: fields[API_KEY] for credential, fields in masks.items() if API_KEY in fields}


def _praise(info: KeyInfo) -> str:
    if info.limit_remaining is not None:
        return f"OpenRouter knows this key: ${info.limit_remaining:.2f} of its credits are left."
    return "OpenRouter knows this key."
