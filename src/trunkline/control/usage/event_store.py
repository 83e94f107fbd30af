"""Events into the database: those that are new, and what is added up from them, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from trunkline.control.usage.alike_calls import AlikeCalls
from trunkline.control.usage.event_values import event_values
from trunkline.control.usage.journal_events import Event
from trunkline.control.usage.projection import Arrivals, Projection
from trunkline.control.usage.rejected_events import RejectedEvents
from trunkline.core.policy import ViolationEvent
from trunkline.core.rate_reading import RateReading
from trunkline.core.usage_event import UsageEvent
from trunkline.logs import get_logger
from trunkline.storage.intake.connection import Connection, Transaction
from trunkline.storage.intake.fault import DataFault
from trunkline.storage.intake.statements import AMEND_EVENT, FIND_OUTCOME, PUT_MARK, pick_end
from trunkline.storage.intake.table import Values
from trunkline.storage.intake.tables import EVENTS

_log: Final = get_logger(__name__)


class Mark(msgspec.Struct, frozen=True):
    """How far a segment is taken in: up to ``offset``, since ``at`` (microseconds since the epoch)."""

    segment: str
    offset: int
    at: int


class EventStore:
    """Stores each event once, and hands what is new to the ``projections``."""

    def __init__(
        self,
        connection: Connection,
        projections: Sequence[Projection],
        set_aside: RejectedEvents,
        stored: Callable[[Arrivals], None] | None = None,
    ) -> None:
        """``stored`` hears of what is in the database now. It must not wait or raise."""
        self._stored = stored
        self._connection = connection
        self._projections = projections
        self._set_aside = set_aside

    async def put(self, events: Sequence[Event], mark: Mark | None = None, *, alike: Sequence[AlikeCalls] = ()) -> int:
        """Store ``events`` and calls that are ``alike``, and move the ``mark``, in one transaction.

        Gives how many calls were new.

        What the database refuses is found by halves, set aside and reported, so that it never stops the others. What
        is stored already when this breaks off changes nothing when it is repeated.
        """
        try:
            return await self._put(events, mark, alike)
        except DataFault:
            new = await self._put_apart([*events, *(event for calls in alike for event in calls.events())])
        if mark is not None:
            await self._put((), mark)
        return new

    async def _put_apart(self, events: Sequence[Event]) -> int:
        try:
            return await self._put(events, None)
        except DataFault as fault:
            if len(events) == 1:
                self._put_aside(events[0], type(fault.__cause__).__name__)
                return 0
        half = len(events) // 2
        return await self._put_apart(events[:half]) + await self._put_apart(events[half:])

    def _put_aside(self, event: Event, fault: str) -> None:
        self._set_aside.add(event, fault)
        _log.error("event_not_stored", event_id=event.id, reason=str(fault), set_aside=str(self._set_aside.path))

    async def _put(self, events: Sequence[Event], mark: Mark | None, alike: Sequence[AlikeCalls] = ()) -> int:
        arrivals = _sort_out(events, alike)
        # Before the transaction, which keeps others from writing.
        rows = [row for calls in arrivals.alike for row in calls.rows()]
        rows.extend(map(event_values, arrivals.single))
        new = len(rows)
        async with self._connection.write() as tx:
            if rows:
                fresh = await tx.insert(EVENTS, rows)
                if not all(fresh):
                    arrivals = await _amend(tx, arrivals, rows, fresh)
                    new = len(arrivals.single)
            for projection in self._projections:
                await projection.apply(tx, arrivals)
            if mark is not None:
                await tx.run(PUT_MARK, mark.segment, mark.offset, mark.at)
        if self._stored is not None:
            self._stored(arrivals)
        return new


def _sort_out(events: Sequence[Event], alike: Sequence[AlikeCalls]) -> Arrivals:
    """Each call once: with its end, if that is there. Where a call is there twice, none is alike to others."""
    settled: dict[tuple[int, str], UsageEvent] = {}
    violations: list[ViolationEvent] = []
    readings: list[RateReading] = []
    calls: list[UsageEvent] = []
    for event in events:
        if isinstance(event, UsageEvent):
            calls.append(event)
        elif isinstance(event, ViolationEvent):
            violations.append(event)
        else:
            readings.append(event)
    if alike and _holds_twice(calls, alike):
        calls.extend(event for group in alike for event in group.events())
        alike = ()
    for event in calls:
        key = (event.opened_at, event.id)
        if event.part == "end" or (event.part == "call" and key not in settled):
            settled[key] = event
    return Arrivals(single=list(settled.values()), alike=alike, violations=violations, readings=readings)


def _holds_twice(calls: Sequence[UsageEvent], alike: Sequence[AlikeCalls]) -> bool:
    ids = {event.id for event in calls}
    before = len(ids)
    ids.update(*(group.ids for group in alike))
    return len(ids) != before + sum(len(group.ids) for group in alike)


async def _amend(tx: Transaction, arrivals: Arrivals, rows: Sequence[Values], fresh: Sequence[bool]) -> Arrivals:
    """Leave the ``fresh`` calls, whose ``rows`` are inserted, and fill in the ends of those that are there without."""
    settled: list[UsageEvent] = []
    amended: list[UsageEvent] = []
    before: list[str] = []
    for event, row, new in zip(arrivals.settled, rows, fresh, strict=True):
        if new:
            settled.append(event)
        elif event.part == "end":
            found = await tx.ask(FIND_OUTCOME, event.opened_at, event.id)
            if await tx.run(AMEND_EVENT, *pick_end(row)):
                amended.append(event)
                before.append(str(found[0][0]))
    return msgspec.structs.replace(arrivals, single=settled, alike=(), amended=amended, amended_from=before)
