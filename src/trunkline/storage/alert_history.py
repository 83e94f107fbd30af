"""What happened in the past of what rules of alerts look at: by the quarter of an hour, from the sums of usage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import func, select

from trunkline.core.budget import Budget
from trunkline.storage.database import Transaction
from trunkline.storage.intake.usage_group import QUARTER_MINUTES
from trunkline.storage.tables import UsageGroup, UsageSum
from trunkline.storage.usage import has_tag


class Quarter(NamedTuple):
    """The calls of a configuration in a quarter of an hour, which are counted from the epoch."""

    configuration_id: str
    slot: int
    calls: int
    errors: int


async def read_calls(tx: Transaction, workspace_id: str, first: int) -> Sequence[Quarter]:
    """Those of a workspace from quarter ``first`` on, in order."""
    row, group = UsageSum, UsageGroup
    query = (
        select(group.configuration_id, row.slot, func.sum(row.request_count), func.sum(row.error_count))
        .join(group, group.id == row.group_id)
        .where(
            row.workspace_id == workspace_id,
            row.grain == QUARTER_MINUTES,
            row.slot >= first,
            group.configuration_id.is_not(None),
        )
        .group_by(group.configuration_id, row.slot)
        .order_by(row.slot)
    )
    return [
        Quarter(configuration_id, slot, int(calls), int(errors))
        for configuration_id, slot, calls, errors in await tx.execute(query)
        if configuration_id is not None
    ]


async def read_costs(tx: Transaction, budget: Budget, first: int) -> Sequence[tuple[int, int]]:
    """What the calls that count for a budget have cost, by the quarter from ``first`` on, in order."""
    row, group = UsageSum, UsageGroup
    query = (
        select(row.slot, func.sum(row.cost_nanos))
        .join(group, group.id == row.group_id)
        .where(row.workspace_id == budget.workspace_id, row.grain == QUARTER_MINUTES, row.slot >= first)
        .group_by(row.slot)
        .order_by(row.slot)
    )
    match budget.subject:
        case "user":
            query = query.where(group.user_id == budget.subject_id)
        case "key":
            query = query.where(group.key_id == budget.subject_id)
        case "application":
            query = query.where(group.application_id == budget.subject_id)
        case "feature":
            query = query.where(group.feature == budget.subject_id)
        case "tag":
            query = query.where(has_tag(tx, group.tags.expression, budget.subject_id))
        case "workspace":
            pass
    return [(slot, int(cost)) for slot, cost in await tx.execute(query)]
