"""A route as use cases give and take it: free of tables and of wires."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from trunkline.core.caching import Caching
from trunkline.core.chat import JsonValue
from trunkline.core.hedging import Hedging
from trunkline.core.route_conditions import RouteConditions
from trunkline.core.strategy import Cause, Strategy

KIND: Final = "route"
"""What revisions and audit events call a route."""

LARGEST_NAME: Final = 255
MOST_TARGETS: Final = 20
LARGEST_WEIGHT: Final = 1000
LARGEST_PRIORITY: Final = 1000
LONGEST_HEDGE_MS: Final = 60_000
_OPTIONAL: Final = ("hedging", "caching", "conditions", "otherwiseId", "fallbackFor")
MOST_WORDS: Final = 20
"""Tags, families, or fields of metadata in conditions."""
LARGEST_TOKENS: Final = 100_000_000


class RouteTargetDraft(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One way that a route may take. ``model`` None: the configuration's own. The lowest ``priority`` goes first.

    It serves calls that fulfil its ``conditions``; with ``fallback_for`` only those that failed elsewhere for that.
    """

    configuration_id: str
    model: str | None = None
    priority: int = 0
    weight: int = 1
    conditions: RouteConditions | None = None
    fallback_for: Cause | None = None


class RouteDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be saved; None: as it is, or for a new route as usual.

    ``conditions``, ``hedging`` and ``caching`` None: without. ``otherwise_id`` is the route or configuration for calls
    that do not fulfil the conditions; None: they are refused.
    """

    name: str | None = None
    strategy: Strategy | None = None
    targets: tuple[RouteTargetDraft, ...] | None = None
    conditions: RouteConditions | UnsetType | None = UNSET
    otherwise_id: str | UnsetType | None = UNSET
    hedging: Hedging | UnsetType | None = UNSET
    caching: Caching | UnsetType | None = UNSET
    is_active: bool | None = None
    reason: str = ""


class RouteTargetRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A target as people see it. ``model`` is as in the draft, ``served_model`` what calls ask for.

    ``problem`` says why calls pass it by now; None when they do not.
    """

    configuration_id: str
    configuration_name: str
    provider: str
    model: str | None
    served_model: str | None
    priority: int
    weight: int
    conditions: RouteConditions | None
    fallback_for: Cause | None
    problem: str | None


class RouteRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A route as people see it. ``revision`` counts its saved states."""

    id: str
    workspace_id: str
    name: str
    strategy: Strategy
    targets: tuple[RouteTargetRecord, ...]
    conditions: RouteConditions | None
    otherwise_id: str | None
    otherwise_name: str | None
    hedging: Hedging | None
    caching: Caching | None
    is_active: bool
    revision: int
    created_by: str
    created_at: datetime
    updated_at: datetime


class RouteState(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What the history of a route keeps."""

    name: str
    strategy: Strategy
    targets: tuple[RouteTargetDraft, ...]
    conditions: RouteConditions | None = None
    otherwise_id: str | None = None
    hedging: Hedging | None = None
    caching: Caching | None = None
    is_active: bool = True

    def write(self) -> dict[str, JsonValue]:
        """As it is stored."""
        fields: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(self))
        # What is not used is not told, so that it is no difference to states from before it was there.
        for said in (fields, *fields["targets"]):
            for name in _OPTIONAL:
                if said.get(name, ...) is None:
                    del said[name]
        return fields
