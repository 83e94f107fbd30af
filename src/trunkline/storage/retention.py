"""What has been kept for long enough, taken out of the database piece by piece."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import ColumnElement, delete, select, tuple_, update
from sqlalchemy.orm import InstrumentedAttribute

from trunkline.storage.database import Transaction
from trunkline.storage.tables import (
    AlertDeliveryRow,
    AlertRow,
    Conversation,
    PolicyViolation,
    UsageEventRow,
    Workspace,
)

Kept = Literal["requests", "conversations", "violations", "alerts"]
"""What has an age at which it goes. Sums of usage stay. The audit log goes by :mod:`trunkline.control.audit_chain`."""


async def find_days(tx: Transaction, workspace_id: str) -> Mapping[str, int]:
    """After how many days a workspace has what is kept for it deleted, where that is its own word."""
    return await tx.scalar(select(Workspace.retention).where(Workspace.id == workspace_id)) or {}


async def find_own_days(tx: Transaction) -> Mapping[str, Mapping[str, int]]:
    """The same of all workspaces that say anything."""
    found = await tx.execute(select(Workspace.id, Workspace.retention).where(Workspace.retention.is_not(None)))
    return {workspace_id: days for workspace_id, days in found if days}


async def set_days(tx: Transaction, workspace_id: str, days: Mapping[str, int]) -> None:
    """Have a workspace say so."""
    await tx.execute(update(Workspace).where(Workspace.id == workspace_id).values(retention=dict(days) or None))


async def prune(tx: Transaction, what: Kept, before: datetime, most: int, workspace_id: str | None = None) -> int:
    """Delete at most ``most`` rows that are from before that moment, the oldest first. Gives how many went.

    With ``workspace_id`` those of that workspace alone.
    """
    return await _PRUNERS[what](tx, before, most, workspace_id)


async def _prune_requests(tx: Transaction, before: datetime, most: int, workspace_id: str | None) -> int:
    row = UsageEventRow
    key = tuple_(row.opened_at, row.id)
    old = select(row.opened_at, row.id).where(row.opened_at < before, *_within(row.workspace_id, workspace_id))
    old = old.order_by(row.opened_at, row.id).limit(most)
    found = [(opened_at, identity) for opened_at, identity in await tx.execute(old)]
    if found:
        await tx.execute(delete(row).where(row.opened_at <= found[-1][0], key.in_(found)))
    return len(found)


async def _prune_conversations(tx: Transaction, before: datetime, most: int, workspace_id: str | None) -> int:
    row = Conversation
    old = select(row.id).where(
        row.id < _first_id(before), row.updated_at < before, *_within(row.workspace_id, workspace_id)
    )
    found = list(await tx.scalars(old.order_by(row.id).limit(most)))
    if found:
        await tx.execute(delete(row).where(row.id.in_(found)))
    return len(found)


async def _prune_violations(tx: Transaction, before: datetime, most: int, workspace_id: str | None) -> int:
    row = PolicyViolation
    old = select(row.id).where(row.id < _first_id(before), *_within(row.workspace_id, workspace_id))
    found = list(await tx.scalars(old.order_by(row.id).limit(most)))
    if found:
        await tx.execute(delete(row).where(row.id.in_(found)))
    return len(found)


async def _prune_alerts(tx: Transaction, before: datetime, most: int, workspace_id: str | None) -> int:
    """Those that are over, with what was sent of them, and what was sent of none."""
    row, sent = AlertRow, AlertDeliveryRow
    ended = select(row.id).where(
        row.id < _first_id(before),
        row.resolved_at < before,
        row.held.is_(None),
        *_within(row.workspace_id, workspace_id),
    )
    found = list(await tx.scalars(ended.order_by(row.id).limit(most)))
    if found:
        await tx.execute(delete(row).where(row.id.in_(found)))
    tests = select(sent.id).where(
        sent.id < _first_id(before), sent.alert_id.is_(None), *_within(sent.workspace_id, workspace_id)
    )
    tried = list(await tx.scalars(tests.order_by(sent.id).limit(most)))
    if tried:
        await tx.execute(delete(sent).where(sent.id.in_(tried)))
    return max(len(found), len(tried))


def _within(
    column: InstrumentedAttribute[str] | InstrumentedAttribute[str | None], workspace_id: str | None
) -> tuple[ColumnElement[bool], ...]:
    return () if workspace_id is None else (column == workspace_id,)


def _first_id(moment: datetime) -> str:
    """What ids that were made then begin with: they are in the order of their making."""
    text = f"{int(moment.timestamp() * 1000):012x}"
    return f"{text[:8]}-{text[8:]}"


_PRUNERS: Final[Mapping[Kept, Callable[[Transaction, datetime, int, str | None], Awaitable[int]]]] = {
    "requests": _prune_requests,
    "conversations": _prune_conversations,
    "violations": _prune_violations,
    "alerts": _prune_alerts,
}
