"""What serves calls that do not fulfil the conditions of a route."""

from __future__ import annotations

from typing import Final

from trunkline.control.routes.route import RouteState
from trunkline.core.errors import Conflict, InvalidInput
from trunkline.storage import configurations, routes
from trunkline.storage.database import Transaction
from trunkline.storage.tables import Route

_FIELD: Final = "otherwiseId"


async def check_otherwise(tx: Transaction, workspace_id: str, own_id: str | None, state: RouteState) -> None:
    """Whether the route may leave such calls to what it names: to another route, or to a shared configuration.

    Raises InvalidInput where that is not there, where it leads back, and where the route has no conditions.
    """
    named = state.otherwise_id
    if named is None:
        return
    if state.conditions is None:
        raise InvalidInput.of(_FIELD, "is for a route with conditions. Set conditions as well, or send null here.")
    if named == own_id:
        raise InvalidInput.of(_FIELD, f"would lead the route {state.name!r} to itself. Name another route.")
    route = await routes.find(tx, workspace_id, named)
    if route is None:
        found = (await configurations.find_many(tx, workspace_id, {named}, lock=True)).get(named)
        if found is None or not found.is_shared:
            raise InvalidInput.of(
                _FIELD, "is neither a route nor a shared configuration of this workspace. Name one by its id."
            )
        if found.model is None:
            raise InvalidInput.of(_FIELD, f"is {found.name!r}, which has no model of its own. Give it one.")
        return
    leading = await routes.find_otherwise(tx, workspace_id)
    seen = {own_id}
    step: str | None = named
    while step is not None:
        if step in seen:
            raise InvalidInput.of(
                _FIELD,
                f"would lead the route {state.name!r} to itself, by way of {route.name!r}. Name a route that does not"
                " lead back here.",
            )
        seen.add(step)
        step = leading.get(step)


async def require_not_otherwise(tx: Transaction, row: Route) -> None:
    """Raise Conflict when other routes leave calls to this one."""
    names = await routes.find_names_before(tx, row.workspace_id, row.id)
    if names:
        raise Conflict(
            f"The route {row.name!r} is in use: {', '.join(map(repr, names))} names it as otherwiseId."
            " Choose another one there first.",
            code="in_use",
        )
