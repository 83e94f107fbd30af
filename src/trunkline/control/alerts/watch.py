"""Changes of alerts, as any process writes them, for who follows them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final

from trunkline.control.repetition import repeat
from trunkline.core.moment import to_microseconds
from trunkline.storage import alerts as rows
from trunkline.storage.database import Database
from trunkline.storage.tables import AlertRow

LOOK_SECONDS: Final = 1.0

_OVERLAP_US: Final = 15_000_000
"""How far back each look goes: what was written first may be seen last, and clocks differ."""

_LEFT_BEHIND: Final = 1_000
"""Changes that a follower has not taken yet, after which the oldest are dropped."""


class AlertWatch:
    """Tells followers. While there are none, it asks the database nothing."""

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now
        self._told: dict[str, int] = {}
        self._followers: set[asyncio.Queue[AlertRow]] = set()

    async def run(self) -> None:
        """Look every second until cancelled."""
        await repeat(self.look, LOOK_SECONDS, "alerts_not_watched", name=__name__)

    async def look(self) -> None:
        """Tell what has changed since the last look."""
        if not self._followers:
            return
        before, found = self._told, await self._read()
        self._told = {row.id: row.changed_at for row in found}
        for row in found:
            if before.get(row.id) != row.changed_at:
                for follower in self._followers:
                    if follower.full():
                        follower.get_nowait()
                    follower.put_nowait(row)

    @asynccontextmanager
    async def following(self) -> AsyncGenerator[asyncio.Queue[AlertRow]]:
        """What changes from now on, until the block ends."""
        if not self._followers:
            self._told = {row.id: row.changed_at for row in await self._read()}
        queue: asyncio.Queue[AlertRow] = asyncio.Queue(_LEFT_BEHIND)
        self._followers.add(queue)
        try:
            yield queue
        finally:
            self._followers.discard(queue)

    async def _read(self) -> list[AlertRow]:
        async with self._database.read() as tx:
            return list(await rows.list_changed(tx, to_microseconds(self._now()) - _OVERLAP_US))
