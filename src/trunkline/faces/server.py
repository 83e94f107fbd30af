"""The HTTP server: uvicorn, with what a gateway needs and uvicorn leaves out.

A client that goes away is told to the call at once, through the scope, instead of through a second task per call; an
answer in one piece leaves in one write; a client that does not send its head or its body in time, or takes nothing of
its answer, is cut off (see https://en.wikipedia.org/wiki/Slowloris_(cyber_attack)); and what is doubtful about where a
request ends is refused.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable, MutableMapping
from functools import partial
from typing import Any, cast

import uvicorn
from uvicorn._types import ASGI3Application, ASGIApplication
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from trunkline.faces.connection_limits import ConnectionLimits
from trunkline.faces.old_client import OldClient
from trunkline.faces.request_head import Refusal, judge_head
from trunkline.faces.strangers import Strangers

HANG_UP = "trunkline.hang_up"
"""A face that puts ``"watch"`` here has its task cancelled when the client goes away, and then finds ``"gone"``."""

KNOWN = "trunkline.known"
"""Where the face finds a function to call when the request's key is good: its connection is no stranger's then."""

SEND_WHOLE = "trunkline.send_whole"
"""Where the face finds a function that sends a whole answer: (status, headers, body)."""

SEND_PIECE = "trunkline.send_piece"
"""Where the face finds a function that sends a piece of an answer that has begun, if that can be done at once: whether
it was."""


TAKE_OVER = "trunkline.take_over"
"""Where the face finds, at a path of :data:`UPGRADED`, a function that gives the connection to another protocol: it
returns the transport, and nothing of the request is answered by this one."""

UPGRADED = frozenset({"/v1/realtime"})
"""Where a client may ask for another protocol. Everywhere else that is passed over."""


class GatewayProtocol(HttpToolsProtocol):
    """One connection."""

    _reading_since: float | None = None
    _body_since: float | None = None
    _body_bytes = 0
    _idle_since: float | None = None
    _stuck_since: float | None = None
    _stuck_bytes = 0
    _timer: asyncio.TimerHandle | None = None
    _refusal: Refusal | None = None
    _stranger = True
    _task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] - as uvicorn's own
        """A client connected; its first head is awaited."""
        super().connection_made(transport)
        config = cast("ServerConfig", self.config)
        self._limits = limits = config.limits
        self._strangers = config.strangers
        self._reading_since = self.loop.time()
        self._timer = self.loop.call_later(limits.pace, self._look)
        transport.set_write_buffer_limits(high=limits.write_buffer)
        sock = transport.get_extra_info("socket")
        if sock is not None:
            with contextlib.suppress(OSError, AttributeError):  # not on every system, nor for every kind of socket
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, limits.kernel_buffer)
        # Last, as it may drop this very connection.
        self._strangers.add(self, self.client[0] if self.client else "")

    def drop(self) -> None:
        """See :class:`trunkline.faces.strangers.Stranger`."""
        self.transport.abort()

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._reading_since = self.loop.time()
        self._idle_since = None

    def on_headers_complete(self) -> None:
        """Its head is whole."""
        self._reading_since = None
        assert self.parser is not None
        self._refusal = judge_head(self.parser.get_http_version(), self.headers)
        if self._refusal is not None:
            raise ValueError(self._refusal[1])
        self._body_since = self.loop.time()
        self._body_bytes = 0
        self.url = _leave_out(cast("ServerConfig", self.config).base_path, self.url)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of its body."""
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """It is whole."""
        self._body_since = None
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """An answer has left. As uvicorn does it, but for the timer of the idle connection: ours looks at that too."""
        if self.pipeline or self.transport.is_closing():
            super().on_response_complete()
            return
        self.server_state.total_requests += 1
        self.flow.resume_reading()
        self._idle_since = self.loop.time()

    def send_400_response(self, msg: str) -> None:
        """What cannot be read is refused, unless that would run into an answer that is on its way."""
        status, message = self._refusal or (400, msg)
        self._refuse(status, message)

    def _refuse(self, status: int, message: str) -> None:
        cycle = cast("RequestResponseCycle | None", self.cycle)
        if cycle is not None and (cycle.response_started != cycle.response_complete or self.pipeline):
            self.transport.abort()
            return
        lines = (
            STATUS_LINE[status],
            b"content-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
            % len(message),
            message.encode("ascii"),
        )
        self.transport.write(b"".join(lines))
        self.transport.close()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        scope = cast("MutableMapping[str, Any]", cycle.scope)
        scope[HANG_UP] = ""
        scope[SEND_WHOLE] = partial(_send_whole, cycle)
        if scope["path"] in UPGRADED:
            scope[TAKE_OVER] = partial(self._hand_over, cycle)
        if self._stranger:
            scope[KNOWN] = self._recognise
        if scope["http_version"] == "1.0":
            app = cast("ASGI3Application", OldClient(app, cycle))
        else:
            scope[SEND_PIECE] = _piece_sender(cycle)
        # As uvicorn does it; besides, the task is remembered.
        self._task = task = self.loop.create_task(cycle.run_asgi(app))
        task.add_done_callback(partial(_forget, self.tasks, scope))
        self.tasks.add(task)

    def _recognise(self) -> None:
        self._stranger = False
        self._strangers.forget(self)

    def _hand_over(self, cycle: RequestResponseCycle, protocol: asyncio.Protocol) -> asyncio.Transport:
        """See :data:`TAKE_OVER`."""
        if self._timer is not None:
            self._timer.cancel()
        self._strangers.forget(self)
        self.connections.discard(self)
        # The server takes it for one that is gone, and answers nothing.
        cycle.disconnected = True
        cast("MutableMapping[str, Any]", cycle.scope)[HANG_UP] = ""
        self.transport.set_protocol(protocol)
        return self.transport

    def _unsupported_upgrade_warning(self) -> None:
        """Who asks for another protocol is served in this one, or takes the connection over. Nobody need know."""

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone: tell the call that it waits for, if there is one."""
        if self._timer is not None:
            self._timer.cancel()
        self._strangers.forget(self)
        cycle = cast("RequestResponseCycle | None", self.cycle)  # None until the first request
        waiting = cycle if cycle is not None and not cycle.response_complete else None
        super().connection_lost(exc)
        if waiting is not None and self._task is not None:
            scope = cast("MutableMapping[str, Any]", waiting.scope)
            if scope.get(HANG_UP) == "watch":
                scope[HANG_UP] = "gone"
                self._task.cancel()

    def resume_writing(self) -> None:
        """The reader has taken something."""
        self._stuck_since = None
        super().resume_writing()

    def _look(self) -> None:
        """One timer per connection looks now and then, which is cheaper than one per request."""
        limits, now = self._limits, self.loop.time()
        wait = limits.pace
        if self._reading_since is not None:
            left = self._reading_since + limits.head_seconds - now
            if left <= 0:
                self.transport.abort()
                return
            wait = min(wait, left)
        elif self._body_since is not None and not self._takes_body(now):
            self._refuse(408, "The body of the request did not come in time.")
            return
        if not self._takes_answer(now):
            self._reset()
            return
        if self._idle_since is not None and now - self._idle_since >= self.timeout_keep_alive:
            self.transport.close()
        self._timer = self.loop.call_later(max(wait, 0.05), self._look)

    def _reset(self) -> None:
        """Close at once, and let the system forget too what it holds for the client (``SO_LINGER``, see socket(7))."""
        sock = self.transport.get_extra_info("socket")
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def _takes_body(self, now: float) -> bool:
        """Whether the body that is awaited comes fast enough."""
        limits = self._limits
        assert self._body_since is not None
        if self.flow.read_paused:
            # We do not read it.
            self._body_since, self._body_bytes = now, 0
            return True
        if now - self._body_since < limits.body_seconds:
            return True
        enough = self._body_bytes >= limits.body_rate * limits.body_seconds
        self._body_since, self._body_bytes = now, 0
        return enough

    def _takes_answer(self, now: float) -> bool:
        """Whether the client takes what waits for it. Only judged while nothing can be added to it."""
        cycle = cast("RequestResponseCycle | None", self.cycle)
        waiting = self.transport.get_write_buffer_size()
        adding = not self.flow.write_paused and cycle is not None and not cycle.response_complete
        if not waiting or adding or self._stuck_since is None or waiting < self._stuck_bytes:
            self._stuck_since, self._stuck_bytes = now, waiting
            return True
        return now - self._stuck_since < self._limits.reader_seconds


def _forget(tasks: set[asyncio.Task[None]], scope: MutableMapping[str, Any], task: asyncio.Task[None]) -> None:
    """The task has ended. What it sent with holds the scope: all of a call would stay until the collector comes."""
    tasks.discard(task)
    scope.pop(SEND_WHOLE, None)
    scope.pop(SEND_PIECE, None)
    scope.pop(KNOWN, None)
    scope.pop(TAKE_OVER, None)


def _leave_out(base_path: bytes, target: bytes) -> bytes:
    rest = target[len(base_path) :]
    if not base_path or not target.startswith(base_path) or rest[:1] not in {b"", b"/", b"?"}:
        return target
    return rest if rest.startswith(b"/") else b"/" + rest


def _send_whole(cycle: RequestResponseCycle, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    """What ``cycle.send`` does with two messages, in one write and without looking for what our faces never send.

    The headers must be valid, in lower case, and hold the content length.
    """
    if cycle.disconnected:
        return
    assert not cycle.response_started
    cycle.response_started = cycle.response_complete = True
    pieces = [STATUS_LINE[status]]
    for name, value in (*cycle.default_headers, *headers):
        pieces += (name, b": ", value, b"\r\n")
    pieces.append(b"\r\n" if cycle.keep_alive else b"connection: close\r\n\r\n")
    if cycle.scope["method"] != "HEAD":
        pieces.append(body)
    cycle.transport.write(b"".join(pieces))
    cycle.message_event.set()
    if not cycle.keep_alive:
        cycle.transport.close()
    cycle.on_response()


def _piece_sender(cycle: RequestResponseCycle) -> Callable[[bytes], bool]:
    """What does with a piece, which must not be empty, as ``cycle.send``, where nothing need be waited for."""
    flow, send = cycle.flow, cycle.transport.write

    def send_piece(piece: bytes) -> bool:
        if flow.write_paused or cycle.disconnected or not cycle.chunked_encoding or cycle.response_complete:
            return False
        send(b"%x\r\n%b\r\n" % (len(piece), piece))
        return True

    return send_piece


class ServerConfig(uvicorn.Config):
    """uvicorn's configuration with our protocol and its ``limits``.

    ``base_path``: what a proxy may have left before the paths of requests. They come to the application without it.
    """

    def __init__(
        self,
        app: ASGIApplication | str,
        *,
        limits: ConnectionLimits | None = None,
        protocol: type[GatewayProtocol] = GatewayProtocol,
        base_path: str = "",
        **options: Any,
    ) -> None:
        super().__init__(app, http=protocol, **options)
        self.base_path = base_path.encode()
        self.limits = limits or ConnectionLimits()
        self.strangers = Strangers(self.limits.strangers_per_address, self.limits.strangers)
