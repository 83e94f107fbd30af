"""The client: the only thing that connects to what users name."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Sequence
from weakref import WeakSet

from trunkline.core.errors import Unavailable
from trunkline.outbound.connection import Connection
from trunkline.outbound.dial import Dialer, Progress, out_of_time
from trunkline.outbound.errors import ConnectFailed
from trunkline.outbound.guard import Guard
from trunkline.outbound.limits import Limits
from trunkline.outbound.origin import Origin
from trunkline.outbound.pool import Pool
from trunkline.outbound.reply import Reply
from trunkline.outbound.request import OutgoingRequest, write_head
from trunkline.outbound.resolver import CachingResolver, Resolver, SystemResolver
from trunkline.outbound.timeouts import Timeouts
from trunkline.outbound.timing import Timing
from trunkline.outbound.transport import DEFAULT_TIMEOUTS
from trunkline.outbound.upgrade import Declined, upgrade
from trunkline.outbound.web_socket import WebSocket


class Client:
    """Sends requests over pooled HTTP/1.1 connections to addresses that ``guard`` allows.

    Never follows a redirect, never uses a proxy, never keeps a cookie. Belongs to the event loop of its first call.

    **Repeating.** A kept connection may be closed by the server at the moment when a request is sent on it. If it
    closes without one byte of an answer and within a second of sending, the request is sent once more, on a new
    connection. RFC 9110, section 9.2.2, allows that for POST where the client has reason to know that the first was
    not acted upon; the reason is that a server which has begun to work on a request either answers, or dies without
    an answer, which a caller that wants one must repeat anyway. The short window keeps a call that was worked on for
    longer, and so may have cost money, from being repeated here: whoever sent it decides.
    """

    def __init__(
        self,
        guard: Guard,
        *,
        limits: Limits | None = None,
        resolver: Resolver | None = None,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._limits = limits or Limits()
        self._dialer = Dialer(guard, resolver or CachingResolver(SystemResolver()), ssl_context)
        self._pools: dict[Origin, Pool] = {}
        self._connections: set[Connection] = set()
        self._sockets: WeakSet[WebSocket] = WeakSet()
        self._sweeper: asyncio.TimerHandle | None = None
        self._closed = False
        self._loop: asyncio.AbstractEventLoop | None = None
        """Kept, because asking which one runs is a system call each time."""

    async def send(self, request: OutgoingRequest, timeouts: Timeouts = DEFAULT_TIMEOUTS) -> Reply:
        """See :meth:`trunkline.outbound.Transport.send`. Cancelling it closes the connection: the upstream sees it."""
        head = write_head(request)
        loop = self._loop = self._loop or asyncio.get_running_loop()
        now = loop.time()
        total_at = now + timeouts.total
        origin = request.url.origin
        pool = self._pools.get(origin) or self._add_pool(origin)
        connection = pool.take(now)
        reused = connection is not None
        while True:
            if connection is None:
                connection, reused = await self._connect(pool, origin, timeouts, total_at)
            reply = connection.start(
                head,
                request.body,
                is_head=request.method == "HEAD",
                timeouts=timeouts,
                total_at=total_at,
                reused=reused,
            )
            if await _answered(reply):
                return reply
            connection = None
            # Nothing holds a pool that has become empty.
            pool = self._pools.get(origin) or self._add_pool(origin)

    async def open_socket(
        self, request: OutgoingRequest, subprotocols: Sequence[str], timeouts: Timeouts = DEFAULT_TIMEOUTS
    ) -> WebSocket | Declined:
        """See :meth:`.SocketTransport.open_socket`."""
        self._refuse_when_closed()
        socket = await upgrade(self._dialer, request, subprotocols, timeouts)
        if isinstance(socket, WebSocket):
            self._sockets.add(socket)
        return socket

    def take(self, origin: Origin) -> Connection | None:
        """A connection to ``origin`` that is free now, if there is one: for :meth:`begin` or :meth:`give_back`."""
        pool, loop = self._pools.get(origin), self._loop
        return None if pool is None or loop is None else pool.take(loop.time())

    def give_back(self, connection: Connection) -> None:
        """Nothing was sent on it. One that was closed meanwhile is forgotten already, or will be."""
        if connection.usable:
            self._pools[connection.origin].put(connection)

    def begin(
        self, connection: Connection, head: bytes, body: bytes, timeouts: Timeouts, heard: Callable[[], None]
    ) -> Reply:
        """Send a request on a connection that was taken.

        ``heard`` is called, from the event loop, whenever there is something new to see in the reply: more of its
        body, its end or its error. Nobody is woken, which is what most of a short call costs. Whoever wants to wait
        after all goes on with :meth:`resume`.
        """
        assert self._loop is not None
        total_at = self._loop.time() + timeouts.total
        return connection.start(
            head, body, is_head=False, timeouts=timeouts, total_at=total_at, reused=True, heard=heard
        )

    async def resume(self, reply: Reply, request: OutgoingRequest, timeouts: Timeouts) -> Reply:
        """The rest of :meth:`send` for a ``reply`` of :meth:`begin`, whose ``heard`` is not called any more."""
        reply.heard = None
        if not reply.status and reply.error is None:
            reply.waiter = asyncio.get_running_loop().create_future()
        return reply if await _answered(reply) else await self.send(request, timeouts)

    async def probe(self, origin: Origin, timeouts: Timeouts = DEFAULT_TIMEOUTS) -> Timing:
        """Make a new connection to ``origin`` and close it again; return how long each stage took.

        Raises what :meth:`send` would raise before sending; the error's ``stage`` says what failed.
        """
        pool = self._pools.get(origin) or self._add_pool(origin)
        pool.open += 1
        connection = await self._dial(pool, origin, timeouts.connect, timeouts.connect)
        connection.close()
        return connection.made

    async def judge(self, origin: Origin, timeouts: Timeouts = DEFAULT_TIMEOUTS) -> None:
        """Raise ForbiddenAddress where ``origin`` may not be called, as :meth:`send` would, and connect to nothing.

        Raises ResolveFailed or TimedOut where nobody can tell.
        """
        try:
            async with asyncio.timeout(timeouts.connect):
                await self._dialer.judge(origin)
        except TimeoutError:
            raise out_of_time(origin, "dns", timeouts.connect) from None

    async def close(self) -> None:
        """Close every connection; answers that are being read end with ClosedEarly, later calls with Unavailable."""
        self._closed = True
        if self._sweeper is not None:
            self._sweeper.cancel()
        for connection in (*self._connections, *self._sockets):
            connection.abort()

    def _add_pool(self, origin: Origin) -> Pool:
        pool = self._pools[origin] = Pool(self._limits.per_origin)
        return pool

    async def _connect(
        self, pool: Pool, origin: Origin, timeouts: Timeouts, total_at: float
    ) -> tuple[Connection, bool]:
        """A connection and whether it was used before."""
        loop = asyncio.get_running_loop()
        seconds = min(timeouts.connect, total_at - loop.time())
        started = loop.time()
        try:
            async with asyncio.timeout(seconds):
                waited_for = await pool.wait(loop)
                while waited_for is not None and not waited_for.usable:
                    waited_for = await pool.wait(loop)
        except TimeoutError:
            raise out_of_time(origin, "pool", timeouts.connect) from None
        if waited_for is not None:
            return waited_for, True
        return await self._dial(pool, origin, seconds - (loop.time() - started), timeouts.connect), False

    async def _dial(self, pool: Pool, origin: Origin, seconds: float, asked: float) -> Connection:
        """A new connection in a slot of ``pool`` that is already counted."""
        progress = Progress()
        loop = asyncio.get_running_loop()

        def make() -> Connection:
            return Connection(origin, self._limits, loop, self._release, self._lose)

        try:
            self._refuse_when_closed()
            async with asyncio.timeout(seconds):
                connection = await self._dialer.dial(origin, make, progress)
            if self._closed:
                connection.abort()
                self._refuse_when_closed()
            if not connection.usable:
                raise ConnectFailed(
                    f"{origin.authority} closed the connection at once.", origin=origin, stage=progress.stage
                )
        except BaseException as error:
            pool.leave()
            if isinstance(error, TimeoutError):
                raise out_of_time(origin, progress.stage, asked) from None
            raise
        self._connections.add(connection)
        return connection

    def _refuse_when_closed(self) -> None:
        if self._closed:
            raise Unavailable("Trunkline is stopping.")

    def _release(self, connection: Connection) -> None:
        self._pools[connection.origin].put(connection)
        if self._sweeper is None:
            self._sweep_at(connection.idle_until)

    def _lose(self, connection: Connection) -> None:
        if connection in self._connections:
            self._connections.remove(connection)
            self._pools[connection.origin].forget(connection)

    def _sweep_at(self, when: float) -> None:
        self._sweeper = asyncio.get_running_loop().call_at(when, self._sweep)

    def _sweep(self) -> None:
        """One timer for all idle connections; pools of origins that nobody uses go with them."""
        self._sweeper = None
        now = asyncio.get_running_loop().time()
        times = [when for pool in self._pools.values() if (when := pool.expire(now)) is not None]
        self._pools = {origin: pool for origin, pool in self._pools.items() if not pool.empty}
        if times:
            self._sweep_at(min(times))


async def _answered(reply: Reply) -> bool:
    """Wait for the head of the answer. False when the request may be sent once more; raises when there is none."""
    if reply.waiter is not None:
        try:
            await reply.waiter
        except BaseException:
            reply.abort()
            raise
    if reply.error is None or reply.status:
        return True
    if reply.stale:
        return False
    raise reply.error
