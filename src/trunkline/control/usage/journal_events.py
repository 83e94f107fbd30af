"""The journal's records as events, in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias

import msgspec

from trunkline.core.policy import ViolationEvent
from trunkline.core.rate_reading import RateReading
from trunkline.core.usage_event import Opened, UsageEvent
from trunkline.gateway.journal.frame import Kind, Record
from trunkline.gateway.journal.segment import Segment
from trunkline.gateway.journal.template import TemplateReader
from trunkline.logs import get_logger

Event: TypeAlias = UsageEvent | ViolationEvent | RateReading

_decoders: Final[Mapping[Kind, Callable[[bytes], Event]]] = {
    Kind.SETTLE: msgspec.msgpack.Decoder(UsageEvent).decode,
    Kind.NOTE: msgspec.msgpack.Decoder(ViolationEvent).decode,
    Kind.READING: msgspec.msgpack.Decoder(RateReading).decode,
}
_opened: Final = msgspec.msgpack.Decoder(Opened).decode
_OPEN: Final = Kind.OPEN
_SHORT_OPEN: Final = Kind.SHORT_OPEN
_SHORT_SETTLE: Final = Kind.SHORT_SETTLE
_BROKEN: Final = (msgspec.MsgspecError, LookupError)

_log: Final = get_logger(__name__)


class Batch(msgspec.Struct, frozen=True):
    """What stands in a segment up to ``end``."""

    events: list[Event]
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
        body, kind = record.body, record.kind
        if kind is _SHORT_OPEN or kind is _OPEN:
            return None
        try:
            if kind is _SHORT_SETTLE:
                return self._templates.read_end(body[17:], body[1:17])
            if kind is Kind.TEMPLATE:
                self._templates.learn(record.payload, record.event_id)
            decode = _decoders.get(kind)
            return None if decode is None else decode(record.payload)
        except _BROKEN as error:
            _log.error("journal_record_not_read", offset=record.offset, reason=str(error))
            return None

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
    events: list[Event] = []
    end = offset
    for entry in segment.read(offset):
        if isinstance(entry, Record):
            event = reader.read(entry)
            if event is not None:
                events.append(event)
        elif entry.torn and not segment.sealed:
            break
        else:
            _log.error("journal_damaged", segment=segment.name, begin=entry.offset, end=entry.end)
        end = entry.end
        if len(events) >= size:
            yield Batch(events, end)
            events = []
    yield Batch(events, end)
