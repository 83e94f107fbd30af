"""What an operation costs: processor time, the database server's, and the longest turn of the event loop."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import msgspec

_TICK = os.sysconf("SC_CLK_TCK")


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
        """Seconds that the server's processes have taken."""
        if self._server is None:
            return 0.0
        ticks = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(stat.parent.name) == self._server:
                # What its ended children have taken stands here.
                ticks += sum(map(int, fields[11:15]))
            elif int(fields[1]) == self._server:
                ticks += int(fields[11]) + int(fields[12])
        return ticks / _TICK
