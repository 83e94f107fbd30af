"""The HTTP server: uvicorn, with three things that a gateway needs and uvicorn leaves out.

A client that goes away is told to the call at once, through the scope, instead of through a second task per call; an
answer in one piece leaves in one write; and a client that does not finish its request's head in time is cut off (a slow
head is an attack, see https://en.wikipedia.org/wiki/Slowloris_(cyber_attack)).
"""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from functools import partial
from typing import Any, cast

import uvicorn
from uvicorn._types import ASGI3Application, ASGIApplication
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

HANG_UP = "trunkline.hang_up"
"""A face that puts ``"watch"`` here has its task cancelled when the client goes away, and then finds ``"gone"``."""

HEAD_SECONDS = 15.0
"""How long a client may take for a head, where nothing else is said."""

SEND_WHOLE = "trunkline.send_whole"
"""Where the face finds a function that sends a whole answer: (status, headers, body)."""


class GatewayProtocol(HttpToolsProtocol):
    """One connection."""

    _reading_since: float | None = None
    _idle_since: float | None = None
    _timer: asyncio.TimerHandle | None = None
    _head_seconds = HEAD_SECONDS
    _task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] - as uvicorn's own
        """A client connected; its first head is awaited."""
        super().connection_made(transport)
        self._reading_since = self.loop.time()
        self._head_seconds = getattr(self.config, "head_seconds", HEAD_SECONDS)
        self._timer = self.loop.call_later(self._head_seconds, self._look)

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._reading_since = self.loop.time()
        self._idle_since = None

    def on_headers_complete(self) -> None:
        """Its head is whole."""
        self._reading_since = None
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """An answer has left. As uvicorn does it, but for the timer of the idle connection: ours looks at that too."""
        if self.pipeline or self.transport.is_closing():
            super().on_response_complete()
            return
        self.server_state.total_requests += 1
        self.flow.resume_reading()
        self._idle_since = self.loop.time()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        scope = cast("MutableMapping[str, Any]", cycle.scope)
        scope[HANG_UP] = ""
        scope[SEND_WHOLE] = partial(_send_whole, cycle)
        # As uvicorn does it; besides, the task is remembered.
        self._task = task = self.loop.create_task(cycle.run_asgi(app))
        task.add_done_callback(self.tasks.discard)
        self.tasks.add(task)

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone: tell the call that it waits for, if there is one."""
        if self._timer is not None:
            self._timer.cancel()
        cycle = cast("RequestResponseCycle | None", self.cycle)  # None until the first request
        waiting = cycle if cycle is not None and not cycle.response_complete else None
        super().connection_lost(exc)
        if waiting is not None and self._task is not None:
            scope = cast("MutableMapping[str, Any]", waiting.scope)
            if scope.get(HANG_UP) == "watch":
                scope[HANG_UP] = "gone"
                self._task.cancel()

    def _look(self) -> None:
        """One timer per connection looks now and then, which is cheaper than one per request."""
        since = self._reading_since
        now = self.loop.time()
        if since is not None and now - since >= self._head_seconds:
            self.transport.abort()
            return
        if self._idle_since is not None and now - self._idle_since >= self.timeout_keep_alive:
            self.transport.close()
            return
        wait = self._head_seconds if since is None else since + self._head_seconds - now
        self._timer = self.loop.call_later(max(wait, 0.05), self._look)


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
    pieces.append(body)
    cycle.transport.write(b"".join(pieces))
    cycle.message_event.set()
    if not cycle.keep_alive:
        cycle.transport.close()
    cycle.on_response()


class ServerConfig(uvicorn.Config):
    """uvicorn's configuration with our protocol. ``head_seconds`` is how long a client may take for a head."""

    def __init__(self, app: ASGIApplication | str, *, head_seconds: float, **options: Any) -> None:
        super().__init__(app, http=GatewayProtocol, **options)
        self.head_seconds = head_seconds
