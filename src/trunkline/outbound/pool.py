"""The connections to one origin: the ones that wait for work, and the calls that wait for a connection."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress

from trunkline.outbound.connection import Connection


class Pool:
    """Idle connections, the last used first (so that the others age and go), and a bound on how many are open.

    A call takes an idle connection or a slot to open one; when there is neither it waits for either, first come first
    served. ``open`` counts connections and slots.
    """

    __slots__ = ("_limit", "_waiting", "idle", "open")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._waiting: deque[asyncio.Future[Connection | None]] = deque()
        self.idle: list[Connection] = []
        self.open = 0

    @property
    def empty(self) -> bool:
        """Whether nothing is lost by forgetting this pool."""
        return not (self.open or self._waiting)

    def take(self, now: float) -> Connection | None:
        """An idle connection that can be used, if there is one."""
        idle = self.idle
        while idle:
            connection = idle.pop()
            if connection.usable and now < connection.idle_until:
                return connection
            connection.close()
        return None

    async def wait(self, loop: asyncio.AbstractEventLoop) -> Connection | None:
        """A connection, or None with the right to open one."""
        if (connection := self.take(loop.time())) is not None:
            return connection
        if self.open < self._limit:
            self.open += 1
            return None
        turn: asyncio.Future[Connection | None] = loop.create_future()
        self._waiting.append(turn)
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                # Whoever freed something meanwhile has taken it out already.
                with suppress(ValueError):
                    self._waiting.remove(turn)
            elif (connection := turn.result()) is None:
                self.leave()
            else:
                self.put(connection)
            raise

    def put(self, connection: Connection) -> None:
        """``connection`` is free again."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(connection)
                return
        self.idle.append(connection)

    def leave(self) -> None:
        """A slot is free: its connection is gone or was never made."""
        self.open -= 1
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                self.open += 1
                turn.set_result(None)
                return

    def forget(self, connection: Connection) -> None:
        """``connection`` is gone."""
        if connection in self.idle:
            self.idle.remove(connection)
        self.leave()

    def expire(self, now: float) -> float | None:
        """Close idle connections that are past their time; return when the next one will be."""
        kept = [connection for connection in self.idle if now < connection.idle_until]
        for connection in self.idle:
            if connection.idle_until <= now:
                connection.close()
        self.idle = kept
        return min((connection.idle_until for connection in kept), default=None)
