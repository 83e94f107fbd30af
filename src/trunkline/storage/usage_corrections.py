"""Corrections of what calls cost, in the database: entries beside the calls, and in the sums of reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import product
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from trunkline.storage.database import Transaction
from trunkline.storage.intake.usage_group import DIMENSIONS, GRAINS, QUARTER_MINUTES, WHOLE, identify
from trunkline.storage.tables import UsageCorrection, UsageEventRow, UsageGroup, UsageSum
from trunkline.storage.usage import COUNTS, UsageScope
from trunkline.storage.usage_sums import match_groups


async def insert(tx: Transaction, correction: UsageCorrection, group: Mapping[str, str | None]) -> None:
    """Store it, and count it in the sums of its group."""
    correction.group_id = identify(tuple(group.get(name) for name in DIMENSIONS))
    tx.add(correction)
    await tx.flush()
    build = sqlite.insert if tx.get_bind().dialect.name == "sqlite" else postgresql.insert
    await tx.execute(
        build(UsageGroup).values(id=correction.group_id, **{name: group.get(name) for name in DIMENSIONS})
        .on_conflict_do_nothing()
    )  # fmt: skip
    quarter = int(correction.at.timestamp()) // (60 * QUARTER_MINUTES)
    for grain, group_id in product(GRAINS, (correction.group_id, WHOLE)):
        row: dict[str, Any] = {
            "workspace_id": correction.workspace_id,
            "grain": grain.number,
            "slot": grain.find_slot(quarter),
            "group_id": group_id,
            **dict.fromkeys(COUNTS, 0),
            "cost_nanos": correction.cost_nanos,
            "last_used_at": correction.at,
        }
        statement = build(UsageSum).values(row)
        await tx.execute(
            statement.on_conflict_do_update(
                index_elements=["workspace_id", "grain", "slot", "group_id"],
                set_={"cost_nanos": UsageSum.cost_nanos + statement.excluded.cost_nanos},
            )
        )


async def find_page(tx: Transaction, workspace_id: str, *, limit: int, after: str | None) -> Sequence[UsageCorrection]:
    """The newest first; ``after`` is the last id of the page before."""
    query = select(UsageCorrection).where(UsageCorrection.workspace_id == workspace_id)
    if after is not None:
        query = query.where(UsageCorrection.id < after)
    return (await tx.scalars(query.order_by(UsageCorrection.id.desc()).limit(limit))).all()


async def total(tx: Transaction, scope: UsageScope, since: datetime, until: datetime) -> int:
    """What the corrections of ``scope`` from ``since`` to before ``until`` add up to, in nano-dollars."""
    row = UsageCorrection
    query = select(func.sum(row.cost_nanos)).where(
        row.workspace_id == scope.workspace_id, row.at >= since, row.at < until
    )
    groups = match_groups(tx, scope)
    if groups:
        query = query.join(UsageGroup, UsageGroup.id == row.group_id).where(*groups)
    return int(await tx.scalar(query) or 0)


def read_group(row: UsageEventRow, missing: str | None) -> dict[str, str | None]:
    """The group that a call is counted in; ``missing`` is what no price is known of."""
    return {name: getattr(row, name) for name in DIMENSIONS} | {"price_missing": missing}
