"""What has been kept for long enough, taken out of the database piece by piece."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import delete, select, tuple_

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


async def prune(tx: Transaction, what: Kept, before: datetime, most: int) -> int:
    """Delete at most ``most`` rows that are from before that moment, the oldest first. Gives how many went."""
    return await _PRUNERS[what](tx, before, most)


async def _prune_requests(tx: Transaction, before: datetime, most: int) -> int:
    row = UsageEventRow
    key = tuple_(row.opened_at, row.id)
    old = select(row.opened_at, row.id).where(row.opened_at < before).order_by(row.opened_at, row.id).limit(most)
    found = [(opened_at, identity) for opened_at, identity in await tx.execute(old)]
    if found:
        await tx.execute(delete(row).where(row.opened_at <= found[-1][0], key.in_(found)))
    return len(found)


async def _prune_conversations(tx: Transaction, before: datetime, most: int) -> int:
    row = Conversation
    old = select(row.id).where(row.id < _first_id(before), row.updated_at < before).order_by(row.id).limit(most)
    found = list(await tx.scalars(old))
    if found:
        await tx.execute(delete(row).where(row.id.in_(found)))
    return len(found)


async def _prune_violations(tx: Transaction, before: datetime, most: int) -> int:
    row = PolicyViolation
    found = list(await tx.scalars(select(row.id).where(row.id < _first_id(before)).order_by(row.id).limit(most)))
    if found:
        await tx.execute(delete(row).where(row.id.in_(found)))
    return len(found)


async def _prune_alerts(tx: Transaction, before: datetime, most: int) -> int:
    """Those that are over, with what was sent of them, and what was sent of none."""
    row, sent = AlertRow, AlertDeliveryRow
    ended = select(row.id).where(row.id < _first_id(before), row.resolved_at < before, row.held.is_(None))
    found = list(await tx.scalars(ended.order_by(row.id).limit(most)))
    if found:
        await tx.execute(delete(row).where(row.id.in_(found)))
    tests = select(sent.id).where(sent.id < _first_id(before), sent.alert_id.is_(None)).order_by(sent.id).limit(most)
    tried = list(await tx.scalars(tests))
    if tried:
        await tx.execute(delete(sent).where(sent.id.in_(tried)))
    return max(len(found), len(tried))


def _first_id(moment: datetime) -> str:
    """What ids that were made then begin with: they are in the order of their making."""
    text = f"{int(moment.timestamp() * 1000):012x}"
    return f"{text[:8]}-{text[8:]}"


_PRUNERS: Final[Mapping[Kept, Callable[[Transaction, datetime, int], Awaitable[int]]]] = {
    "requests": _prune_requests,
    "conversations": _prune_conversations,
    "violations": _prune_violations,
    "alerts": _prune_alerts,
}
