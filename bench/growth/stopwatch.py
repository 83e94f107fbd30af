"""What an operation costs: processor time, the database server's, and the longest turn of the event loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec

from bench.postgres import read_processor_time


class Cost(msgspec.Struct, frozen=True):
    """Milliseconds: of this process's processor time, of the database server's, and of the longest turn of the loop.

    The last is processor time too: on a busy machine a wall clock tells about the machine.
    """

    own: float
    server: float
    turn: float


class Stopwatch:
    """Measures in the running loop. ``server`` is the process id of PostgreSQL's postmaster."""

    def __init__(self, server: int | None = None) -> None:
        self._server = server
        self._turn = 0
        handle: Any = asyncio.Handle
        run: Callable[[Any], None] = handle._run

        def timed(self_: Any) -> None:
            began = time.thread_time_ns()
            run(self_)
            self._turn = max(self._turn, time.thread_time_ns() - began)

        handle._run = timed
        self._undo = lambda: setattr(handle, "_run", run)

    def close(self) -> None:
        """Leave the loop as it was."""
        self._undo()

    async def measure(self, operation: Callable[[], Coroutine[object, object, object]], rounds: int) -> Cost:
        """The cheapest of ``rounds``, after one that is not counted: what is remembered, is remembered then."""
        await operation()
        own: list[int] = []
        turn: list[int] = []
        server: list[float] = []
        for _ in range(rounds):
            before = self._read_server()
            # Reading is no turn of what is measured.
            await asyncio.sleep(0)
            self._turn = 0
            began = time.process_time_ns()
            # A task of its own: its turns end before they are looked at.
            await asyncio.ensure_future(operation())
            own.append(time.process_time_ns() - began)
            turn.append(self._turn)
            server.append(self._read_server() - before)
        return Cost(min(own) / 1e6, sum(server) * 1000 / rounds, min(turn) / 1e6)

    def _read_server(self) -> float:
        return 0.0 if self._server is None else read_processor_time(self._server)
