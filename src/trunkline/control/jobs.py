"""Long work: started by a request, done by a task of this process, followed from any."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec

from trunkline.control.record import read_record
from trunkline.core import access
from trunkline.core.actor import Actor, at_least
from trunkline.core.chat import JsonObject
from trunkline.core.errors import NotFound, TrunklineError
from trunkline.logs import get_logger
from trunkline.storage import jobs as rows
from trunkline.storage.database import Database, Transaction
from trunkline.storage.tables import Job, now

JobState = Literal["queued", "running", "succeeded", "failed", "cancelled"]

WRITE_SECONDS: Final = 0.25
"""Progress is written at most this often."""

BEAT_SECONDS: Final = 5.0
"""An unchanged job is touched this often, to show that its process is alive."""

LOST_AFTER: Final = timedelta(seconds=30)
RECOVER_SECONDS: Final = 15.0
POLL_SECONDS: Final = 0.25

_LOST: Final = (
    "The server stopped while this was running. Start it again: what was already done is kept where it can be."
)

_log: Final = get_logger(__name__)


class JobRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A job as people see it. ``sequence`` grows with every change of state or progress."""

    id: str
    kind: str
    state: JobState
    subject: JsonObject
    progress: JsonObject
    error: str | None
    sequence: int
    created_at: datetime
    updated_at: datetime
    finished_at: datetime | None

    @property
    def finished(self) -> bool:
        """Whether nothing more will come."""
        return self.state not in rows.UNFINISHED


class Progress:
    """Where a job's work reports how far it is. Reporting is cheap; what is written is the latest at each time."""

    def __init__(self) -> None:
        self.latest: JsonObject = {}
        self.changed = False

    def report(self, progress: JsonObject) -> None:
        """Say how far it is; replaces what was said before."""
        self.latest = progress
        self.changed = True


Work = Callable[[Progress], Awaitable[None]]


class Jobs:
    """Runs work in tasks and keeps its progress in the database.

    A job whose process died is found by its silence and ended as failed, with what to do.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def start(self, tx: Transaction, actor: Actor, kind: str, subject: JsonObject) -> tuple[JobRecord, bool]:
        """Note a job in the transaction; to be followed by :meth:`run` after its commit.

        When there is one like it that has not ended, that one is given; the second value is whether it is new.
        """
        running = await rows.find_unfinished(tx, actor.workspace_id, kind, subject)
        if running is not None:
            return _show(running), False
        job = Job(workspace_id=actor.workspace_id, created_by=actor.user_id, kind=kind, subject=subject, progress={})
        await rows.insert(tx, job)
        return _show(job), True

    def run(self, job_id: str, work: Work) -> None:
        """Do the work of a job in a task of its own."""
        task = asyncio.create_task(self._run(job_id, work), name=f"job {job_id}")
        self._tasks[job_id] = task
        task.add_done_callback(lambda _: self._tasks.pop(job_id, None))

    async def get(self, actor: Actor, job_id: str) -> JobRecord:
        """A job that the actor started, or any of the workspace for an admin. Raises NotFound for others."""
        access.check(actor, "jobs.read")
        async with self._database.read() as tx:
            job = await rows.find(tx, actor.workspace_id, job_id)
        if job is None or not (job.created_by == actor.user_id or at_least(actor.role, "admin")):
            raise NotFound("There is no such job.", code="job_not_found")
        return _show(job)

    async def follow(self, actor: Actor, job_id: str, after: int = -1) -> AsyncGenerator[JobRecord]:
        """The job each time that it changes, from the first state beyond the sequence ``after`` to the last.

        It is read from the database, so that it does not matter which process runs it.
        """
        while True:
            record = await self.get(actor, job_id)
            if record.sequence > after:
                after = record.sequence
                yield record
            if record.finished:
                return
            await asyncio.sleep(POLL_SECONDS)

    async def recover(self) -> int:
        """End as failed the jobs whose process has died, as half a minute of silence tells. Gives their number."""
        async with self._database.write() as tx:
            return len(await rows.abandon(tx, now() - LOST_AFTER, _LOST, spare=list(self._tasks)))

    async def watch(self) -> None:
        """Recover now and every quarter of a minute until cancelled: no job of a dead process seems to go on."""
        while True:
            try:
                await self.recover()
            except TrunklineError as error:
                _log.warning("jobs_of_dead_processes_not_found", reason=str(error))
            await asyncio.sleep(RECOVER_SECONDS)

    async def close(self) -> None:
        """Stop all work of this process; its jobs end as failed, with what to do."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def wait(self, job_id: str) -> None:
        """Until a job of this process has ended; at once if it is not one."""
        task = self._tasks.get(job_id)
        if task is not None:
            await asyncio.wait([task])

    async def _run(self, job_id: str, work: Work) -> None:
        progress, sequence = Progress(), 1
        await self._write(job_id, "running", progress, sequence)
        loop = asyncio.get_running_loop()
        working = asyncio.ensure_future(work(progress))
        written = loop.time()
        error: str | None = "Something went wrong on our side. The server's log has more."
        try:
            while not working.done():
                await asyncio.wait([working], timeout=WRITE_SECONDS)
                if progress.changed or loop.time() - written >= BEAT_SECONDS:
                    sequence += progress.changed
                    progress.changed = False
                    await self._write(job_id, "running", progress, sequence)
                    written = loop.time()
            await working
            error = None
        except asyncio.CancelledError:
            error = _LOST
        except TrunklineError as failure:
            error = failure.message
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
            await self._write(job_id, "failed" if error else "succeeded", progress, sequence + 1, error)

    async def _write(
        self, job_id: str, state: JobState, progress: Progress, sequence: int, error: str | None = None
    ) -> None:
        """While the database is down nothing is written: the work goes on, and at worst the job counts as lost."""
        ended = state not in rows.UNFINISHED
        try:
            async with self._database.write() as tx:
                await rows.advance(
                    tx,
                    job_id,
                    state=state,
                    progress={**progress.latest, "sequence": sequence},
                    error=error,
                    finished_at=now() if ended else None,
                )
        except TrunklineError as failure:
            _log.warning("job_state_not_written", job=job_id, reason=str(failure))


def _show(job: Job) -> JobRecord:
    progress = dict(job.progress)
    sequence = progress.pop("sequence", 0)
    return read_record(JobRecord, job, progress=progress, sequence=sequence if isinstance(sequence, int) else 0)
