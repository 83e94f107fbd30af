"""What an installation does for its database, so that it answers as fast in a year."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from trunkline.core.errors import Unavailable
from trunkline.logs import get_logger
from trunkline.storage import planner_statistics
from trunkline.storage.database import Database

DAY_SECONDS: Final = 86_400.0

_log: Final = get_logger(__name__)


class Upkeep:
    """A duty of the process that manages. ``sleep`` waits for some seconds."""

    def __init__(self, database: Database, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._database = database
        self._sleep = sleep

    async def run(self) -> None:
        """At once, and then every day. What fails is tried again a day later: queries are slower then, and right."""
        while True:
            try:
                await planner_statistics.refresh(self._database)
            except Unavailable as error:
                _log.warning("statistics_not_refreshed", reason=error.message)
            await self._sleep(DAY_SECONDS)
