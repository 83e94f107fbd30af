"""What the snapshot is compiled from: columns, not entities, because there may be very many."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.storage.tables import BudgetRow, Feature
from trunkline.vault.data_key import WrappedDataKey
from trunkline.vault.stored_secret import StoredSecret


class WorkspaceRow(msgspec.Struct, frozen=True):
    """A workspace itself."""

    id: str
    revision: int
    name: str
    personal_of: str | None
    default_configuration_id: str | None
    cache_generation: int
    capture: dict[str, JsonValue] | None = None


class ConfigurationRow(msgspec.Struct, frozen=True):
    """What calls need of a configuration."""

    id: str
    workspace_id: str
    user_id: str
    application_id: str | None
    name: str
    provider: str
    model: str | None
    base_url: str | None
    parameters: dict[str, JsonValue]
    credential_id: str | None
    borrows: bool
    lender_id: str | None
    is_paid: bool | None
    caching: dict[str, JsonValue] | None
    is_active: bool
    is_shared: bool
    revision: int
    created_at: datetime


class ApplicationRow(msgspec.Struct, frozen=True):
    """What calls need of an application."""

    id: str
    workspace_id: str
    name: str
    default_configuration_id: str | None


class KeyRow(msgspec.Struct, frozen=True):
    """An API key; revoked ones too, where somebody asked for it by its id."""

    digest: str
    id: str
    workspace_id: str
    user_id: str
    scope: str
    application_id: str | None
    models: list[str]
    expires_at: datetime | None
    revoked_at: datetime | None


class MemberRow(msgspec.Struct, frozen=True):
    """A member who is not disabled."""

    workspace_id: str
    user_id: str
    role: str


class PersonRow(msgspec.Struct, frozen=True):
    """A user who has a personal workspace."""

    id: str
    role: str


class VersionRow(msgspec.Struct, frozen=True):
    """A version that is active."""

    id: str
    workspace_id: str
    configuration_id: str
    provider: str
    model: str | None
    parameters: dict[str, JsonValue]
    buckets: list[list[int]]


class ExperimentRow(msgspec.Struct, frozen=True):
    """What chooses among the versions of a configuration."""

    configuration_id: str
    workspace_id: str
    salt: str


class RouteRow(msgspec.Struct, frozen=True):
    """A route that is active."""

    id: str
    workspace_id: str
    name: str
    strategy: str
    conditions: dict[str, JsonValue] | None
    otherwise_id: str | None
    hedging: dict[str, JsonValue] | None
    caching: dict[str, JsonValue] | None
    revision: int
    created_at: datetime


class TargetRow(msgspec.Struct, frozen=True):
    """A target of a route."""

    route_id: str
    configuration_id: str
    model: str | None
    priority: int
    weight: int
    conditions: dict[str, JsonValue] | None
    fallback_for: str | None


class PolicyRow(msgspec.Struct, frozen=True):
    """A policy that holds."""

    id: str
    workspace_id: str | None
    application_id: str | None
    key_id: str | None
    name: str
    content: str
    risk_type: str
    action_type: int
    rule: dict[str, JsonValue] | None
    fail_mode: str


class LimitRow(msgspec.Struct, frozen=True):
    """A limit."""

    id: str
    workspace_id: str
    subject: str
    subject_id: str
    measure: str
    window: str
    amount: int
    burst: int | None
    by_admin: bool


class PriceRow(msgspec.Struct, frozen=True):
    """A price of a workspace's own."""

    id: str
    workspace_id: str
    provider: str
    model: str
    tier: str
    amounts: dict[str, int]
    starts_at: datetime
    ends_at: datetime | None


@dataclass(slots=True)
class Sealed:
    """Secrets by the credential that they belong to, and the keys that open them."""

    secrets: dict[str, tuple[StoredSecret, ...]] = field(default_factory=dict[str, tuple[StoredSecret, ...]])
    data_keys: dict[str, WrappedDataKey] = field(default_factory=dict[str, WrappedDataKey])

    def add(self, secret: StoredSecret, data_key: WrappedDataKey) -> None:
        """One more field of a credential."""
        self.secrets[secret.credential_id] = (*self.secrets.get(secret.credential_id, ()), secret)
        self.data_keys[data_key.id] = data_key

    def get(self, credential_id: str | None) -> tuple[StoredSecret, ...]:
        """What a credential holds."""
        return self.secrets.get(credential_id or "", ())


@dataclass(slots=True)
class VersionRows:
    """Active versions, and by their configuration the experiments and the ids of their open phases."""

    versions: list[VersionRow] = field(default_factory=list[VersionRow])
    experiments: dict[str, ExperimentRow] = field(default_factory=dict[str, ExperimentRow])
    phases: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(slots=True)
class WorkspaceRows:
    """All of one workspace that a call may need. ``person`` is the user whose personal one it is, unless disabled.

    ``keys`` are those that are not revoked; ``routes`` the active ones; ``policies`` those that hold.
    """

    workspace: WorkspaceRow
    person: PersonRow | None = None
    members: list[MemberRow] = field(default_factory=list[MemberRow])
    configurations: list[ConfigurationRow] = field(default_factory=list[ConfigurationRow])
    applications: list[ApplicationRow] = field(default_factory=list[ApplicationRow])
    keys: list[KeyRow] = field(default_factory=list[KeyRow])
    sealed: Sealed = field(default_factory=Sealed)
    trials: VersionRows = field(default_factory=VersionRows)
    routes: list[RouteRow] = field(default_factory=list[RouteRow])
    targets: list[TargetRow] = field(default_factory=list[TargetRow])
    features: list[Feature] = field(default_factory=list[Feature])
    policies: list[PolicyRow] = field(default_factory=list[PolicyRow])
    limits: list[LimitRow] = field(default_factory=list[LimitRow])
    prices: list[PriceRow] = field(default_factory=list[PriceRow])
    budgets: list[BudgetRow] = field(default_factory=list[BudgetRow])
