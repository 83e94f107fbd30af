"""Accepting connections as fast as they come.

uvloop accepts one connection per turn of its loop, and each turn serves all connections that have something to say: of
a thousand that come at once the last waits for seconds. Here a turn accepts all that wait, up to a bound.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable, Sequence
from typing import Any, Final, cast

import uvicorn

from trunkline.logs import get_logger

AT_ONCE: Final = 256
"""Connections of one turn: those that are accepted already are served between two turns."""

PAUSE_SECONDS: Final = 0.5
"""How long nothing is accepted when the system has no descriptor left."""

FIRST_WORD_SECONDS: Final = 0.1
"""How long a server that stops waits for the requests of those whom it accepted last: as connections without one they
would be cut off."""

_EXHAUSTED: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})

log = get_logger(__name__)


class Listener:
    """Accepts on ``sock`` until it is closed; each connection gets a protocol of ``make``.

    Has as much of :class:`asyncio.Server` as uvicorn uses.
    """

    def __init__(self, sock: socket.socket, make: Callable[[], asyncio.Protocol]) -> None:
        self.sockets = (sock,)
        self._sock = sock
        self._make = make
        self._loop = asyncio.get_running_loop()
        self._opening: set[asyncio.Task[object]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False
        sock.setblocking(False)
        self._loop.add_reader(sock.fileno(), self._accept)

    def close(self) -> None:
        """Accept who waits still, and then nobody: the system would reset the connections of those."""
        if self._closed:
            return
        self._closed = True
        self._loop.remove_reader(self._sock.fileno())
        self._accept()
        if self._timer is not None:
            self._timer.cancel()

    async def wait_closed(self) -> None:
        """Until those that were accepted have their protocol."""
        await asyncio.gather(*self._opening, return_exceptions=True)

    def _accept(self) -> None:
        for _ in range(AT_ONCE):
            try:
                made, _ = self._sock.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                # Nobody waits, or another process was faster, or whoever waited has gone.
                return
            except OSError as error:
                if error.errno not in _EXHAUSTED:
                    raise
                log.warning("no_descriptors", said=error.strerror)
                self._loop.remove_reader(self._sock.fileno())
                self._timer = self._loop.call_later(PAUSE_SECONDS, self._go_on)
                return
            made.setblocking(False)
            task = asyncio.ensure_future(self._loop.connect_accepted_socket(self._make, made))
            self._opening.add(task)
            task.add_done_callback(self._forget)

    def _go_on(self) -> None:
        self._timer = None
        self._loop.add_reader(self._sock.fileno(), self._accept)

    def _forget(self, task: asyncio.Task[object]) -> None:
        self._opening.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.debug("connection_lost", said=str(error))


class GatewayServer(uvicorn.Server):
    """uvicorn's server that accepts through :class:`Listener` on the sockets that it is given.

    ``beside`` are more sockets, each served as its own configuration says, in the same process and with its end.
    When it stops, who has connected until then is served.
    """

    def __init__(self, config: uvicorn.Config, beside: Sequence[tuple[socket.socket, uvicorn.Config]] = ()) -> None:
        super().__init__(config)
        self._beside = beside

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's, whose own servers accept nothing where there are sockets."""
        await super().startup(sockets=[] if sockets else None)
        if not sockets or not self.started:
            return
        made = [Listener(sock, self._make_protocol(self.config)) for sock in sockets]
        for sock, config in self._beside:
            config.load()
            made.append(Listener(sock, self._make_protocol(config)))
        self.servers = cast("list[asyncio.Server]", made)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's, for all of the sockets. It cuts off all connections on which no request has come yet."""
        every = [*(sockets or []), *(sock for sock, _ in self._beside)]
        for server in self.servers:
            server.close()
        for sock in every:
            sock.close()
        await asyncio.sleep(FIRST_WORD_SECONDS)
        await super().shutdown(every)

    def _make_protocol(self, config: uvicorn.Config) -> Callable[[], asyncio.Protocol]:
        def make() -> asyncio.Protocol:
            made: Any = config.http_protocol_class
            return made(config=config, server_state=self.server_state, app_state=self.lifespan.state)

        return make
