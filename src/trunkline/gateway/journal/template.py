"""What many calls have in common: written once, so that the records of each need only tell the rest.

A short record names the template of its call by a number, which no other template of the process has. A segment has
each template before the first record that names it.
"""

from __future__ import annotations

import itertools
from typing import ClassVar, Final, TypeAlias

import msgspec

from trunkline.core.chat import Usage
from trunkline.core.ids import id_text
from trunkline.core.usage_event import Outcome, UsageEvent
from trunkline.gateway.journal.frame import ID_BYTES, Kind, encode_frame

_numbers: Final = itertools.count(1)
_encode: Final = msgspec.msgpack.Encoder().encode


class RecordTemplate:
    """``event`` is what is told of each call, with neither id nor time nor request id.

    What a call holds of budgets under the leases of ``event``, and of which trace it is part, is told of each.
    """

    __slots__ = ("event", "frame", "number")

    def __init__(self, event: UsageEvent) -> None:
        self.event = event
        self.number = next(_numbers)
        self.frame = encode_frame(Kind.TEMPLATE, self.number.to_bytes(ID_BYTES, "big"), _encode(event))
        """What the journal says of it."""

    def write_opened(
        self, opened_at: int, request_id: str, held_nanos: int | None = None, trace: str | None = None
    ) -> bytes:
        """The payload of a short OPEN."""
        if held_nanos is None and trace is None:
            return _encode((self.number, opened_at, request_id))
        return _encode((self.number, opened_at, request_id, held_nanos, trace))


class _Opened(msgspec.Struct, frozen=True, array_like=True, gc=False):
    template: int
    opened_at: int
    request_id: str
    held_nanos: int | None = None
    trace: str | None = None


class PlainEnd(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The end of a call that went well at once, and has nothing more to tell than this beside its ``template``."""

    outcome: ClassVar[Outcome] = "ok"
    template: int
    opened_at: int
    request_id: str
    duration_us: int
    usage: Usage
    cost_nanos: int | None
    price_source: str | None
    price_missing: tuple[str, ...]
    answered: str | None
    held_nanos: int | None = None
    trace: str | None = None

    def write(self) -> bytes:
        """The payload of a short SETTLE."""
        return _encode(self)

    def complete(self, common: UsageEvent, identity: bytes) -> UsageEvent:
        """The whole call, of which the template tells what it has in ``common`` with others."""
        return complete(common, id_text(identity), msgspec.structs.astuple(self))


ShortEnd: TypeAlias = (
    "tuple[int, int, str, int, Usage, int | None, str | None, tuple[str, ...], str | None, int | None, str | None]"
)
"""What a short SETTLE tells, by position: the number of the template, ``opened_at``, ``request_id``, ``duration_us``,
``usage``, ``cost_nanos``, ``price_source``, ``price_missing``, ``answered``, ``held_nanos``, ``trace``."""

_template: Final = msgspec.msgpack.Decoder(UsageEvent).decode
_opened: Final = msgspec.msgpack.Decoder(_Opened).decode
_end: Final = msgspec.msgpack.Decoder(PlainEnd).decode


def decode_end(payload: bytes) -> ShortEnd:
    """The payload of a short SETTLE. Raises :class:`msgspec.MsgspecError` for what is none."""
    return msgspec.structs.astuple(_end(payload))


def complete(common: UsageEvent, event_id: str, end: ShortEnd) -> UsageEvent:
    """The call with this ``end``, of which a template tells what it has in ``common`` with others."""
    _, opened_at, request_id, duration_us, usage, cost, source, missing, answered, held, trace = end
    return msgspec.structs.replace(
        common,
        id=event_id,
        opened_at=opened_at,
        request_id=request_id,
        duration_us=duration_us,
        usage=usage,
        cost_nanos=cost,
        price_source=source,
        price_missing=missing,
        answered=answered,
        held_nanos=held,
        trace=trace,
    )


class TemplateReader:
    """Tells short records whole. Has to be shown the templates as they come.

    Its methods raise :class:`msgspec.MsgspecError` for what cannot be read, and LookupError where the template was not
    shown: it was damaged.
    """

    def __init__(self) -> None:
        self._known: dict[int, UsageEvent] = {}

    def learn(self, payload: bytes, number: bytes) -> None:
        """A template was read; ``number`` stands where other records have the id of an event."""
        self._known[int.from_bytes(number, "big")] = _template(payload)

    def find(self, number: int) -> UsageEvent:
        """What the calls of a template have in common."""
        return self._known[number]

    def read_opened(self, payload: bytes, event_id: bytes) -> UsageEvent:
        """A short OPEN as the whole one would be."""
        short = _opened(payload)
        return msgspec.structs.replace(
            self._known[short.template],
            id=id_text(event_id),
            opened_at=short.opened_at,
            request_id=short.request_id,
            held_nanos=short.held_nanos,
            trace=short.trace,
        )

    def read_end(self, payload: bytes, event_id: bytes) -> UsageEvent:
        """A short SETTLE, likewise."""
        end = decode_end(payload)
        return complete(self._known[end[0]], id_text(event_id), end)
