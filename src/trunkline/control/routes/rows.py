"""A route's rows as its other forms: as people see it, and as its history keeps it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from trunkline.control.record import read_record
from trunkline.control.routes.route import RouteRecord, RouteState, RouteTargetDraft, RouteTargetRecord
from trunkline.storage import configurations, routes
from trunkline.storage.database import Transaction
from trunkline.storage.tables import Configuration, Route, RouteTarget


async def read_state(tx: Transaction, row: Route) -> RouteState:
    """The state that a row is in."""
    return read_record(RouteState, row, targets=(await routes.find_targets(tx, [row.id]))[row.id])


def make_row(target: RouteTargetDraft) -> RouteTarget:
    """A target as it is stored; its place is given to it later."""
    conditions = target.conditions
    return RouteTarget(
        configuration_id=target.configuration_id,
        model=target.model,
        priority=target.priority,
        weight=target.weight,
        conditions=None if conditions is None else msgspec.to_builtins(conditions),
        fallback_for=target.fallback_for,
    )


async def show(tx: Transaction, workspace_id: str, rows: Sequence[Route]) -> Sequence[RouteRecord]:
    """The rows as people see them."""
    targets = await routes.find_targets(tx, [row.id for row in rows])
    wanted = {target.configuration_id for every in targets.values() for target in every}
    wanted |= {row.otherwise_id for row in rows if row.otherwise_id is not None}
    there = await configurations.find_many(tx, workspace_id, wanted)
    return [
        read_record(
            RouteRecord,
            row,
            targets=[_show_target(target, there) for target in targets.get(row.id, ())],
            otherwise_name=await _name_otherwise(tx, row, there),
        )
        for row in rows
    ]


async def _name_otherwise(tx: Transaction, row: Route, there: Mapping[str, Configuration]) -> str | None:
    """What its other route or configuration is called; empty where that is nobody else's to see any more."""
    if row.otherwise_id is None:
        return None
    configuration = there.get(row.otherwise_id)
    if configuration is not None:
        return configuration.name if configuration.is_shared else ""
    route = await routes.find(tx, row.workspace_id, row.otherwise_id)
    return "" if route is None else route.name


def _show_target(target: RouteTarget, there: Mapping[str, Configuration]) -> RouteTargetRecord:
    row = there[target.configuration_id]
    return read_record(
        RouteTargetRecord,
        target,
        # One that its owner has taken back is nobody else's to see.
        configuration_name=row.name if row.is_shared else "",
        provider=row.provider if row.is_shared else "",
        served_model=target.model or (row.model if row.is_shared else None),
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
