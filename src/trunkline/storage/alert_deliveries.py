"""What is to be sent of alerts, and what was, in the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from trunkline.storage.database import Transaction
from trunkline.storage.tables import AlertDeliveryRow


async def insert(tx: Transaction, row: AlertDeliveryRow) -> None:
    """Store a new one."""
    tx.add(row)
    await tx.flush()


async def find_due(tx: Transaction, now: datetime, limit: int) -> Sequence[AlertDeliveryRow]:
    """Those to be sent now, the longest due first. Of one alert and channel an earlier one goes before a later."""
    row, earlier = AlertDeliveryRow, aliased(AlertDeliveryRow)
    behind = exists().where(
        earlier.alert_id == row.alert_id,
        earlier.channel_id == row.channel_id,
        earlier.next_at.is_not(None),
        earlier.id < row.id,
    )
    query = select(row).where(row.next_at <= now, ~behind).order_by(row.next_at, row.id).limit(limit)
    return (await tx.scalars(query)).all()


async def find(tx: Transaction, delivery_id: str, *, lock: bool = False) -> AlertDeliveryRow | None:
    """The one of that id."""
    query = select(AlertDeliveryRow).where(AlertDeliveryRow.id == delivery_id)
    return await tx.scalar(query.with_for_update() if lock else query)


async def find_told(tx: Transaction, alert_id: str) -> Sequence[str]:
    """The ids of the channels that were, or will be, told that an alert fires."""
    row = AlertDeliveryRow
    query = select(row.channel_id).where(row.alert_id == alert_id, row.notice == "firing").distinct()
    return (await tx.scalars(query)).all()


async def find_page(
    tx: Transaction,
    workspace_id: str,
    *,
    limit: int,
    after: str | None,
    alert_id: str | None = None,
    channel_id: str | None = None,
    state: str | None = None,
) -> Sequence[AlertDeliveryRow]:
    """Those to channels of the workspace, the newest first."""
    row = AlertDeliveryRow
    query = select(row).where(row.workspace_id == workspace_id)
    if after is not None:
        query = query.where(row.id < after)
    for column, value in ((row.alert_id, alert_id), (row.channel_id, channel_id), (row.state, state)):
        if value is not None:
            query = query.where(column == value)
    return (await tx.scalars(query.order_by(row.id.desc()).limit(limit))).all()
