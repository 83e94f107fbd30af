"""What a face sends back: a status, headers, and a body that is either whole or relayed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from trunkline.core.bill import Bill
from trunkline.core.chat import Usage
from trunkline.core.usage_event import UsageEvent
from trunkline.gateway.call import Call
from trunkline.gateway.routing.target import Target

JSON: Final = (b"content-type", b"application/json")
EVENTS: Final = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache"),
    (b"x-accel-buffering", b"no"),  # nginx would otherwise collect a stream before it passes it on
)

LINES: Final = ((b"content-type", b"application/x-ndjson"), *EVENTS[1:])
"""The same for a stream of lines, each of them JSON."""

STREAMS: Final = frozenset({EVENTS[0], LINES[0]})
"""The fields of which an answer that is streamed has one, or :data:`JSON` where it is one array."""

ESTIMATED: Final = (b"x-trunkline-estimated", b"true")
"""Says that a count is our own, because the provider does not count."""

_INPUT: Final = b"x-trunkline-input-tokens"
_OUTPUT: Final = b"x-trunkline-output-tokens"
_COST: Final = b"x-trunkline-cost-usd"
_MISSING: Final = b"x-trunkline-price-missing"
_USED: Final = b"%b: %%d\r\n%b: %%d\r\n" % (_INPUT, _OUTPUT)
_PRICED: Final = b"%b%b: %%b\r\n" % (_USED, _COST)

HeaderList = list[tuple[bytes, bytes]]


class CutOff(Exception):
    """A body broke off that has no words for it (sound), so the connection to the client must break. All is settled."""


class Relay(Protocol):
    """A body that comes piece by piece."""

    @property
    def over(self) -> bool:
        """Whether the call is settled: nothing but the last piece is left, if that has not been given yet."""
        ...

    async def next(self, write: Callable[[bytes], bool] | None = None) -> bytes:
        """The next bytes for the client; empty at the end, when the call is settled.

        ``write`` sends some at once, if it can, and says whether it did. What comes while this waits goes that way as
        long as possible, which wakes nobody.

        Never raises for a provider but :class:`CutOff`, where the body has no words for an error.
        """
        ...

    async def abandon(self) -> None:
        """The client has gone: stop the provider and settle. No-op when the call is settled."""
        ...

    async def interrupt(self) -> bytes:
        """The server stops: as ``abandon``, and gives the bytes that end the stream with an error."""
        ...


class Answer:
    """An answer of the gateway. Exactly one of ``body`` and ``relay`` is there."""

    __slots__ = ("body", "cached", "headers", "relay", "saved_nanos", "status")

    def __init__(self, status: int, headers: HeaderList, *, body: bytes = b"", relay: Relay | None = None) -> None:
        self.status = status
        self.headers = headers
        self.body = body
        self.relay = relay
        self.cached = False
        """Whether it was given before, and cost ``saved_nanos`` then, where that is known."""
        self.saved_nanos: int | None = None


def write_stream_headers(*, lines: bool, array: bool) -> HeaderList:
    """Those of a stream of events, of one of lines, or with ``array`` of one that is a single JSON array."""
    if array:
        return [JSON, *EVENTS[1:]]
    return [*(LINES if lines else EVENTS)]


def write_headers(call: Call, target: Target, dropped: tuple[str, ...]) -> HeaderList:
    """The headers that tell what served a call and, where it is over, what it used and cost."""
    headers = write_served(call.opened, target, dropped)
    if call.settled:
        usage = call.usage
        headers.append((_INPUT, b"%d" % usage.input))
        headers.append((_OUTPUT, b"%d" % usage.output))
        if call.estimated:
            headers.append(ESTIMATED)
        if call.cost_nanos is not None:
            headers.append((_COST, write_usd(call.cost_nanos)))
        if call.bill.missing:
            headers.append((_MISSING, ", ".join(call.bill.missing).encode()))
    return headers


def write_served(opened: UsageEvent, target: Target, dropped: tuple[str, ...] = ()) -> HeaderList:
    """Those that tell what served a call."""
    headers: HeaderList = [(b"x-trunkline-configuration", (opened.configuration_id or target.entry.id).encode())]
    if opened.version_id is not None:
        headers.append((b"x-trunkline-version", opened.version_id.encode()))
    if opened.route_id is not None:
        headers.append((b"x-trunkline-route", opened.route_id.encode()))
    if opened.unfit_route_id is not None:
        headers.append((b"x-trunkline-unfit-route", opened.unfit_route_id.encode()))
    if opened.feature is not None:
        headers.append((b"x-trunkline-feature", opened.feature.encode("ascii", "replace")))
    if dropped:
        headers.append((b"x-trunkline-dropped", ", ".join(dropped).encode("ascii", "replace")))
    return headers


def render_used(usage: Usage, bill: Bill) -> bytes:
    """The lines that tell what a call used and cost, as :func:`write_headers` tells it where nothing is estimated."""
    if bill.cost_nanos is None:
        lines = _USED % (usage.input, usage.output)
    else:
        lines = _PRICED % (usage.input, usage.output, write_usd(bill.cost_nanos))
    if bill.missing:
        lines += b"%b: %b\r\n" % (_MISSING, ", ".join(bill.missing).encode())
    return lines


def render(headers: HeaderList) -> bytes:
    """``headers`` as lines."""
    return b"".join([b"%b: %b\r\n" % header for header in headers])


def write_usd(nanos: int) -> bytes:
    """Exact dollars without an exponent: ``0.00004``, ``0``."""
    whole, rest = divmod(nanos, 1_000_000_000)
    return (b"%d.%09d" % (whole, rest)).rstrip(b"0") if rest else b"%d" % whole
