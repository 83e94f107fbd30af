"""How far each journal segment has been taken in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete

from trunkline.storage.database import Transaction
from trunkline.storage.tables import JournalMark, now


async def find(tx: Transaction, segment: str) -> int:
    """The offset up to which everything of ``segment`` is in the database; 0 when nothing is."""
    mark = await tx.get(JournalMark, segment)
    return 0 if mark is None else mark.offset


async def put(tx: Transaction, segment: str, offset: int) -> None:
    """Move the mark. To be called in the transaction that stores what lies before it."""
    mark = await tx.get(JournalMark, segment)
    if mark is None:
        tx.add(JournalMark(segment=segment, offset=offset, updated_at=now()))
    else:
        mark.offset, mark.updated_at = offset, now()
    await tx.flush()


async def remove(tx: Transaction, segment: str) -> None:
    """Forget a segment that is deleted. Unknown ones are a no-op."""
    await tx.execute(delete(JournalMark).where(JournalMark.segment == segment))


async def prune(tx: Transaction, before: datetime) -> None:
    """Forget the segments that nobody has touched since ``before``: a crash may leave the mark of a deleted one.

    Safe also for one that is still there: events that come twice are ignored.
    """
    await tx.execute(delete(JournalMark).where(JournalMark.updated_at < before))
