"""A route as use cases give and take it: free of tables and of wires."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.core.strategy import Strategy

KIND: Final = "route"
"""What revisions and audit events call a route."""

LARGEST_NAME: Final = 255
MOST_TARGETS: Final = 20
LARGEST_WEIGHT: Final = 1000
LARGEST_PRIORITY: Final = 1000


class RouteTargetDraft(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One way that a route may take. ``model`` None: the configuration's own. The lowest ``priority`` goes first."""

    configuration_id: str
    model: str | None = None
    priority: int = 0
    weight: int = 1


class RouteDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be saved; None: as it is, or for a new route as usual."""

    name: str | None = None
    strategy: Strategy | None = None
    targets: tuple[RouteTargetDraft, ...] | None = None
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
    problem: str | None


class RouteRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A route as people see it. ``revision`` counts its saved states."""

    id: str
    workspace_id: str
    name: str
    strategy: Strategy
    targets: tuple[RouteTargetRecord, ...]
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
    is_active: bool

    def write(self) -> dict[str, JsonValue]:
        """As it is stored."""
        fields: dict[str, JsonValue] = msgspec.json.decode(msgspec.json.encode(self))
        return fields
