"""Changes of health, as they come to the database from calls, tests and questions of any process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final

from trunkline.control.health.change import HealthChange
from trunkline.control.repetition import repeat
from trunkline.core.moment import to_microseconds
from trunkline.logs import get_logger
from trunkline.storage import health as rows
from trunkline.storage.database import Database
from trunkline.storage.health import Seen

LOOK_SECONDS: Final = 1.0

_OVERLAP_US: Final = 15_000_000
"""How far back each look goes: what was written first may be seen last, and clocks differ."""

_LEFT_BEHIND: Final = 1_000
"""Changes that a follower has not taken yet, after which the oldest are dropped."""

_log: Final = get_logger(__name__)


class HealthWatch:
    """Tells followers, and ``tell`` for the breakers of all processes.

    A change from before it began is not told.
    """

    def __init__(
        self, database: Database, tell: Callable[[Sequence[HealthChange]], None], *, now: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._tell = tell
        self._now = now
        self._told: dict[str, int] | None = None
        self._followers: set[asyncio.Queue[Seen]] = set()

    async def run(self) -> None:
        """Look every second until cancelled."""
        pulse = self._database.read_pulse
        await repeat(self.look, LOOK_SECONDS, "health_not_watched", name=__name__, at_once=True, pulse=pulse)

    async def look(self) -> None:
        """Tell what has changed since the last look."""
        after = to_microseconds(self._now()) - _OVERLAP_US
        async with self._database.read() as tx:
            found = await rows.list_changed(tx, after)
        before = self._told
        self._told = {row.configuration_id: row.changed_at for _, row in found if row is not None}
        if before is None:
            return
        new = [each for each in found if each.health and before.get(each.configuration.id) != each.health.changed_at]
        if not new:
            return
        self._tell([_note(each) for each in new])
        for follower in self._followers:
            for each in new:
                if follower.full():
                    follower.get_nowait()
                follower.put_nowait(each)

    @asynccontextmanager
    async def following(self) -> AsyncGenerator[asyncio.Queue[Seen]]:
        """What changes from now on, until the block ends."""
        queue: asyncio.Queue[Seen] = asyncio.Queue(_LEFT_BEHIND)
        self._followers.add(queue)
        try:
            yield queue
        finally:
            self._followers.discard(queue)


def _note(seen: Seen) -> HealthChange:
    row, health = seen
    return HealthChange(workspace_id=row.workspace_id, configuration_id=row.id, state=rows.read(health).state)
