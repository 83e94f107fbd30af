"""Moves settled calls and broken policies from the journal into the database, whatever dies in between."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Final

from trunkline.control.usage.event_store import EventStore, Mark
from trunkline.control.usage.event_values import estimate
from trunkline.control.usage.intake_figures import IntakeFigures
from trunkline.control.usage.journal_events import RecordReader, read_batches
from trunkline.control.usage.last_uses import LastUses
from trunkline.control.usage.projection import Arrivals, Projection
from trunkline.control.usage.rejected_events import RejectedEvents
from trunkline.core.errors import TrunklineError
from trunkline.gateway.journal.folder import JournalFolder
from trunkline.gateway.journal.orphan import Orphan
from trunkline.gateway.journal.process_lock import ProcessLock
from trunkline.gateway.journal.segment import Segment
from trunkline.logs import get_logger
from trunkline.storage.intake.connection import Connection, Transaction
from trunkline.storage.intake.statements import FIND_MARK, PRUNE_MARKS, REMOVE_MARK

BATCH: Final = 1_000
"""Events per transaction: some ten milliseconds, for which others wait with what they write."""

INTERVAL_SECONDS: Final = 0.5
LONGEST_PAUSE_SECONDS: Final = 15.0
CLOSING_SECONDS: Final = 5.0
"""How long a last pass may take; what it cannot take in, the next start does."""

_TURN_SECONDS: Final = 0.05
_PRUNE_SECONDS: Final = 3_600.0
_MARKS_KEPT_SECONDS: Final = 30 * 86_400.0

_log: Final = get_logger(__name__)


class Intake:
    """Takes in the journals of all processes of this machine, living and dead, while it has the folder's lock.

    One transaction takes in a batch: it inserts the events that are not there yet, hands only those to the
    ``projections``, and moves the segment's mark. So a batch that is repeated after a crash, or an event that stands in
    two segments, changes nothing. While the database is down the journal keeps everything, and taking in goes on when
    it is back. It waits inside its calls: it needs an event loop, in a thread or a process, where nothing else runs.
    """

    def __init__(
        self,
        connection: Connection,
        folder: JournalFolder,
        projections: Sequence[Projection],
        *,
        batch: int = BATCH,
        now: Callable[[], float] = time.time,
        ended: Callable[[Transaction, str], Awaitable[None]] | None = None,
        stored: Callable[[Arrivals], None] | None = None,
    ) -> None:
        """``now`` gives seconds since the epoch. ``ended`` hears of each dead process all of whose calls are stored, by
        the name of its journal; ``stored`` of what was stored, and must not wait or raise."""
        self._connection = connection
        self._folder = folder
        self._uses = LastUses()
        self._store = EventStore(connection, (*projections, self._uses), RejectedEvents(folder.directory), stored)
        self._figures = IntakeFigures(folder.directory)
        self._batch = batch
        self._now = now
        self._ended = ended
        self._lock: ProcessLock | None = None
        self._offsets: dict[str, int] = {}
        self._readers: dict[str, RecordReader] = {}
        self._pruned = 0.0

    async def run(self, stop: asyncio.Event) -> None:
        """Take in every half second until ``stop`` is set, and then once more, for five seconds at most.

        After a failure it pauses longer and longer, up to 15 s.
        """
        passes, stopped = asyncio.ensure_future(self._run(stop)), asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait({passes, stopped}, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait({passes}, timeout=CLOSING_SECONDS)
        finally:
            for task in (passes, stopped):
                task.cancel()
            await asyncio.gather(passes, stopped, return_exceptions=True)
            await self.close()

    async def take_in(self) -> int:
        """Take in all that is in the folder, and delete the segments that are done with.

        Calls of dead processes that have no end become ``estimated``. Gives the number of calls that were new to the
        database: none while another process takes in.
        """
        self._lock = self._lock or self._folder.lock()
        if self._lock is None:
            return 0
        began, new = self._now(), 0
        for left in self._folder.read():
            if isinstance(left, Orphan):
                with left:
                    new += await self._take_in_orphan(left)
            else:
                new += await self._take_in_segments(left.segments)
        await self._tidy(began)
        self._folder.note_taken_in(began)
        self._figures.write(self._offsets)
        return new

    async def close(self) -> None:
        """Let others take in."""
        await self._connection.close()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    async def _run(self, stop: asyncio.Event) -> None:
        pause = INTERVAL_SECONDS
        while True:
            last = stop.is_set()
            try:
                await self.take_in()
                if last:
                    await self._write_uses()
                pause = INTERVAL_SECONDS
            except Exception as error:  # noqa: BLE001 - whatever it is, taking in must go on and the journal keeps all
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
                self._figures.failures += 1
                self._figures.write(self._offsets)
                _log.warning("usage_not_taken_in", next_try_seconds=round(pause), reason=_name(error))
            if last and (self._lock is not None or self._folder.is_empty):
                return
            if last:
                # Somebody else takes in, and is stopping too perhaps: then it is for us.
                await asyncio.sleep(_TURN_SECONDS)
            else:
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), pause)

    async def _take_in_orphan(self, orphan: Orphan) -> int:
        segments = orphan.segments()
        new = 0
        for segment in segments:
            new += await self._take_in_segment(segment)
        reader = RecordReader()
        ends = [estimate(opened) for one in orphan.unsettled() if (opened := reader.read_opened(one)) is not None]
        for at in range(0, len(ends), self._batch):
            new += await self._store.put(ends[at : at + self._batch])
        if self._ended is not None:
            async with self._connection.write() as tx:
                await self._ended(tx, orphan.process)
        for segment in segments:
            await self._discard(segment)
        return new

    async def _take_in_segments(self, segments: Sequence[Segment]) -> int:
        new = 0
        for segment in segments:
            new += await self._take_in_segment(segment)
            if segment.sealed:
                await self._discard(segment)
        return new

    async def _take_in_segment(self, segment: Segment) -> int:
        offset = self._offsets.get(segment.name)
        if offset is None:
            async with self._connection.write() as tx:
                found = await tx.ask(FIND_MARK, segment.name)
            offset = self._offsets[segment.name] = found[0][0] if found else 0
        new = 0
        if offset < segment.end:
            reader = self._readers.get(segment.name)
            if reader is None:
                reader = self._readers[segment.name] = RecordReader.at(segment, offset)
            for batch in read_batches(segment, offset, self._batch, reader):
                if batch.events or batch.alike:
                    mark = Mark(segment.name, batch.end, int(self._now() * 1e6))
                    began = time.perf_counter()
                    stored = await self._store.put(batch.events, mark, alike=batch.alike)
                    self._figures.add(time.perf_counter() - began, stored, batch.end - self._offsets[segment.name])
                    new += stored
                # Where there was nothing to store the database's mark may stay behind: reading twice costs nothing.
                self._offsets[segment.name] = batch.end
                self._figures.write(self._offsets)
                # So that a stop is heard between two batches.
                await asyncio.sleep(0)
        return new

    async def _discard(self, segment: Segment) -> None:
        segment.path.unlink(missing_ok=True)
        self._offsets.pop(segment.name, None)
        self._readers.pop(segment.name, None)
        async with self._connection.write() as tx:
            await tx.run(REMOVE_MARK, segment.name)

    async def _tidy(self, now: float) -> None:
        if self._uses.due:
            await self._write_uses()
        if now - self._pruned >= _PRUNE_SECONDS:
            async with self._connection.write() as tx:
                await tx.run(PRUNE_MARKS, int((now - _MARKS_KEPT_SECONDS) * 1e6))
            self._pruned = now

    async def _write_uses(self) -> None:
        if self._uses.noted and self._lock is not None:
            async with self._connection.write() as tx:
                await self._uses.write(tx)
            self._uses.forget()


def _name(error: Exception) -> str:
    """What went wrong, without values that a driver's text may hold."""
    return error.message if isinstance(error, TrunklineError) else type(error).__name__
