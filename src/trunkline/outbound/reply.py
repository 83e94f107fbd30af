"""The answer of an upstream as the client hands it out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from trunkline.outbound.decoder import Bomb, Decoder, DecodingError
from trunkline.outbound.errors import BodyTooLarge, ClosedEarly, OutboundError, ProtocolViolation
from trunkline.outbound.headers import Headers
from trunkline.outbound.reply_source import ReplySource
from trunkline.outbound.timeouts import Timeouts
from trunkline.outbound.timing import Timing

_NO_HEADERS: Final = Headers([])

STALE_SECONDS: Final = 1.0
"""A reused connection that closes this soon after sending, without a byte, was closing before the request arrived."""


class Reply:
    """Implements :class:`trunkline.outbound.IncomingResponse`.

    Its connection puts bytes in (``chunks``, ``buffered``) and marks the end (``ended``, ``error``), then wakes
    ``waiter``; when the end has come the two have nothing more to do with each other, and the connection may already
    serve another call while the last bytes are read here.
    """

    __slots__ = (
        "_connection",
        "_reused",
        "_sent_at",
        "_sink",
        "buffered",
        "chunks",
        "decoder",
        "ended",
        "error",
        "first_byte_at",
        "headers",
        "heard",
        "status",
        "timeouts",
        "total_at",
        "waiter",
    )

    def __init__(
        self, connection: ReplySource[Reply], timeouts: Timeouts, total_at: float, reused: bool, sent_at: float
    ) -> None:
        self._connection = connection
        self._sent_at = sent_at
        self._reused = reused
        self._sink: Callable[[bytes], bool] | None = None
        self.timeouts = timeouts
        self.total_at = total_at
        self.chunks: list[bytes] = []
        self.buffered = 0
        self.decoder: Decoder | None = None
        self.ended = False
        self.error: OutboundError | None = None
        self.headers = _NO_HEADERS
        self.status = 0
        """With ``headers``, when the head is there."""
        self.first_byte_at = sent_at
        self.waiter: asyncio.Future[None] | None = None
        self.heard: Callable[[], None] | None = None
        """Called whenever there is something new, instead of waking somebody: see :meth:`.Client.begin`."""

    def wake(self) -> None:
        """Let who waits look again, unless what came is all for the sink."""
        if self.heard is not None:
            self.heard()
            return
        sink, self._sink = self._sink, None
        if sink is not None and self._pour(sink):
            self._sink = sink
            self._connection.expect(self)
            return
        waiter = self.waiter
        if waiter is not None:
            self.waiter = None
            if not waiter.done():
                waiter.set_result(None)

    def fail(self, error: OutboundError) -> None:
        """No more will come, and what came is not the whole."""
        self.error = error
        self.wake()

    @property
    def full(self) -> bool:
        """Whether more has come than is kept for who does not read: the rest waits at the provider."""
        return self.buffered > self._connection.limits.buffer_bytes

    @property
    def stale(self) -> bool:
        """Whether it failed because its connection was closing before the request came: see :class:`.Client`."""
        made = self._connection
        early = self._reused and isinstance(self.error, ClosedEarly) and made.untouched
        return early and made.since_sent <= STALE_SECONDS

    @property
    def timing(self) -> Timing:
        """Where the time went; the stages of connecting only for the call that the connection was made for."""
        made = Timing() if self._reused else self._connection.made
        return Timing(made.dns_ms, made.connect_ms, made.tls_ms, (self.first_byte_at - self._sent_at) * 1000)

    @property
    def peer(self) -> str:
        """The address and port that answered."""
        return self._connection.peer

    async def next_chunk(self) -> bytes:
        """See :meth:`trunkline.outbound.IncomingResponse.next_chunk`."""
        while True:
            data = self.take()
            if data:
                return data
            if self.error is not None:
                raise self.error
            if self.ended:
                return b""
            await self._more()

    async def flow(self, sink: Callable[[bytes], bool]) -> None:
        """See :meth:`trunkline.outbound.IncomingResponse.flow`."""
        if self._pour(sink):
            self._sink = sink
            await self._more()

    async def read(self, limit: int | None = None) -> bytes:
        """See :meth:`trunkline.outbound.IncomingResponse.read`."""
        most = self._connection.limits.body_bytes if limit is None else limit
        pieces: list[bytes] = []
        size = 0
        # What is there already is taken without a coroutine: most bodies are whole when they are read.
        while piece := self.take() or (b"" if self.ended and self.error is None else await self.next_chunk()):
            size += len(piece)
            if size > most:
                self.abort()
                raise BodyTooLarge(
                    f"{self._connection.origin.authority} answered with more than the accepted {most:,} bytes.",
                    origin=self._connection.origin,
                    stage="body",
                )
            pieces.append(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    async def close(self) -> None:
        """See :meth:`trunkline.outbound.IncomingResponse.close`."""
        self.abort()

    def abort(self) -> None:
        """See :meth:`trunkline.outbound.IncomingResponse.abort`."""
        if self.error is not None or (self.ended and not self.chunks and self.decoder is None):
            return
        origin = self._connection.origin
        self._give_up(ClosedEarly(f"The answer of {origin.authority} was abandoned.", origin=origin, stage="body"))

    def _give_up(self, error: OutboundError) -> None:
        if not self.ended:
            self._connection.abandon(self)
        self.chunks.clear()
        self.decoder = None
        self.fail(error)

    def put_back(self, data: bytes) -> None:
        """``data`` was taken and is still to be read."""
        self.chunks.insert(0, data)
        self.buffered += len(data)

    def _pour(self, sink: Callable[[bytes], bool]) -> bool:
        """Give ``sink`` what is there. Whether it takes more, and more may come."""
        while self.error is None and (data := self.take()):
            if not sink(data):
                return False
            if not self.chunks and self.decoder is None:
                break
        return self.error is None and not self.ended

    def take(self) -> bytes:
        """All of the body that is there, now."""
        chunks = self.chunks
        # The decoder is emptied before it is fed, or a bomb would gather in front of it.
        if self.decoder is not None and (data := self._decode()):
            return data
        if not chunks:
            return b""
        data = chunks[0] if len(chunks) == 1 else b"".join(chunks)
        chunks.clear()
        self.buffered = 0
        if not self.ended:
            self._connection.drained()
        if self.decoder is None:
            return data
        self.decoder.feed(data)
        return self._decode()

    def _decode(self) -> bytes:
        decoder = self.decoder
        assert decoder is not None
        origin = self._connection.origin
        try:
            data = decoder.take()
            if not data and self.ended and not self.chunks:
                if not decoder.whole:
                    raise DecodingError
                self.decoder = None
        except DecodingError:
            self._give_up(
                ProtocolViolation(
                    f"The body that {origin.authority} sent is not the gzip or deflate that its head says.",
                    origin=origin,
                    stage="body",
                )
            )
            return b""
        except Bomb:
            self._give_up(
                BodyTooLarge(
                    f"The compressed body that {origin.authority} sent unfolds to too many bytes.",
                    origin=origin,
                    stage="body",
                )
            )
            return b""
        return data

    async def _more(self) -> None:
        waiter = self.waiter = self._connection.wait(self)
        try:
            await waiter
        except BaseException:
            # Only a cancellation comes here, and whoever cancels does not come back for the rest.
            self.abort()
            raise
