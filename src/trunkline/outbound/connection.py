"""One connection to an origin: writes requests, reads answers, one after the other."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from email.utils import formatdate
from time import perf_counter
from typing import Final, cast

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from trunkline.outbound.decoder import Decoder
from trunkline.outbound.errors import ClosedEarly, OutboundError, Phase, ProtocolViolation, Stage, TimedOut
from trunkline.outbound.framing import read_framing
from trunkline.outbound.headers import Headers
from trunkline.outbound.limits import Limits
from trunkline.outbound.origin import Origin
from trunkline.outbound.reply import Reply
from trunkline.outbound.timeouts import Timeouts
from trunkline.outbound.timing import Timing

_READ: Final = 16_384
"""The most bytes of one read. It bounds what comes after the socket should not be read any more."""

_JOINED_WRITE: Final = 65_536
"""Bodies up to this size are copied behind their head, to go out in one write."""


class _Space(threading.local):
    """Where the bytes of a thread's connections arrive: what is read is parsed before the next read, so one will do."""

    def __init__(self) -> None:
        self.view = memoryview(bytearray(_READ))


_space: Final = _Space()


class Connection(asyncio.BufferedProtocol):
    """A TCP or TLS connection that speaks HTTP/1.1 (https://www.rfc-editor.org/rfc/rfc9112).

    ``released`` is called when an answer is complete and the connection can serve another one, ``lost`` once when it
    is gone. It holds one timer at most, which stays armed from call to call and looks at the deadline only when it
    fires, because arming and cancelling one per call would cost more than parsing the answer.
    """

    __slots__ = (
        "__weakref__",
        "_deadline",
        "_feed",
        "_finished",
        "_gone",
        "_in_body",
        "_is_head",
        "_keep_alive",
        "_loop",
        "_lost",
        "_parser",
        "_paused",
        "_raw_headers",
        "_received",
        "_released",
        "_reply",
        "_reusable",
        "_sent_at",
        "_timer",
        "_timer_at",
        "_transport",
        "_until_close",
        "_version_known",
        "_view",
        "_violation",
        "_without_body",
        "idle_until",
        "limits",
        "made",
        "origin",
        "peer",
    )

    def __init__(
        self,
        origin: Origin,
        limits: Limits,
        loop: asyncio.AbstractEventLoop,
        released: Callable[[Connection], None],
        lost: Callable[[Connection], None],
    ) -> None:
        self.origin = origin
        self.limits = limits
        self.idle_until = 0.0
        self.made = Timing()
        self.peer = ""
        self._loop = loop
        self._released = released
        self._lost = lost
        self._gone = False
        self._transport: asyncio.Transport | None = None
        self._parser: HttpResponseParser | None = HttpResponseParser(self)
        self._feed = self._parser.feed_data
        self._reply: Reply | None = None
        self._violation = ""
        self._version_known = False
        self._raw_headers: list[tuple[bytes, bytes]] = []
        self._is_head = False
        self._in_body = False
        self._until_close = False
        self._finished = False
        self._reusable = False
        self._received = 0
        self._without_body = 0
        self._paused = False
        self._sent_at = 0.0
        self._keep_alive = limits.idle_seconds
        self._deadline = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0
        self._view = _space.view

    # What the client and the reply ask of it.

    @property
    def untouched(self) -> bool:
        """Whether not one byte has come since the last request was sent."""
        return self._received == 0

    @property
    def since_sent(self) -> float:
        """Seconds since the last request was sent."""
        return perf_counter() - self._sent_at

    @property
    def usable(self) -> bool:
        """Whether a request can be sent now."""
        return not self._gone and self._transport is not None and not self._transport.is_closing()

    def attach(self, transport: asyncio.Transport, peer: str, made: Timing) -> None:
        """The connection is made and judged; ``transport`` is the TLS one if there is TLS."""
        self._transport = transport
        self.peer = peer
        self.made = made

    def start(
        self,
        head: bytes,
        body: bytes,
        *,
        is_head: bool,
        timeouts: Timeouts,
        total_at: float,
        reused: bool,
        heard: Callable[[], None] | None = None,
    ) -> Reply:
        """Write a request. The reply's waiter is woken when the head of the answer is there, or none will come.

        With ``heard`` there is no waiter: that is called then, and whenever more comes.
        """
        transport = self._transport
        assert transport is not None
        self._sent_at = sent_at = perf_counter()
        reply = self._reply = Reply(self, timeouts, total_at, reused, sent_at)
        self._is_head = is_head
        self._in_body = self._until_close = self._finished = False
        self._received = self._without_body = 0
        if heard is None:
            reply.waiter = self._loop.create_future()
        else:
            reply.heard = heard
        if self._gone:
            # It was closed after it was taken. Told as if that came later, because nobody has the reply yet.
            self._reply = None
            self._loop.call_soon(reply.fail, self._closed_early())
            return reply
        deadline = total_at
        if timeouts.first_byte < timeouts.total:
            deadline = min(self._loop.time() + timeouts.first_byte, total_at)
        self._deadline = deadline
        if self._timer is None or deadline < self._timer_at:
            self._arm(deadline)
        if len(body) <= _JOINED_WRITE:
            transport.write(head + body if body else head)
        else:
            transport.write(head)
            transport.write(body)
        return reply

    def wait(self, reply: Reply) -> asyncio.Future[None]:
        """Somebody waits for the body from now on."""
        self.expect(reply)
        return self._loop.create_future()

    def expect(self, reply: Reply) -> None:
        """More of the body is due from now on. Called for each piece of a stream."""
        self._deadline = deadline = min(self._loop.time() + reply.timeouts.between, reply.total_at)
        if self._timer is None or deadline < self._timer_at:
            self._arm(deadline)

    def drained(self) -> None:
        """What was buffered has been read."""
        if self._paused:
            self._resume()

    def abandon(self, reply: Reply) -> None:
        """``reply`` will not be read further; what is still on its way for it makes the connection useless."""
        if self._reply is reply:
            self._reply = None
            self.abort()

    def abort(self) -> None:
        """Close at once: the upstream sees it and can stop working."""
        if self._transport is not None:
            self._transport.abort()

    def close(self) -> None:
        """Close an idle connection in good order."""
        if self._transport is not None:
            self._transport.close()

    # What asyncio tells it.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Before the peer is judged and TLS begins; the connection is not used until it is attached."""
        # uvloop's transports are none by inheritance.
        self._transport = cast("asyncio.Transport", transport)

    def get_buffer(self, sizehint: int) -> memoryview:
        """Where the next bytes go."""
        return self._view

    def buffer_updated(self, nbytes: int) -> None:
        """Parse what came and wake who waits for it."""
        reply = self._reply
        if reply is None:
            # Nothing was asked: whatever this is, it would be taken for the next answer.
            self.abort()
            return
        before = reply.buffered
        self._received += nbytes
        try:
            self._feed(self._view[:nbytes])
        except (HttpParserError, HttpParserUpgrade):
            if not self._finished:
                self._refuse(reply, self._violation or "something that is not valid HTTP/1.1")
                return
            # What follows a complete answer spoils the connection, not the answer.
            self._reusable = False
        if self._violation:
            self._refuse(reply, self._violation)
            return
        if self._finished:
            self._finish(reply)
            return
        if reply.buffered == before:
            self._without_body += nbytes
            if self._without_body > self.limits.header_bytes:
                self._refuse(reply, "more header or framing bytes than are accepted")
            return
        self._without_body = 0
        if reply.buffered > self.limits.buffer_bytes and not self._paused:
            self._pause()
        reply.wake()

    def eof_received(self) -> bool:
        """Nothing more will come; the transport closes itself."""
        if self._reply is None:
            self._leave()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The end, in whatever way."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        reply = self._reply
        self._reply = None
        # The parser holds bound methods of this object: a cycle that only the collector would end.
        self._parser = None
        del self._feed
        if reply is not None:
            if self._until_close and exc is None:
                reply.ended = True
                reply.wake()
            else:
                reply.fail(self._closed_early())
        self._leave()

    # What the parser tells it. Nothing here raises: the rest of the data would be lost with the reason.

    def on_message_begin(self) -> None:
        """An answer begins; a second one was not asked for."""
        if self._finished:
            self._reusable = False
        self._raw_headers = []

    def on_header(self, name: bytes, value: bytes) -> None:
        """A field of the head, or of the trailer, which is dropped."""
        self._raw_headers.append((name, value))

    def on_headers_complete(self) -> None:
        """A head is whole: an interim one is skipped, the final one begins the reply."""
        reply, parser = self._reply, self._parser
        if reply is None or parser is None or self._finished or self._violation:
            return
        status = parser.get_status_code()
        if status < 200:
            if status == 101:
                self._violation = "a switch of protocols that was not asked for"
            return
        raw, self._raw_headers = self._raw_headers, []
        if status >= 400:
            _date(raw)
        self._read_framing(reply, status, raw)
        if not self._violation:
            self._in_body = True
            reply.status = status
            reply.headers = Headers(raw)
            reply.first_byte_at = perf_counter()
            if reply.heard is None:
                reply.wake()

    def on_body(self, data: bytes) -> None:
        """A piece of the body, without its framing."""
        reply = self._reply
        if reply is not None and not self._finished:
            reply.chunks.append(data)
            reply.buffered += len(data)

    def on_message_complete(self) -> None:
        """An answer is whole, unless it was an interim one."""
        if self._in_body and not self._finished:
            assert self._parser is not None
            self._finished = True
            self._reusable = self._parser.should_keep_alive()

    # Its own.

    def _read_framing(self, reply: Reply, status: int, raw: list[tuple[bytes, bytes]]) -> None:
        """Judge the head and learn from it how the body ends and is coded."""
        if self._received > self.limits.header_bytes and _size(raw) > self.limits.header_bytes:
            self._violation = "a larger head than is accepted"
            return
        if not self._version_known and not self._is_known_version():
            self._violation = "a version of HTTP other than 1.1 and 1.0"
            return
        if self._is_head:
            self._finished = True
            self._reusable = False
            return
        if status in (204, 304):
            return
        framing = read_framing(raw)
        self._violation = framing.refusal
        self._until_close = not framing.delimited
        if framing.keep_alive is not None:
            self._keep_alive = min(framing.keep_alive, self.limits.idle_seconds)
        if framing.coding is not None:
            reply.decoder = Decoder(framing.coding, self.limits.buffer_bytes)

    def _is_known_version(self) -> bool:
        """Asked once per connection: the parser also takes 0.9 and 2.0 for versions."""
        assert self._parser is not None
        self._version_known = self._parser.get_http_version() in ("1.1", "1.0")
        return self._version_known

    def _finish(self, reply: Reply) -> None:
        transport = self._transport
        assert transport is not None
        self._reply = None
        reply.ended = True
        if reply.heard is not None:
            reply.heard()
        else:
            reply.wake()
        if not self._reusable or transport.is_closing() or transport.get_write_buffer_size():
            # A server that has answered before it had the whole request may never read the rest.
            self.abort()
            return
        if self._paused:
            self._resume()
        self.idle_until = self._loop.time() + self._keep_alive
        self._released(self)

    def _leave(self) -> None:
        if not self._gone:
            self._gone = True
            self._lost(self)

    def _pause(self) -> None:
        assert self._transport is not None
        self._paused = True
        self._transport.pause_reading()

    def _resume(self) -> None:
        assert self._transport is not None
        self._paused = False
        if not self._transport.is_closing():
            self._transport.resume_reading()

    def _refuse(self, reply: Reply, what: str) -> None:
        stage: Stage = "body" if self._in_body else "head"
        message = f"{self.origin.authority} sent {what}."
        self._fail(reply, ProtocolViolation(message, origin=self.origin, stage=stage))

    def _fail(self, reply: Reply, error: OutboundError) -> None:
        self._reply = None
        reply.fail(error)
        self.abort()

    def _closed_early(self) -> ClosedEarly:
        where = self.origin.authority
        if self._in_body:
            return ClosedEarly(
                f"{where} closed the connection in the middle of its answer.", origin=self.origin, stage="body"
            )
        return ClosedEarly(f"{where} closed the connection without an answer.", origin=self.origin, stage="head")

    def _arm(self, deadline: float) -> None:
        self._deadline = deadline
        if self._timer is None or deadline < self._timer_at:
            if self._timer is not None:
                self._timer.cancel()
            self._timer_at = deadline
            self._timer = self._loop.call_at(deadline, self._check_deadline)

    def _check_deadline(self) -> None:
        self._timer = None
        reply = self._reply
        if reply is None:
            return
        now = self._loop.time()
        if reply.waiter is None and reply.heard is None and now < reply.total_at:
            # Nobody waits: the reader is slow, not the upstream.
            self._arm(min(now + reply.timeouts.between, reply.total_at))
        elif now < self._deadline:
            self._arm(self._deadline)
        else:
            self._fail(reply, self._timed_out(reply, now))

    def _timed_out(self, reply: Reply, now: float) -> TimedOut:
        stage: Stage = "body" if self._in_body else "head"
        where = self.origin.authority
        phase: Phase
        if now >= reply.total_at:
            phase = "total"
            message = f"The call to {where} was not complete within {reply.timeouts.total:g} s."
        elif self._in_body:
            phase = "between"
            message = f"{where} sent nothing for {reply.timeouts.between:g} s in the middle of its answer."
        else:
            phase = "first_byte"
            message = f"No answer from {where} within {reply.timeouts.first_byte:g} s of sending."
        return TimedOut(message, origin=self.origin, stage=stage, phase=phase)


def _size(raw: list[tuple[bytes, bytes]]) -> int:
    return sum(len(name) + len(value) + 4 for name, value in raw)


def _date(raw: list[tuple[bytes, bytes]]) -> None:
    """Put the time of receipt where an answer has no ``Date``, so that a ``Retry-After`` can be measured from it.

    https://www.rfc-editor.org/rfc/rfc9110#field.date: "a recipient with a clock … MUST record the time it was received
    and append a corresponding Date".
    """
    if all(name.lower() != b"date" for name, _ in raw):
        raw.append((b"date", formatdate(usegmt=True).encode("ascii")))
