"""What an installation does for its database, so that it answers as fast in a year."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from itertools import chain, repeat
from typing import Final

from trunkline.core.errors import Unavailable
from trunkline.logs import get_logger
from trunkline.storage import planner_statistics
from trunkline.storage.database import Database

DAY_SECONDS: Final = 86_400.0

YOUNG_SECONDS: Final = (600.0, 3_600.0)
"""When they are refreshed again after a start, and then after that.

Of an empty table there is nothing to know, and a new installation is not empty for long.
"""

_log: Final = get_logger(__name__)


class Upkeep:
    """A duty of the process that manages. ``sleep`` waits for some seconds."""

    def __init__(self, database: Database, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._database = database
        self._sleep = sleep

    async def run(self) -> None:
        """At once, after ten minutes, an hour later, and then every day.

        What fails is tried again the next time: queries are slower until then, and right.
        """
        for pause in chain(YOUNG_SECONDS, repeat(DAY_SECONDS)):
            try:
                await planner_statistics.refresh(self._database)
            except Unavailable as error:
                _log.warning("statistics_not_refreshed", reason=error.message)
            await self._sleep(pause)
