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
from trunkline.logs import get_logger

Event: TypeAlias = UsageEvent | ViolationEvent | RateReading

_decoders: Final[Mapping[Kind, Callable[[bytes], Event]]] = {
    Kind.SETTLE: msgspec.msgpack.Decoder(UsageEvent).decode,
    Kind.NOTE: msgspec.msgpack.Decoder(ViolationEvent).decode,
    Kind.READING: msgspec.msgpack.Decoder(RateReading).decode,
}
_opened: Final = msgspec.msgpack.Decoder(Opened).decode

_log: Final = get_logger(__name__)


class Batch(msgspec.Struct, frozen=True):
    """What stands in a segment up to ``end``."""

    events: list[Event]
    end: int


def read_batches(segment: Segment, offset: int, size: int) -> Iterator[Batch]:
    """What can be read of ``segment`` from ``offset``, in batches of ``size`` events at most.

    Each is read when it is asked for, so that a backlog costs no more memory than a batch. What cannot be read is
    reported and left out; the end of a segment that is still written to may only not be there yet.
    """
    events: list[Event] = []
    end = offset
    for entry in segment.read(offset):
        if isinstance(entry, Record):
            event = _decode(entry)
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


def decode_opened(record: Record) -> Opened | None:
    """The beginning of a call; None, and a report, for what cannot be read."""
    try:
        return _opened(record.payload)
    except msgspec.MsgspecError as error:
        _log.error("opened_call_not_read", offset=record.offset, reason=str(error))
        return None


def _decode(record: Record) -> Event | None:
    decode = _decoders.get(record.kind)
    try:
        return None if decode is None else decode(record.payload)
    except msgspec.MsgspecError as error:
        _log.error("journal_record_not_read", offset=record.offset, reason=str(error))
        return None
