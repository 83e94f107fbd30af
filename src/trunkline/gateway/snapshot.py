"""The read model that a call needs: immutable, compiled elsewhere, swapped whole.

``control`` compiles one part per workspace from storage and puts parts together; a change compiles its part alone. All
values are msgspec structs, so that a copy can be kept, encrypted, on local disk.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from trunkline.core.actor import Role, Scope
from trunkline.core.budget import Budget
from trunkline.core.caching import Caching
from trunkline.core.capture import CaptureRule
from trunkline.core.chat import JsonValue
from trunkline.core.hedging import Hedging
from trunkline.core.limit import Measure, Subject, Window
from trunkline.core.price_override import PriceOverride
from trunkline.core.route_conditions import RouteConditions
from trunkline.core.strategy import Cause, Strategy
from trunkline.vault.data_key import WrappedDataKey
from trunkline.vault.stored_secret import StoredSecret


class ConfigurationEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A configuration as a call sees it. ``model`` None: callers name the model themselves (``<name>/<model>``).

    ``parameters`` are as stored, under the provider's own setting names. Secrets stay sealed; they are opened on first
    use. ``created_at`` is microseconds since the epoch: of equals, the oldest wins.
    """

    id: str
    workspace_id: str
    owner_id: str
    name: str
    provider: str
    model: str | None = None
    base_url: str | None = None
    parameters: dict[str, JsonValue] = {}
    shared: bool = False
    application_id: str | None = None
    is_active: bool = True
    revision: int = 1
    created_at: int = 0
    is_paid: bool | None = None
    credential_id: str | None = None
    secrets: tuple[StoredSecret, ...] = ()
    version_id: str | None = None
    """Set on the entry of a version, which has its configuration's id."""
    trial: Trial | None = None
    caching: Caching | None = None


class Variant(msgspec.Struct, frozen=True, kw_only=True):
    """One active version: the ``[start, end)`` ranges of the 10,000 buckets that it owns, and what it is."""

    entry: ConfigurationEntry
    buckets: tuple[tuple[int, int], ...]


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """The active versions of a configuration, of which each call gets one by its unit."""

    salt: str
    phase_id: str
    variants: tuple[Variant, ...]


class RouteTargetEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One way that a route may take. ``model`` None: the configuration's own. The lowest ``priority`` goes first.

    It is for calls that fulfil its ``conditions``; with ``fallback_for`` only for those that failed elsewhere for that.
    """

    configuration_id: str
    model: str | None = None
    priority: int = 0
    weight: int = 1
    conditions: RouteConditions | None = None
    fallback_for: Cause | None = None


class RouteEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A route that is active. The strategy orders the targets of one priority.

    It is for calls that fulfil its ``conditions``, whatever those of its targets are; the others go to the route or
    configuration ``otherwise_id``, if there is one. With ``hedging``, an embeddings call that is slow is sent to the
    next target besides; with ``caching``, answers are kept and given again.
    """

    id: str
    name: str
    strategy: Strategy
    targets: tuple[RouteTargetEntry, ...]
    conditions: RouteConditions | None = None
    otherwise_id: str | None = None
    hedging: Hedging | None = None
    caching: Caching | None = None
    selective: bool = False
    """Whether it or any target is for some calls only; found out once."""
    revision: int = 1
    created_at: int = 0

    def __post_init__(self) -> None:
        """Looks at the targets."""
        selective = self.conditions is not None or any(
            target.conditions is not None or target.fallback_for is not None for target in self.targets
        )
        msgspec.structs.force_setattr(self, "selective", selective)


class FeatureEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A feature. With ``target``, that name serves it; else ``entry`` does, which has a provider and a credential.

    ``parameters`` are under the features' own names (``systemPrompt``, ``temperature``, …) and are laid over those of
    whatever configuration serves; ``custom`` are fields of the OpenAI chat wire.
    """

    id: str
    slug: str
    kind: str
    model: str
    target: str | None = None
    entry: ConfigurationEntry | None = None
    parameters: dict[str, JsonValue] = {}
    custom: dict[str, JsonValue] = {}
    caching: Caching | None = None
    revision: int = 1


class PolicyEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A policy. Without a workspace it holds everywhere. ``action``: 0 log, 1 alert, 2 block."""

    id: str
    name: str
    content: str
    risk_type: str
    action: int
    rule: dict[str, JsonValue] | None = None
    fail_open: bool = True
    workspace_id: str | None = None
    application_id: str | None = None
    key_id: str | None = None


class LimitEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A limit on traffic. ``subject_id`` None: each of that kind has its own; of a workspace, the workspace.

    ``burst`` is what may be used at once, None: the whole amount. ``by_admin``: an admin has set it.
    """

    id: str
    subject: Subject
    measure: Measure
    amount: int
    subject_id: str | None = None
    window: Window | None = None
    burst: int | None = None
    by_admin: bool = True


class ApplicationEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An application: its default configuration, and those of the workspace that it is associated with."""

    id: str
    name: str
    default_configuration_id: str | None = None


class KeyEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An API key that is not revoked. ``expires_at`` is seconds since the epoch."""

    id: str
    workspace_id: str
    user_id: str
    scope: Scope = "call"
    application_id: str | None = None
    models: tuple[str, ...] = ()
    expires_at: float | None = None


class WorkspacePart(msgspec.Struct, frozen=True, kw_only=True):
    """All of one workspace but its keys. ``members`` are by user."""

    id: str
    revision: int
    name: str = ""
    personal_of: str | None = None
    members: dict[str, Role] = {}
    configurations: dict[str, ConfigurationEntry] = {}
    applications: dict[str, ApplicationEntry] = {}
    data_keys: dict[str, WrappedDataKey] = {}
    default_configuration_id: str | None = None
    routes: dict[str, RouteEntry] = {}
    """By name."""
    features: dict[str, FeatureEntry] = {}
    """By slug."""
    policies: tuple[PolicyEntry, ...] = ()
    limits: tuple[LimitEntry, ...] = ()
    prices: tuple[PriceOverride, ...] = ()
    """What the workspace pays in place of what lists say."""
    budgets: tuple[Budget, ...] = ()
    cache_generation: int = 0
    """How often all answers that are kept were forgotten."""
    capture: CaptureRule | None = None
    """What is kept of the content of its calls; None: nothing."""


class UserEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A user who may sign in."""

    id: str
    personal_workspace_id: str
    instance_admin: bool = False


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """Everything. ``keys`` leads from a key's HMAC to its entry; ``revoked_sessions`` are those with a live token."""

    revision: int = 0
    instance_id: str = ""
    parts: Mapping[str, WorkspacePart] = {}
    keys: Mapping[str, KeyEntry] = {}
    users: Mapping[str, UserEntry] = {}
    revoked_sessions: frozenset[str] = frozenset()
    policies: tuple[PolicyEntry, ...] = ()
    """Those of the whole installation."""


class SnapshotHolder:
    """The one place that is written: calls read ``current`` once and keep what they read."""

    __slots__ = ("current",)

    def __init__(self, snapshot: Snapshot | None = None) -> None:
        self.current = snapshot if snapshot is not None else Snapshot()

    def find_overrides(self, workspace_id: str) -> tuple[PriceOverride, ...]:
        """The prices of that workspace's own, now."""
        part = self.current.parts.get(workspace_id)
        return () if part is None else part.prices
