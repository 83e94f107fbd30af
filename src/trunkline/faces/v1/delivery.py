"""How an answer leaves: whole or relayed, with pulses in a provider's silence, compressed, and readable by browsers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from trunkline.core.errors import TrunklineError, Unavailable, UpstreamError
from trunkline.faces.cors import Cors
from trunkline.faces.packing import SMALLEST, choose_coding, is_text, pack
from trunkline.faces.v1.backlog import Backlog
from trunkline.faces.v1.heartbeat import BEGINNING, BLANK, COMMENT, PING, SPACE, Heartbeat, Pulse
from trunkline.faces.v1.in_band import write_in_band
from trunkline.faces.v1.load import Seat
from trunkline.faces.v1.request import RequestHeaders, Scope, Send
from trunkline.faces.v1.route_match import RouteMatch
from trunkline.gateway.answer import STREAMS, Answer, CutOff, HeaderList, Relay, write_stream_headers
from trunkline.gateway.relays.relay import STOPPING

HANG_UP: Final = "trunkline.hang_up"
"""The key of the scope by which our server is asked to cancel the task when the client goes away."""

SEND_WHOLE: Final = "trunkline.send_whole"
"""The key of the scope under which our server offers to send a whole answer in one write."""

SEND_PIECE: Final = "trunkline.send_piece"
"""The key of the scope under which our server offers to send a piece of an answer at once: whether it could."""

SLICE_BYTES: Final = 64 * 1024
"""Of an answer that is larger, so much is written at once."""

PATIENCE_SECONDS: Final = 2.0
"""What is left of a large answer after that time waits in a file."""

_PULSES: Final[dict[str, Pulse]] = {"anthropic_messages": PING, "gemini": BEGINNING, "ollama": BLANK}


class Delivery:
    """Of the answer to one request. ``seconds`` of silence call for a pulse; 0: there are none."""

    __slots__ = ("_beat", "_cors", "_request_headers", "_route", "_scope", "_seconds", "_send", "seat")

    def __init__(
        self, scope: Scope, send: Send, request_headers: RequestHeaders, route: RouteMatch, cors: Cors, seconds: float
    ) -> None:
        self._scope = scope
        self._send = send
        self._request_headers = request_headers
        self._route = route
        self._cors = cors
        self._seconds = seconds
        self._beat: Heartbeat | None = None
        self.seat: Seat | None = None
        """What the request has of the process, until it is over."""

    def expect_stream(self) -> None:
        """The client waits for a stream: should nothing come for long, it begins all the same.

        What goes wrong after that is told in the stream, as any failure in the middle of one.
        """
        if self._seconds:
            pulse = SPACE if self._route.array else _PULSES.get(self._route.dialect.name, COMMENT)
            self._beat = Heartbeat(pulse, self._seconds, self._send_piece, self._begin_early)

    async def has_begun(self) -> bool:
        """Whether the answer has begun, so that only its own wire can tell of an error now."""
        beat = self._beat
        if beat is None:
            return False
        if beat.beat is not None:
            await beat.beat
        return beat.began

    async def fail(self, error: TrunklineError) -> None:
        """End an answer that has begun before its first piece was there."""
        beat, route = self._beat, self._route
        assert beat is not None
        beat.stop()
        told = write_in_band(route.dialect, error, self._request_headers.request_id, array=route.array)
        await self._send_last(await beat.resume(told))

    def close(self) -> None:
        """Nothing more leaves."""
        if self.seat is not None:
            self.seat.leave()
        if self._beat is not None:
            self._beat.close()
            # It holds this object too: of each stream all would stay until the collector comes.
            self._beat = None

    def _stop(self) -> None:
        if self._beat is not None:
            self._beat.stop()

    async def send(self, answer: Answer) -> None:
        """The whole of ``answer``."""
        self._complete(answer.headers)
        if answer.relay is not None:
            await self._relay(answer, answer.relay)
        elif await self.has_begun():
            await self.fail(UpstreamError("The provider did not answer with a stream of events.", kind="malformed"))
        else:
            self._stop()
            await self._send_whole(answer)

    def _complete(self, headers: HeaderList) -> None:
        headers.append((b"x-request-id", self._request_headers.request_id.encode()))
        if self._request_headers.origin is not None:
            headers.extend(self._cors.answer(self._request_headers.origin))

    async def _send_whole(self, answer: Answer) -> None:
        body, headers = answer.body, answer.headers
        if len(body) >= SMALLEST and any(name == b"content-type" and is_text(value) for name, value in headers):
            headers.append((b"vary", b"accept-encoding"))
            coding = None if self._request_headers.accepts is None else choose_coding(self._request_headers.accepts)
            packed = None if coding is None else await pack(body, coding)
            if coding is not None and packed is not None:
                headers.append((b"content-encoding", coding.encode()))
                body = packed
        headers.append((b"content-length", b"%d" % len(body)))
        at_once = self._scope.get(SEND_WHOLE)
        if at_once is not None and len(body) <= SLICE_BYTES:
            at_once(answer.status, headers, body)
            return
        await self._send({"type": "http.response.start", "status": answer.status, "headers": headers})
        if self._scope["method"] == "HEAD":
            await self._send_last(b"")
            return
        backlog = Backlog(body)
        del body
        answer.body = b""
        await self._send_slowly(backlog)

    async def _send_slowly(self, backlog: Backlog) -> None:
        """Send a large body as fast as it is read, and hold no more of it for long than a slice."""
        aside: asyncio.Task[None] | None = None

        def put_aside() -> None:
            nonlocal aside
            aside = asyncio.ensure_future(backlog.put_aside())

        timer = asyncio.get_running_loop().call_later(PATIENCE_SECONDS, put_aside)
        try:
            while backlog.left > SLICE_BYTES:
                await self._send_piece(await backlog.take(SLICE_BYTES))
            await self._send_last(await backlog.take(SLICE_BYTES))
        finally:
            timer.cancel()
            if aside is not None:
                await asyncio.gather(aside, return_exceptions=True)
            backlog.close()

    async def _relay(self, answer: Answer, relay: Relay) -> None:
        beat = self._beat
        if self._route.array or not STREAMS.isdisjoint(answer.headers):
            if beat is None:
                self.expect_stream()
                beat = self._beat
        elif beat is not None:
            beat.stop()
        if beat is not None:
            beat.watch(relay)
        try:
            if not await self.has_begun():
                if beat is not None:
                    beat.began = True
                await self._send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
            if self._scope["method"] == "HEAD":
                await relay.abandon()
                await self._send_last(b"")
                return
            send, now = self._send, asyncio.get_running_loop().time
            write = self._writer(beat)
            while piece := await relay.next(write):
                if beat is not None:
                    beat.last = now()
                    if beat.beat is not None:
                        piece = await beat.resume(piece)
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            self._stop()
            await self._send_last(b"" if beat is None else await beat.resume(b""))
        except asyncio.CancelledError:
            if self._scope.get(HANG_UP) == "gone":
                await relay.abandon()
                return
            # The server stops and has waited long enough: the client is told so, in its own dialect.
            self._stop()
            try:
                last = await relay.interrupt()
            except CutOff:
                return
            await self._send_last(last if beat is None else await beat.resume(last))
        except CutOff:
            # Left without its end, the answer is broken off by the server, which is the one way to say so.
            return
        except BaseException:
            # Whatever stopped it, the provider must stop too and the call be settled.
            await relay.abandon()
            raise

    def _writer(self, beat: Heartbeat | None) -> Callable[[bytes], bool] | None:
        """Sends a piece at once, if no pulse is on its way and nothing need be waited for; says whether it did."""
        send: Callable[[bytes], bool] | None = self._scope.get(SEND_PIECE)
        if send is None or beat is None:
            return send
        now = asyncio.get_running_loop().time

        def write(piece: bytes) -> bool:
            if beat.beat is not None:
                return False
            beat.last = now()
            return send(piece)

        return write

    async def interrupt(self) -> None:
        """The server stops before anything of an answer has come that has begun early."""
        await self.fail(Unavailable(STOPPING.message, code=STOPPING.code))

    async def _begin_early(self) -> None:
        headers = write_stream_headers(lines=self._route.dialect.streams_lines, array=self._route.array)
        self._complete(headers)
        await self._send({"type": "http.response.start", "status": 200, "headers": headers})

    async def _send_piece(self, piece: bytes) -> None:
        await self._send({"type": "http.response.body", "body": piece, "more_body": True})

    async def _send_last(self, piece: bytes) -> None:
        await self._send({"type": "http.response.body", "body": piece})
