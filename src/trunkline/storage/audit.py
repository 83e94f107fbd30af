"""The audit log's rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from trunkline.storage.database import Transaction
from trunkline.storage.tables import AuditEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which events are asked for; None: any. ``since`` is included, ``until`` is not."""

    action: str | None = None
    target_type: str | None = None
    target_id: str | None = None
    actor_id: str | None = None
    outcome: str | None = None
    since: datetime | None = None
    until: datetime | None = None


async def insert(tx: Transaction, event: AuditEvent) -> None:
    """Add one event."""
    tx.add(event)


async def find(
    tx: Transaction, workspace_id: str, wanted: AuditFilter, *, limit: int, before_id: str | None
) -> Sequence[AuditEvent]:
    """A workspace's events, newest first, at most ``limit`` of them, from below ``before_id`` on."""
    query = select(AuditEvent).where(AuditEvent.workspace_id == workspace_id)
    for column, value in (
        (AuditEvent.action, wanted.action),
        (AuditEvent.target_type, wanted.target_type),
        (AuditEvent.target_id, wanted.target_id),
        (AuditEvent.actor_id, wanted.actor_id),
        (AuditEvent.outcome, wanted.outcome),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.since is not None:
        query = query.where(AuditEvent.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(AuditEvent.at < wanted.until)
    if before_id is not None:
        query = query.where(AuditEvent.id < before_id)
    return (await tx.scalars(query.order_by(AuditEvent.id.desc()).limit(limit))).all()
