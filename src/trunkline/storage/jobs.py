"""Long work: what it is, how far it has come, how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from trunkline.core.chat import JsonValue
from trunkline.storage.database import Transaction
from trunkline.storage.tables import Job, now

UNFINISHED = ("queued", "running")


async def insert(tx: Transaction, job: Job) -> None:
    """Store a new one."""
    tx.add(job)
    await tx.flush()


async def find(tx: Transaction, workspace_id: str, job_id: str) -> Job | None:
    """The job of that id in the workspace."""
    return await tx.scalar(select(Job).where(Job.id == job_id, Job.workspace_id == workspace_id))


async def find_unfinished(tx: Transaction, workspace_id: str, kind: str, subject: dict[str, JsonValue]) -> Job | None:
    """A job of that kind on that subject which has not ended."""
    rows = await tx.scalars(
        select(Job).where(Job.workspace_id == workspace_id, Job.kind == kind, Job.state.in_(UNFINISHED))
    )
    return next((row for row in rows if row.subject == subject), None)


async def advance(
    tx: Transaction,
    job_id: str,
    *,
    state: str,
    progress: dict[str, JsonValue],
    error: str | None = None,
    finished_at: datetime | None = None,
) -> None:
    """Write how far a job has come. One that has already ended stays as it ended."""
    await tx.execute(
        update(Job)
        .where(Job.id == job_id, Job.state.in_(UNFINISHED))
        .values(state=state, progress=progress, error=error, finished_at=finished_at, updated_at=now())
    )


async def abandon(tx: Transaction, before: datetime, error: str, *, spare: Sequence[str]) -> list[str]:
    """End as failed the unfinished jobs that nobody has touched since ``before``, except ``spare``. Gives their ids."""
    rows = await tx.scalars(select(Job).where(Job.state.in_(UNFINISHED), Job.updated_at < before))
    lost = [row for row in rows if row.id not in spare]
    moment = now()
    for row in lost:
        row.state, row.error, row.finished_at, row.updated_at = "failed", error, moment, moment
        sequence = row.progress.get("sequence")
        row.progress = {**row.progress, "sequence": sequence + 1 if isinstance(sequence, int) else 1}
    await tx.flush()
    return [row.id for row in lost]
