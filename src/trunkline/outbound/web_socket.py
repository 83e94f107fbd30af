"""One end of a WebSocket: messages of text both ways, with bounds on all that the other side may make us hold.

https://www.rfc-editor.org/rfc/rfc6455. Frames are read and written by the sans-I/O protocol of ``websockets``; here are
the socket, the pauses and the clocks. Nothing is compressed, so that a small frame never becomes a large one.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from typing import Final

import msgspec
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import CONNECTING, OPEN, Protocol

from trunkline.outbound.timing import Timing

CLOSING_SECONDS: Final = 5.0
"""How long the other side may take to answer that a connection is closed."""

_HELD: Final = 256 * 1024
"""Bytes of messages that nobody has taken yet: above it the socket is not read."""

_REASON: Final = 123
"""Bytes that a frame that closes has for its reason: https://www.rfc-editor.org/rfc/rfc6455#section-5.5."""

ABNORMAL: Final = 1006
"""What stands for a connection that ended without a word."""


class Ended(Exception):
    """The connection is over. ``code`` and ``reason`` are the other side's; 1006 where it said nothing.

    ``ours`` says that we closed it for what the other side did, and why.
    """

    def __init__(self, code: int, reason: str, *, ours: bool = False) -> None:
        super().__init__(f"{code} {reason}".strip())
        self.code = code
        self.reason = reason
        self.ours = ours


class Patience(msgspec.Struct, frozen=True):
    """Seconds that the other side has."""

    ping: float = 20.0
    """After so much silence it is asked whether it is there, and has as long again to show it."""
    reader: float = 60.0
    """To take something of what waits for it."""


class WebSocket(asyncio.Protocol):
    """Over ``frames``, the protocol of our side. It reads and pings once it is attached to a connection."""

    def __init__(self, frames: Protocol, patience: Patience) -> None:
        self.frames = frames
        self._patience = patience
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._messages: deque[bytes] = deque()
        self._pieces: list[bytes] = []
        self._held = 0
        self._paused = False
        self._waiter: asyncio.Future[None] | None = None
        self._drained: asyncio.Future[None] | None = None
        self._gone: asyncio.Future[None] = self._loop.create_future()
        self._beat: asyncio.TimerHandle | None = None
        self._end: asyncio.TimerHandle | None = None
        self._heard = True
        self._ended: Ended | None = None
        self.response: Response | None = None
        """What a server answers that is asked for a WebSocket."""
        self.peer = ""
        self.made = Timing()

    def attach(self, transport: asyncio.Transport, peer: str = "", made: Timing | None = None) -> None:
        """The connection is there; ``transport`` is the TLS one if there is TLS."""
        self._transport = transport
        self.peer = peer
        self.made = made or Timing()
        transport.set_write_buffer_limits(high=65_536)
        self._beat = self._loop.call_later(self._patience.ping, self._ask)

    # What the two sides of a relay ask of it.

    async def receive(self) -> bytes:
        """The next message, which is text in UTF-8. Raises :class:`Ended` when none follows."""
        while not self._messages:
            if self._ended is not None:
                raise self._ended
            self._waiter = self._loop.create_future()
            await self._waiter
        message = self._messages.popleft()
        self._held -= len(message)
        if self._paused and self._held < _HELD and self._transport is not None:
            self._paused = False
            self._heard = True
            if not self._transport.is_closing():
                self._transport.resume_reading()
        return message

    async def send(self, message: bytes) -> None:
        """Send a message of text. Waits while the other side is behind, and raises :class:`Ended` where it stays so."""
        if self._ended is not None or self.frames.state is not OPEN:
            raise self._ended or Ended(ABNORMAL, "")
        self.frames.send_text(message)
        self.flush()
        if self._drained is None:
            return
        drained = self._drained
        try:
            async with asyncio.timeout(self._patience.reader):
                await asyncio.shield(drained)
        except TimeoutError:
            self._cut("does not read")
        if self._ended is not None:
            raise self._ended

    def close(self, code: int, reason: str = "") -> None:
        """Say that it is over, and why; where no frame may carry ``code``, nothing is said. What the other side still
        sends is dropped. Idempotent."""
        self._end_with(Ended(code, reason, ours=True))
        if not is_sendable(code):
            self.abort()
        elif self.frames.state is OPEN:
            self.frames.send_close(code, _shorten(reason))
            self.flush()
        self._expect_end()

    async def wait_closed(self) -> None:
        """Return when the connection is gone."""
        await asyncio.shield(self._gone)

    def abort(self) -> None:
        """Close at once, without a word."""
        if self._transport is not None:
            self._transport.abort()

    # What the event loop tells.

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] - it is of no other kind
        """The connection is made, and not judged yet."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Bytes came."""
        self._heard = True
        with contextlib.suppress(EOFError):  # what follows the end is nothing
            self.frames.receive_data(data)
        self._take_events()

    def eof_received(self) -> None:
        """The other side sends no more."""
        self.frames.receive_eof()
        self._take_events()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        for timer in (self._beat, self._end):
            if timer is not None:
                timer.cancel()
        self._end_with(self._read_end())
        self.resume_writing()
        if not self._gone.done():
            self._gone.set_result(None)

    def pause_writing(self) -> None:
        """The other side is behind."""
        if self._drained is None:
            self._drained = self._loop.create_future()

    def resume_writing(self) -> None:
        """It has caught up."""
        drained, self._drained = self._drained, None
        if drained is not None and not drained.done():
            drained.set_result(None)

    def _take_events(self) -> None:
        for event in self.frames.events_received():
            if isinstance(event, Response):
                self.response = event
                self._wake()
            elif isinstance(event, Frame):
                self._take(event)
        self.flush()
        if self.frames.close_expected():
            self._end_with(self._read_end())
            self._expect_end()
        elif self.frames.handshake_exc is not None:
            self._wake()

    def _take(self, frame: Frame) -> None:
        if self._ended is not None:
            return
        if frame.opcode is Opcode.BINARY:
            self.close(1003, "Messages here are text.")
        elif frame.opcode is Opcode.TEXT or frame.opcode is Opcode.CONT:
            self._pieces.append(bytes(frame.data))
            if frame.fin:
                message = b"".join(self._pieces)
                self._pieces.clear()
                self._keep(message)

    def _keep(self, message: bytes) -> None:
        try:
            message.decode()
        except UnicodeDecodeError:
            self.close(1007, "A message is not UTF-8.")
            return
        self._messages.append(message)
        self._held += len(message)
        if self._held >= _HELD and not self._paused and self._transport is not None:
            self._paused = True
            self._transport.pause_reading()
        self._wake()

    def flush(self) -> None:
        """Send what the protocol has written."""
        assert self._transport is not None
        for data in self.frames.data_to_send():
            if self._transport.is_closing():
                return
            if data:
                self._transport.write(data)
            elif self._transport.can_write_eof():
                self._transport.write_eof()
            else:
                self._transport.close()

    def _ask(self) -> None:
        """Whether somebody is there. Who is not read, because we are behind, cannot show it."""
        state = self.frames.state
        if state is OPEN:
            if not self._heard and not self._paused:
                self._cut("does not answer")
                return
            self._heard = False
            if self._drained is None:
                self.frames.send_ping(b"")
                self.flush()
        if state is OPEN or state is CONNECTING:
            self._beat = self._loop.call_later(self._patience.ping, self._ask)

    def _cut(self, why: str) -> None:
        self._end_with(Ended(ABNORMAL, why, ours=True))
        self.abort()

    def _expect_end(self) -> None:
        if self._end is None:
            # Whatever still comes must be read for the end to be seen.
            if self._paused and self._transport is not None and not self._transport.is_closing():
                self._paused = False
                self._transport.resume_reading()
            self._end = self._loop.call_later(CLOSING_SECONDS, self.abort)

    def _read_end(self) -> Ended:
        frames, sent = self.frames, self.frames.close_sent
        if frames.close_rcvd is not None:
            return Ended(frames.close_rcvd.code, frames.close_rcvd.reason)
        if sent is not None and isinstance(frames.parser_exc, Exception):
            return Ended(sent.code, sent.reason, ours=True)
        return Ended(ABNORMAL, "")

    def _end_with(self, ended: Ended) -> None:
        if self._ended is None:
            self._ended = ended
        self._wake()

    def _wake(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    # The handshake of a client.

    async def shake_hands(self) -> Response | None:
        """Wait for the answer of the server that was asked; None where what came is none.

        Raises :class:`Ended` where nothing came.
        """
        while self.response is None and self.frames.handshake_exc is None:
            if self._ended is not None:
                raise self._ended
            self._waiter = self._loop.create_future()
            await self._waiter
        return self.response


def _shorten(reason: str) -> str:
    raw = reason.encode()
    return reason if len(raw) <= _REASON else raw[:_REASON].decode("utf-8", "ignore")


def is_sendable(code: int) -> bool:
    """Whether a frame that closes may carry ``code``: https://www.rfc-editor.org/rfc/rfc6455#section-7.4."""
    return 3000 <= code <= 4999 or code in {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014}
