"""A read replica of PostgreSQL: how far it follows, and whether reports may be read from it now."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from trunkline.core.errors import Unavailable
from trunkline.storage.driver_errors import Translation

LATE_SECONDS: Final = 5.0
"""From here on reports are read from the database itself. A replica that follows is behind by milliseconds."""

PATIENCE_SECONDS: Final = 0.25
"""How long a report waits for the replica to have all that was committed before it began."""

ANSWER_SECONDS: Final = 1.0
LOOK_SECONDS: Final = 1.0
"""How long it counts what was found, as long as this process writes nothing."""

REST_SECONDS: Final = 5.0
"""How long a replica is left alone that did not answer."""

_PAUSE_SECONDS: Final = 0.01

_WRITTEN: Final = text("SELECT CAST(pg_current_wal_lsn() AS text)")
_FOLLOWED: Final = text(
    "SELECT pg_is_in_recovery(), pg_last_wal_replay_lsn() >= CAST(CAST(:written AS text) AS pg_lsn),"
    " CAST(extract(epoch FROM now() - coalesce(pg_last_xact_replay_timestamp(), pg_postmaster_start_time())) AS float)"
)
"""Positions in the write-ahead log say for certain what the replica has, also where clocks differ or where it lost its
server: https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-RECOVERY-CONTROL."""


@dataclass(frozen=True, slots=True)
class ReplicaState:
    """What was found of a replica. Without ``behind``, in seconds, it is of no use, for the reason ``problem``."""

    behind: float | None
    problem: str | None = None


class Replica:
    """Says of one replica whether it is fit to be read: it answers, is less than :data:`LATE_SECONDS` behind, and has
    whatever this process wrote before.
    """

    def __init__(
        self, primary: AsyncEngine, engine: AsyncEngine, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._primary = primary.execution_options(isolation_level="AUTOCOMMIT")
        self._asked = engine.execution_options(isolation_level="AUTOCOMMIT")
        self.engine = engine
        self._session: async_sessionmaker[AsyncSession] = async_sessionmaker(
            engine.execution_options(isolation_level="REPEATABLE READ"), expire_on_commit=False
        )
        self._clock = clock
        self._state = ReplicaState(None)
        self._until = -math.inf
        self._complete = -math.inf
        """What was committed before this moment is in the replica."""
        self._written = -math.inf
        self._looking = asyncio.Lock()

    def note_write(self) -> None:
        """This process has committed something, which whoever wrote it expects to read."""
        self._written = self._clock()

    def note_failure(self) -> None:
        """Something that was read from it broke off: it is left alone for a while."""
        self._conclude(ReplicaState(None, "The read replica does not answer."), REST_SECONDS)

    async def begin(self) -> AsyncSession | None:
        """A transaction to read in, which the caller closes; None unless the replica is fit.

        :class:`Unavailable` without the database that it follows.
        """
        state = await self.examine()
        if state.behind is None or state.behind >= LATE_SECONDS or self._complete < self._written:
            return None
        async with AsyncExitStack() as stack:
            session = await stack.enter_async_context(self._session())
            try:
                with Translation():
                    async with asyncio.timeout(ANSWER_SECONDS):
                        await session.connection()
            except Unavailable:
                self.note_failure()
                return None
            stack.pop_all()
            return session

    async def examine(self) -> ReplicaState:
        """How it stands, as found a second ago at most, or five where it did not answer."""
        async with self._looking:
            missing = self._state.behind == 0 and self._written > self._complete
            if missing or self._clock() >= self._until:
                await self._look()
            return self._state

    async def _look(self) -> None:
        began = self._clock()
        with Translation():
            async with asyncio.timeout(ANSWER_SECONDS), self._primary.connect() as connection:
                written = await connection.scalar(_WRITTEN)
        try:
            with Translation():
                async with asyncio.timeout(ANSWER_SECONDS):
                    state = await self._compare(written, began)
        except Unavailable:
            self.note_failure()
            return
        if state.behind == 0:
            self._complete = began
        self._conclude(state, LOOK_SECONDS)

    async def _compare(self, written: str, began: float) -> ReplicaState:
        async with self._asked.connect() as connection:
            while True:
                follows, has_all, last = (await connection.execute(_FOLLOWED, {"written": written})).one()
                if not follows:
                    return ReplicaState(None, "The read replica follows no other server.")
                if has_all:
                    return ReplicaState(0.0)
                if self._clock() >= began + PATIENCE_SECONDS:
                    # Either is too much where nobody wrote anything for a while.
                    return ReplicaState(max(PATIENCE_SECONDS, min(last, self._clock() - self._complete)))
                await asyncio.sleep(_PAUSE_SECONDS)

    def _conclude(self, state: ReplicaState, seconds: float) -> None:
        self._state = state
        self._until = self._clock() + seconds
