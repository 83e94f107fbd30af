"""The journal's records as events, in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import repeat
from typing import Final, TypeAlias

import msgspec

from trunkline.control.usage.alike_calls import AlikeCalls, gather
from trunkline.core.ids import id_text
from trunkline.core.policy import ViolationEvent
from trunkline.core.rate_reading import RateReading
from trunkline.core.usage_event import Opened, UsageEvent
from trunkline.gateway.journal.frame import BEFORE_PAYLOAD, HEAD_BYTES, Damage, Kind, Record
from trunkline.gateway.journal.segment import Segment
from trunkline.gateway.journal.template import ShortEnd, TemplateReader, complete, decode_end
from trunkline.logs import get_logger

Event: TypeAlias = UsageEvent | ViolationEvent | RateReading

_decoders: Final[Mapping[Kind, Callable[[bytes], Event]]] = {
    Kind.SETTLE: msgspec.msgpack.Decoder(UsageEvent).decode,
    Kind.NOTE: msgspec.msgpack.Decoder(ViolationEvent).decode,
    Kind.READING: msgspec.msgpack.Decoder(RateReading).decode,
}
_opened: Final = msgspec.msgpack.Decoder(Opened).decode
_BEGINNINGS: Final = (int(Kind.SHORT_OPEN), int(Kind.OPEN))
_SHORT_SETTLE: Final = int(Kind.SHORT_SETTLE)
_BROKEN: Final = (msgspec.MsgspecError, LookupError)

_log: Final = get_logger(__name__)


class Batch(msgspec.Struct, frozen=True):
    """What stands in a segment up to ``end``. Of the ``alike`` calls none is among ``events``."""

    events: list[Event]
    alike: list[AlikeCalls]
    end: int


class RecordReader:
    """Makes events of the records of one process. What cannot be read is reported and left out."""

    def __init__(self) -> None:
        self._templates = TemplateReader()

    @classmethod
    def at(cls, segment: Segment, offset: int) -> RecordReader:
        """One that goes on at ``offset``: it knows the templates that stand before."""
        reader = cls()
        if offset:
            for entry in msgspec.structs.replace(segment, end=min(offset, segment.end)).read():
                if isinstance(entry, Record) and entry.kind is Kind.TEMPLATE:
                    reader.read(entry)
        return reader

    def read(self, record: Record) -> Event | None:
        """What ``record`` tells by itself: nothing where it is the beginning of a call."""
        kind = record.kind
        try:
            if kind is Kind.TEMPLATE:
                self._templates.learn(record.payload, record.event_id)
            decode = _decoders.get(kind)
            return None if decode is None else decode(record.payload)
        except _BROKEN as error:
            _report(record.offset, error)
            return None

    def find(self, template: int) -> UsageEvent:
        """What the calls of a ``template`` have in common. Raises LookupError where that was not read."""
        return self._templates.find(template)

    def read_opened(self, record: Record) -> Opened | None:
        """The beginning of a call; None for a template."""
        try:
            if record.kind is Kind.SHORT_OPEN:
                return self._templates.read_opened(record.payload, record.event_id)
            if record.kind is Kind.TEMPLATE:
                self._templates.learn(record.payload, record.event_id)
                return None
            return _opened(record.payload)
        except _BROKEN as error:
            _log.error("opened_call_not_read", offset=record.offset, reason=str(error))
            return None


def read_batches(segment: Segment, offset: int, size: int, reader: RecordReader) -> Iterator[Batch]:
    """What can be read of ``segment`` from ``offset``, in batches of ``size`` events at most.

    Each is read when it is asked for, so that a backlog costs no more memory than a batch. What cannot be read is
    reported and left out; the end of a segment that is still written to may only not be there yet. ``reader`` has read
    what stands before.
    """
    gathered = _Gathered(reader)
    end = offset
    for entry in segment.read_runs(offset):
        if isinstance(entry, Damage):
            if entry.torn and not segment.sealed:
                break
            _log.error("journal_damaged", segment=segment.name, begin=entry.offset, end=entry.end)
            end = entry.end
            continue
        for body in entry.bodies:
            begin, end = end, end + HEAD_BYTES + len(body)
            if body[0] in _BEGINNINGS:
                continue
            if body[0] == _SHORT_SETTLE:
                gathered.add_end(body, begin)
            else:
                gathered.add(body, begin, end)
            if gathered.size >= size:
                yield gathered.finish(end)
                gathered = _Gathered(reader)
    yield gathered.finish(end)


class _Gathered:
    """What becomes one batch. Calls that one template tells of are looked at together, when all of them are there."""

    def __init__(self, reader: RecordReader) -> None:
        self.size = 0
        self._reader = reader
        self._events: list[Event] = []
        self._short: dict[int, tuple[UsageEvent, list[str], list[ShortEnd]]] = {}

    def add(self, body: bytes, begin: int, end: int) -> None:
        """Take what the record tells that stands from ``begin`` to ``end``."""
        event = self._reader.read(Record(Kind(body[0]), body, begin, end))
        if event is not None:
            self._events.append(event)
            self.size += 1

    def add_end(self, body: bytes, begin: int) -> None:
        """Likewise, of the short end of a call."""
        try:
            end = decode_end(body[BEFORE_PAYLOAD:])
            group = self._short.get(end[0])
            if group is None:
                group = self._short[end[0]] = self._reader.find(end[0]), [], []
        except _BROKEN as error:
            _report(begin, error)
            return
        group[1].append(id_text(body[1:BEFORE_PAYLOAD]))
        group[2].append(end)
        self.size += 1

    def finish(self, end: int) -> Batch:
        """The batch that stands before ``end``."""
        alike: list[AlikeCalls] = []
        for common, ids, ends in self._short.values():
            calls = gather(common, ids, ends)
            if calls is None:
                self._events.extend(map(complete, repeat(common), ids, ends))
            else:
                alike.append(calls)
        return Batch(self._events, alike, end)


def _report(offset: int, error: Exception) -> None:
    _log.error("journal_record_not_read", offset=offset, reason=str(error))
