"""Batches of calls, and the results of those that run here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, func, select, update

from trunkline.storage.database import Transaction
from trunkline.storage.tables import Batch, BatchResult, UsageEventRow

GOING = ("running", "cancelling")


async def find(
    tx: Transaction, batch_id: str, *, wire: str, workspace_id: str, user_id: str, application_id: str | None
) -> Batch | None:
    """One of the same user, or the same application."""
    return await tx.scalar(_list(wire, workspace_id, user_id, application_id).where(Batch.id == batch_id))


async def get(tx: Transaction, batch_id: str) -> Batch | None:
    """One, whosever it is."""
    return await tx.get(Batch, batch_id)


async def list_own(
    tx: Transaction,
    *,
    wire: str,
    workspace_id: str,
    user_id: str,
    application_id: str | None,
    after: str | None,
    before: str | None,
    limit: int,
) -> Sequence[Batch]:
    """Somebody's batches, the newest first."""
    asked = _list(wire, workspace_id, user_id, application_id)
    if after is not None:
        asked = asked.where(Batch.id < after)
    if before is not None:
        found = await tx.scalars(asked.where(Batch.id > before).order_by(Batch.id).limit(limit))
        return found.all()[::-1]
    return (await tx.scalars(asked.order_by(Batch.id.desc()).limit(limit))).all()


async def list_going(tx: Transaction) -> Sequence[Batch]:
    """All that have not ended, the oldest first."""
    return (await tx.scalars(select(Batch).where(Batch.state.in_(GOING)).order_by(Batch.id))).all()


async def list_holding(tx: Transaction) -> Sequence[Batch]:
    """Those that hold something of a hard budget."""
    return (await tx.scalars(select(Batch).where(Batch.is_holding).order_by(Batch.id))).all()


async def has_event(tx: Transaction, batch: Batch, event_id: str) -> bool:
    """Whether a call of ``batch`` is taken in. All of them are from the moment when it was made."""
    row, about = UsageEventRow, timedelta(seconds=1)
    asked = select(row.id).where(
        row.opened_at >= batch.created_at - about, row.opened_at <= batch.created_at + about, row.id == event_id
    )
    return await tx.scalar(asked) is not None


async def count_going(tx: Transaction, workspace_id: str) -> int:
    """How many of a workspace have not ended."""
    asked = select(func.count()).where(Batch.workspace_id == workspace_id, Batch.state.in_(GOING))
    return await tx.scalar(asked) or 0


async def needs_file(tx: Transaction, file_id: str) -> bool:
    """Whether a batch that runs is made of this file."""
    asked = select(Batch.id).where(Batch.requests_id == file_id, Batch.state.in_(GOING)).limit(1)
    return await tx.scalar(asked) is not None


async def change(tx: Transaction, batch_id: str, values: Mapping[str, object], states: Sequence[str] = GOING) -> bool:
    """Set columns of a batch that is in one of ``states``. Whether it was."""
    changed = await tx.execute(
        update(Batch).where(Batch.id == batch_id, Batch.state.in_(states)).values(**values).returning(Batch.id)
    )
    return changed.scalar_one_or_none() is not None


async def drop(tx: Transaction, batch_ids: Sequence[str]) -> None:
    """Forget some."""
    await tx.execute(delete(Batch).where(Batch.id.in_(batch_ids)))


async def find_old(tx: Transaction, ended: datetime, limit: int) -> Sequence[str]:
    """Those that ended before then."""
    return (
        await tx.scalars(select(Batch.id).where(Batch.ended_at < ended).order_by(Batch.ended_at).limit(limit))
    ).all()


async def list_done(tx: Transaction, batch_id: str) -> Sequence[int]:
    """The lines that have a result."""
    return (await tx.scalars(select(BatchResult.line).where(BatchResult.batch_id == batch_id))).all()


async def count_results(tx: Transaction, batch_id: str) -> Mapping[str, int]:
    """How many lines ended in which way."""
    asked = select(BatchResult.outcome, func.count()).where(BatchResult.batch_id == batch_id)
    found = await tx.execute(asked.group_by(BatchResult.outcome))
    return {row[0]: row[1] for row in found}


async def list_results(tx: Transaction, batch_id: str, after: int, limit: int) -> Sequence[BatchResult]:
    """The results behind the line ``after``, in the order of the lines."""
    asked = select(BatchResult).where(BatchResult.batch_id == batch_id, BatchResult.line > after)
    return (await tx.scalars(asked.order_by(BatchResult.line).limit(limit))).all()


async def drop_results(tx: Transaction, batch_id: str) -> None:
    """Forget the results: they are in files now."""
    await tx.execute(delete(BatchResult).where(BatchResult.batch_id == batch_id))


def _list(wire: str, workspace_id: str, user_id: str, application_id: str | None) -> Select[Batch]:
    own = Batch.user_id == user_id if application_id is None else Batch.application_id == application_id
    return select(Batch).where(Batch.workspace_id == workspace_id, Batch.wire == wire, own)
