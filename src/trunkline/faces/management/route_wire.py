"""Routes on the wire."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from msgspec import UNSET, UnsetType
from pydantic import Field, StrictBool, StringConstraints

from trunkline.control.record import read_record
from trunkline.control.routes.route import (
    LARGEST_PRIORITY,
    LARGEST_WEIGHT,
    LONGEST_HEDGE_MS,
    MOST_TARGETS,
    RouteDraft,
    RouteTargetDraft,
)
from trunkline.core.caching import Caching
from trunkline.core.hedging import Hedging
from trunkline.core.strategy import Cause, Strategy
from trunkline.faces.http.caching_wire import GivenCaching, ShownCaching, read_caching
from trunkline.faces.http.wire import EXAMPLE_ID, GivenId, GivenName, Moment, RequestBody, ResponseBody
from trunkline.faces.management.route_conditions_wire import (
    GivenConditions,
    GivenRouteConditions,
    ShownConditions,
    ShownRouteConditions,
    read_conditions,
)

Model = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]
Reason = Annotated[str, Field(max_length=500, description="Why, for the history.")]


_KEPT = (
    "The target is used only after another one refused the request: `contextWindow` because it is too long for its"
    " model, `contentFilter` because of its content. Null: it is an ordinary target."
)
_OTHERWISE = (
    "The route or shared configuration that serves requests which do not fulfil `conditions`. Null: they get 400."
)
_HEDGED = "Milliseconds without a response. Null: the 95th percentile of the target's latest responses."


class RouteTargetRequest(RequestBody):
    """One way that a route may take."""

    read_only: ClassVar[frozenset[str]] = frozenset({"configurationName", "provider", "servedModel", "problem"})

    configuration_id: Annotated[GivenId, Field(description="A configuration that is shared with the workspace.")]
    model: Annotated[Model | None, Field(description="Null: the configuration's own.")] = None
    priority: Annotated[int, Field(strict=True, ge=0, le=LARGEST_PRIORITY, description="The lowest goes first.")] = 0
    weight: Annotated[
        int,
        Field(
            strict=True, ge=1, le=LARGEST_WEIGHT, description="Its share among those of its priority, where weighted."
        ),
    ] = 1
    conditions: GivenConditions = None
    fallback_for: Annotated[Cause | None, Field(description=_KEPT)] = None


class RouteHedgingRequest(RequestBody):
    """When an embeddings request is sent to the next target besides."""

    example: ClassVar[dict[str, Any]] = {"afterMs": 300}

    after_ms: Annotated[int | None, Field(strict=True, ge=1, le=LONGEST_HEDGE_MS, description=_HEDGED)] = None


Targets = Annotated[list[RouteTargetRequest], Field(min_length=1, max_length=MOST_TARGETS)]


class _RouteFields(RequestBody):
    """What making and changing a route have in common."""

    read_only: ClassVar[frozenset[str]] = frozenset(
        {"id", "workspaceId", "otherwiseName", "revision", "createdBy", "createdAt", "updatedAt"}
    )

    strategy: Annotated[
        Strategy | None,
        Field(
            description="How targets of one priority are ordered: `priority` as listed, `weighted` by chance,"
            " `round-robin` in turn, `least-busy` by the requests under way, `cheapest` by price among those that can"
            " serve the request, `fastest` by what was measured."
        ),
    ] = None
    conditions: GivenRouteConditions = None
    otherwise_id: Annotated[GivenId | None, Field(description=_OTHERWISE)] = None
    hedging: Annotated[RouteHedgingRequest | None, Field(description="For embeddings only. Null: never.")] = None
    caching: GivenCaching = None
    is_active: StrictBool | None = None
    reason: Reason = ""


class RouteCreateRequest(_RouteFields):
    """A new route."""

    example: ClassVar[dict[str, Any]] = {
        "name": "fast",
        "strategy": "priority",
        "targets": [{"configurationId": EXAMPLE_ID}],
    }

    name: GivenName
    targets: Targets


class RouteUpdateRequest(_RouteFields):
    """What is to change of a route. Targets are replaced as a whole."""

    example: ClassVar[dict[str, Any]] = {
        "strategy": "weighted",
        "targets": [{"configurationId": EXAMPLE_ID, "weight": 3}],
    }

    name: GivenName | None = None
    targets: Targets | None = None


def read_draft(given: RouteCreateRequest | RouteUpdateRequest) -> RouteDraft:
    """What was given, for the use case."""
    targets = None
    if given.targets is not None:
        targets = tuple(
            read_record(RouteTargetDraft, target, conditions=read_conditions(target.conditions))
            for target in given.targets
        )
    hedging = given.hedging
    return RouteDraft(
        name=given.name,
        strategy=given.strategy,
        targets=targets,
        conditions=read_conditions(given.conditions) if "conditions" in given.model_fields_set else UNSET,
        otherwise_id=given.otherwise_id if "otherwise_id" in given.model_fields_set else UNSET,
        hedging=(Hedging(after_ms=hedging.after_ms) if hedging is not None else None)
        if "hedging" in given.model_fields_set
        else UNSET,
        caching=_read_caching(given),
        is_active=given.is_active,
        reason=given.reason,
    )


def _read_caching(given: RouteCreateRequest | RouteUpdateRequest) -> Caching | UnsetType | None:
    if "caching" not in given.model_fields_set:
        return UNSET
    return read_caching(given.caching)


class RouteRevertRequest(RequestBody):
    """Why a route goes back."""

    example: ClassVar[dict[str, Any]] = {"reason": "The other one was slower."}

    reason: Reason = ""


class RouteTargetResponse(ResponseBody):
    """A target. `problem` says why calls pass it by now, and is null when they do not."""

    configuration_id: str
    configuration_name: str
    provider: str
    model: str | None = Field(description="Null: the configuration's own.")
    served_model: str | None = Field(description="What calls ask for: `model`, or the configuration's own.")
    priority: int
    weight: int
    conditions: ShownConditions
    fallback_for: Cause | None = Field(description=_KEPT)
    problem: str | None


class RouteHedgingResponse(ResponseBody):
    """When an embeddings request is sent to the next target besides."""

    after_ms: int | None = Field(description=_HEDGED)


class RouteResponse(ResponseBody):
    """A route."""

    id: str
    workspace_id: str
    name: str
    strategy: Strategy
    targets: list[RouteTargetResponse]
    conditions: ShownRouteConditions
    otherwise_id: str | None = Field(description=_OTHERWISE)
    otherwise_name: str | None = Field(description="What that is called.")
    hedging: RouteHedgingResponse | None
    caching: ShownCaching
    is_active: bool
    revision: int
    created_by: str
    created_at: Moment
    updated_at: Moment
