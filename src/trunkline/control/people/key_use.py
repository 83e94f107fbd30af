"""When keys were last used, gathered in memory and written now and then: a call must not wait for that."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Final

from trunkline.core.errors import Unavailable
from trunkline.logs import get_logger
from trunkline.storage import keys
from trunkline.storage.database import Database
from trunkline.storage.tables import now

_log: Final = get_logger(__name__)

_PAUSE_SECONDS: Final = 10.0


class KeyUse:
    """Takes note of uses of keys, at no cost, and writes the last of each."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._used: dict[str, datetime] = {}

    def note(self, key_id: str) -> None:
        """A key was used now."""
        self._used[key_id] = now()

    def note_at(self, key_id: str, at: datetime) -> None:
        """A key was used then, in another process."""
        known = self._used.get(key_id)
        if known is None or known < at:
            self._used[key_id] = at

    async def write(self) -> None:
        """Write what was noted. When the database is down, it is noted still."""
        used, self._used = self._used, {}
        if not used:
            return
        try:
            async with self._database.write() as tx:
                await keys.mark_used(tx, used)
        except Unavailable as error:
            self._used = {**used, **self._used}
            _log.warning("key_use_not_written", reason=error.message)

    async def run(self) -> None:
        """Write every 10 seconds until cancelled."""
        while True:
            await asyncio.sleep(_PAUSE_SECONDS)
            await self.write()
