"""Moves settled calls and broken policies from the journal into the database, once each, whatever dies in between."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final, TypeAlias

import msgspec

from trunkline.control.experiments.exposures import take_in
from trunkline.control.policies.violation_row import violation_row
from trunkline.control.usage.row import estimate, event_row, moment, sum_rows
from trunkline.control.usage.set_aside import SetAside
from trunkline.core.errors import TrunklineError
from trunkline.core.policy import ViolationEvent
from trunkline.core.usage_event import Opened, UsageEvent
from trunkline.gateway.journal.frame import Damage, Kind, Record
from trunkline.gateway.journal.orphan import Orphan, adopt
from trunkline.gateway.journal.segment import Segment
from trunkline.gateway.journal.writer import Journal
from trunkline.gateway.rate_reading import RateLimits
from trunkline.storage import journal_marks, rate_limits, usage, violations
from trunkline.storage.data_fault import is_data_fault
from trunkline.storage.database import LONG_SECONDS, Database, Transaction

BATCH: Final = 500
"""Events per transaction: 500 rows of 35 columns stay below both databases' limits of parameters."""

INTERVAL_SECONDS: Final = 0.5
ADOPT_SECONDS: Final = 10.0
LONGEST_PAUSE_SECONDS: Final = 15.0
_MARKS_KEPT: Final = timedelta(days=30)

_log: Final = logging.getLogger(__name__)
_settled: Final = msgspec.msgpack.Decoder(UsageEvent)
_opened: Final = msgspec.msgpack.Decoder(Opened)
_noted: Final = msgspec.msgpack.Decoder(ViolationEvent)


_Event: TypeAlias = UsageEvent | ViolationEvent


class Shipper:
    """Ships this process's journal, and adopts what dead processes of this machine have left.

    One transaction takes in a batch: it inserts the events that are not there yet, adds only those to the hourly sums,
    and moves the segment's mark. So a batch that is repeated after a crash, or an event that stands in two segments,
    changes nothing. While the database is down the journal keeps everything; shipping goes on when it is back.
    """

    def __init__(
        self,
        database: Database,
        journal: Journal,
        directory: Path,
        *,
        readings: RateLimits | None = None,
        batch: int = BATCH,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._journal = journal
        self._directory = directory
        self._readings = readings
        self._batch = batch
        self._now = now
        self._offsets: dict[str, int] = {}
        self._set_aside = SetAside(directory)

    async def run(self) -> None:
        """Ship every half second until cancelled; after a failure, pause longer and longer, up to 15 s."""
        loop = asyncio.get_running_loop()
        pause, adopted = INTERVAL_SECONDS, loop.time() - ADOPT_SECONDS
        while True:
            try:
                await self.ship()
                if loop.time() - adopted >= ADOPT_SECONDS:
                    await self.adopt()
                    adopted = loop.time()
                pause = INTERVAL_SECONDS
            except Exception as error:  # noqa: BLE001 - whatever it is, shipping must go on and the journal keeps all
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
                _log.warning("shipper: usage stays in the journal for now, next try in %.0f s: %s", pause, _name(error))
            await asyncio.sleep(pause)

    async def ship(self) -> int:
        """Take in everything that this process has settled, and delete the segments that are done with.

        Gives the number of events that were new to the database.
        """
        shipped = 0
        for segment in self._journal.segments():
            shipped += await self._take_in(segment)
            if segment.sealed:
                self._journal.discard(segment)
                await self._forget(segment)
        await self._keep_readings()
        return shipped

    async def adopt(self) -> int:
        """Take in what dead processes have left; their calls without an end become ``estimated``.

        Gives the number of events that were new to the database.
        """
        shipped = 0
        for orphan in adopt(self._directory):
            with orphan:
                shipped += await self._take_in_orphan(orphan)
        async with self._database.write(limit=LONG_SECONDS) as tx:
            await journal_marks.prune(tx, self._now() - _MARKS_KEPT)
        return shipped

    async def _take_in_orphan(self, orphan: Orphan) -> int:
        shipped = 0
        segments = orphan.segments()
        for segment in segments:
            shipped += await self._take_in(segment)
        unsettled = await asyncio.to_thread(orphan.unsettled)
        events = iter([estimate(opened) for record in unsettled if (opened := _decode_opened(record)) is not None])
        while batch := list(islice(events, self._batch)):
            shipped += await self._put_apart(batch)
        for segment in segments:
            orphan.discard(segment)
            await self._forget(segment)
        return shipped

    async def _take_in(self, segment: Segment) -> int:
        offset = self._offsets.get(segment.name)
        if offset is None:
            async with self._database.read(limit=LONG_SECONDS) as tx:
                offset = self._offsets[segment.name] = await journal_marks.find(tx, segment.name)
        if offset >= segment.end:
            return 0
        shipped = 0
        entries = segment.read(offset)
        # A batch at a time, so that a backlog costs no more memory than its bytes.
        while batch := await asyncio.to_thread(lambda: list(islice(entries, self._batch))):
            shipped += await self._take_in_batch(segment, batch)
        return shipped

    async def _take_in_batch(self, segment: Segment, batch: list[Record | Damage]) -> int:
        events: list[UsageEvent] = []
        broken: list[ViolationEvent] = []
        for entry in batch:
            if isinstance(entry, Damage):
                _log.error("shipper: %s is damaged from %d to %d", segment.name, entry.offset, entry.end)
            elif entry.kind is Kind.SETTLE and (event := _decode_settled(entry)) is not None:
                events.append(event)
            elif entry.kind is Kind.NOTE and (violation := _decode_noted(entry)) is not None:
                broken.append(violation)
        shipped, end = 0, batch[-1].end
        if events or broken:
            try:
                async with self._database.write(limit=LONG_SECONDS) as tx:
                    shipped = await _put(tx, [*events, *broken])
                    await journal_marks.put(tx, segment.name, end)
            except Exception as error:
                # Only the storage knows a database's own errors; whatever is not about the data goes on up.
                if not is_data_fault(error):
                    raise
                shipped = await self._put_apart([*events, *broken])
                async with self._database.write(limit=LONG_SECONDS) as tx:
                    await journal_marks.put(tx, segment.name, end)
        # Where there was nothing to store the mark may stay behind in the database: reading twice costs nothing.
        self._offsets[segment.name] = end
        return shipped

    async def _put_apart(self, records: Sequence[_Event]) -> int:
        """Store ``records``: together, or where the database refuses that in ever smaller parts, each by itself.

        What is refused alone is set aside and reported, so that it never stops the others. What is stored already when
        this breaks off changes nothing when it is repeated.
        """
        try:
            async with self._database.write(limit=LONG_SECONDS) as tx:
                return await _put(tx, records)
        except Exception as error:
            # As above.
            if not is_data_fault(error):
                raise
            if len(records) == 1:
                self._set_aside.add(records[0], _name(error))
                _log.error(
                    "shipper: event %s cannot be stored (%s): it is in %s and in no sum",
                    records[0].id,
                    _name(error),
                    self._set_aside.path,
                )
                return 0
        half = len(records) // 2
        return await self._put_apart(records[:half]) + await self._put_apart(records[half:])

    async def _forget(self, segment: Segment) -> None:
        self._offsets.pop(segment.name, None)
        async with self._database.write(limit=LONG_SECONDS) as tx:
            await journal_marks.remove(tx, segment.name)

    async def _keep_readings(self) -> None:
        readings = self._readings.collect() if self._readings is not None else {}
        if not readings:
            return
        async with self._database.write(limit=LONG_SECONDS) as tx:
            for configuration_id in sorted(readings):
                at, reading = readings[configuration_id]
                await rate_limits.put(tx, configuration_id, dict(reading), datetime.fromtimestamp(at, UTC))


def _name(error: Exception) -> str:
    """What went wrong, without values that a driver's text may hold."""
    return error.message if isinstance(error, TrunklineError) else type(error).__name__


async def _put(tx: Transaction, records: Sequence[_Event]) -> int:
    shipped = await store(tx, [record for record in records if isinstance(record, UsageEvent)])
    broken = [record for record in records if isinstance(record, ViolationEvent)]
    await violations.insert(tx, [violation_row(violation) for violation in broken])
    return shipped


async def store(tx: Transaction, events: Iterable[UsageEvent]) -> int:
    """Insert what is new of ``events``, add it to the sums, and note what was used. Gives how many were new.

    The end of a call that is stored already is filled in there; it adds what was used to the sums, and no call.
    """
    by_key: dict[tuple[datetime, str], UsageEvent] = {}
    for event in events:
        key = (moment(event.opened_at), event.id)
        if event.part != "look" and (key not in by_key or event.part == "end"):
            by_key[key] = event
    inserted = await usage.insert_events(tx, [event_row(event) for event in by_key.values()])
    fresh = [event for key, event in by_key.items() if key in inserted]
    ends = [event for key, event in by_key.items() if key not in inserted and event.part == "end"]
    amended = [event for event in ends if await usage.amend_event(tx, event_row(event))]
    await usage.grow_sums(tx, sum_rows(fresh, amended))
    await take_in(tx, fresh, amended)
    configurations: dict[str, datetime] = {}
    keys: dict[str, datetime] = {}
    for event in fresh:
        at = moment(event.opened_at)
        for used, key in ((configurations, event.configuration_id), (keys, event.key_id)):
            if key is not None and (key not in used or used[key] < at):
                used[key] = at
    await usage.note_last_use(tx, configurations=configurations, keys=keys)
    return len(fresh)


def _decode_settled(record: Record) -> UsageEvent | None:
    try:
        return _settled.decode(record.payload)
    except msgspec.MsgspecError as error:
        _log.error("shipper: a settled call at %d cannot be read: %s", record.offset, error)
        return None


def _decode_opened(record: Record) -> Opened | None:
    try:
        return _opened.decode(record.payload)
    except msgspec.MsgspecError as error:
        _log.error("shipper: an opened call at %d cannot be read: %s", record.offset, error)
        return None


def _decode_noted(record: Record) -> ViolationEvent | None:
    try:
        return _noted.decode(record.payload)
    except msgspec.MsgspecError as error:
        _log.error("shipper: a note at %d cannot be read: %s", record.offset, error)
        return None
