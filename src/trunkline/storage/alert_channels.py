"""Where alerts are told, in the database."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, or_, select

from trunkline.storage import alert_rules
from trunkline.storage.database import Transaction
from trunkline.storage.tables import AlertChannelRow, AlertRuleRow


async def insert(tx: Transaction, row: AlertChannelRow) -> None:
    """Store a new one."""
    tx.add(row)
    await tx.flush()


async def find(tx: Transaction, workspace_id: str, channel_id: str, *, lock: bool = False) -> AlertChannelRow | None:
    """The workspace's channel of that id."""
    row = AlertChannelRow
    query = select(row).where(row.workspace_id == workspace_id, row.id == channel_id)
    return await tx.scalar(query.with_for_update() if lock else query)


async def find_page(tx: Transaction, workspace_id: str, *, limit: int, after: str | None) -> Sequence[AlertChannelRow]:
    """The newest first; ``after`` is the last id of the page before."""
    row = AlertChannelRow
    query = select(row).where(row.workspace_id == workspace_id)
    if after is not None:
        query = query.where(row.id < after)
    return (await tx.scalars(query.order_by(row.id.desc()).limit(limit))).all()


async def count(tx: Transaction, workspace_id: str) -> int:
    """How many a workspace has."""
    row = AlertChannelRow
    return await tx.scalar(select(func.count()).select_from(row).where(row.workspace_id == workspace_id)) or 0


async def remove(tx: Transaction, row: AlertChannelRow) -> None:
    """Delete it, also from the rules that tell it."""
    rule = AlertRuleRow
    wanted = or_(rule.workspace_id == row.workspace_id, rule.workspace_id.is_(None))
    for each in (await tx.scalars(select(rule).where(wanted).with_for_update())).all():
        if row.id in each.channel_ids:
            each.channel_ids = [one for one in each.channel_ids if one != row.id]
            each.revision += 1
    await alert_rules.mark(tx)
    await tx.delete(row)
    await tx.flush()
