"""Routes on the wire."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field, StrictBool, StringConstraints

from trunkline.control.routes.route import (
    LARGEST_PRIORITY,
    LARGEST_WEIGHT,
    MOST_TARGETS,
    RouteDraft,
    RouteTargetDraft,
)
from trunkline.core.strategy import Strategy
from trunkline.faces.http.wire import EXAMPLE_ID, GivenId, GivenName, Moment, RequestBody, ResponseBody

Model = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]
Reason = Annotated[str, Field(max_length=500, description="Why, for the history.")]


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


Targets = Annotated[list[RouteTargetRequest], Field(min_length=1, max_length=MOST_TARGETS)]


class _RouteFields(RequestBody):
    """What making and changing a route have in common."""

    read_only: ClassVar[frozenset[str]] = frozenset(
        {"id", "workspaceId", "revision", "createdBy", "createdAt", "updatedAt"}
    )

    strategy: Annotated[
        Strategy | None,
        Field(
            description="How targets of one priority are ordered: `priority` as listed, `weighted` by chance,"
            " `cheapest` by price, `fastest` by what was measured."
        ),
    ] = None
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
            RouteTargetDraft(
                configuration_id=target.configuration_id,
                model=target.model,
                priority=target.priority,
                weight=target.weight,
            )
            for target in given.targets
        )
    return RouteDraft(
        name=given.name, strategy=given.strategy, targets=targets, is_active=given.is_active, reason=given.reason
    )


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
    problem: str | None


class RouteResponse(ResponseBody):
    """A route."""

    id: str
    workspace_id: str
    name: str
    strategy: Strategy
    targets: list[RouteTargetResponse]
    is_active: bool
    revision: int
    created_by: str
    created_at: Moment
    updated_at: Moment
