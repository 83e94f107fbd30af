"""A route's rows as its other forms: as people see it, and as its history keeps it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from trunkline.control.routes.route import RouteRecord, RouteState, RouteTargetDraft, RouteTargetRecord
from trunkline.gateway.snapshot import Strategy
from trunkline.storage import configurations, routes
from trunkline.storage.database import Transaction
from trunkline.storage.tables import Configuration, Route, RouteTarget


async def read_state(tx: Transaction, row: Route) -> RouteState:
    """The state that a row is in."""
    targets = (await routes.find_targets(tx, [row.id]))[row.id]
    return RouteState(
        name=row.name,
        strategy=cast("Strategy", row.strategy),
        targets=tuple(
            RouteTargetDraft(
                configuration_id=target.configuration_id,
                model=target.model,
                priority=target.priority,
                weight=target.weight,
            )
            for target in targets
        ),
        is_active=row.is_active,
    )


def make_row(target: RouteTargetDraft) -> RouteTarget:
    """A target as it is stored; its place is given to it later."""
    return RouteTarget(
        configuration_id=target.configuration_id, model=target.model, priority=target.priority, weight=target.weight
    )


async def show(tx: Transaction, workspace_id: str, rows: Sequence[Route]) -> Sequence[RouteRecord]:
    """The rows as people see them."""
    targets = await routes.find_targets(tx, [row.id for row in rows])
    wanted = {target.configuration_id for every in targets.values() for target in every}
    there = await configurations.find_many(tx, workspace_id, wanted)
    return [
        RouteRecord(
            id=row.id,
            workspace_id=row.workspace_id,
            name=row.name,
            strategy=cast("Strategy", row.strategy),
            targets=tuple(_show_target(target, there) for target in targets.get(row.id, ())),
            is_active=row.is_active,
            revision=row.revision,
            created_by=row.created_by,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )
        for row in rows
    ]


def _show_target(target: RouteTarget, there: Mapping[str, Configuration]) -> RouteTargetRecord:
    row = there[target.configuration_id]
    return RouteTargetRecord(
        configuration_id=row.id,
        # One that its owner has taken back is nobody else's to see.
        configuration_name=row.name if row.is_shared else "",
        provider=row.provider if row.is_shared else "",
        model=target.model,
        served_model=target.model or (row.model if row.is_shared else None),
        priority=target.priority,
        weight=target.weight,
        problem=_find_problem(row, target),
    )


def _find_problem(row: Configuration, target: RouteTarget) -> str | None:
    if not row.is_shared:
        return "Its owner does not share it with the workspace any more."
    if not row.is_active:
        return "It is not active."
    if row.model is None and target.model is None:
        return "It has no model."
    return None
