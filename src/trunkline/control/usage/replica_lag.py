"""How far behind the database its read replica is."""

from __future__ import annotations

from trunkline.storage.database import Database
from trunkline.storage.replica import LATE_SECONDS


class ReplicaLag:
    """Tells what :meth:`Database.examine_replica` finds."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self) -> float | None:
        """Seconds; None without a replica of use. :class:`Unavailable` without the database."""
        state = await self._database.examine_replica()
        return None if state is None else state.behind

    async def check(self) -> str | None:
        """What is wrong; None when nothing is, or where there is no replica."""
        state = await self._database.examine_replica()
        if state is None or (state.behind is not None and state.behind < LATE_SECONDS):
            return None
        told = state.problem or f"The read replica is {state.behind:,.0f} s behind."
        return f"{told} Reports are read from the database itself."
