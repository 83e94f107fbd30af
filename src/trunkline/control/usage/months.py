"""Has partitions for settled calls ready before their months begin, and lets whole ones go. On PostgreSQL alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from trunkline.control.repetition import repeat
from trunkline.core.errors import Unavailable
from trunkline.core.ids import new_id
from trunkline.logs import get_logger
from trunkline.storage import leases
from trunkline.storage import usage_months as rows
from trunkline.storage.database import LONG_SECONDS, Database
from trunkline.storage.tables import now

EVERY_SECONDS: Final = 3_600.0
AHEAD: Final = 2
"""Months that are ready beside the present one."""

LEASE: Final = "usage-months"
_LEASE_TIME: Final = timedelta(minutes=5)

_log: Final = get_logger(__name__)


class UsageMonths:
    """A duty that one process has at a time."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime] = now) -> None:
        self._database = database
        self._clock = clock
        self._holder = new_id()

    async def run(self) -> None:
        """Look at once, and every hour until cancelled."""
        await repeat(self.make_ahead, EVERY_SECONDS, "usage_months_not_made", name=__name__, at_once=True)

    async def make_ahead(self) -> Sequence[datetime]:
        """Make what is missing of this month and the next ones, if no other process does. Gives what was made."""
        if self._database.kind != "postgresql" or not await self._hold():
            return []
        async with self._database.read() as tx:
            there = await rows.list_partitions(tx)
        made: list[datetime] = []
        month = rows.find_month(self._clock())
        for _ in range(AHEAD + 1):
            if not any((one.start is None or one.start <= month) and month < one.end for one in there):
                async with self._database.write(limit=LONG_SECONDS) as tx:
                    await rows.add(tx, month)
                made.append(month)
            month = rows.find_next(month)
        return made

    async def drop_before(self, moment: datetime) -> Sequence[str]:
        """Drop what holds nothing that is younger. Gives the names; one that is in use just now goes another time."""
        if self._database.kind != "postgresql":
            return []
        async with self._database.read() as tx:
            old = [one for one in await rows.list_partitions(tx) if one.end <= moment]
        gone: list[str] = []
        for partition in old:
            try:
                async with self._database.write() as tx:
                    await rows.drop(tx, partition)
            except Unavailable as error:
                _log.warning("usage_month_not_dropped", name=partition.name, reason=error.message)
                continue
            gone.append(partition.name)
            _log.info("usage_month_dropped", name=partition.name)
        return gone

    async def _hold(self) -> bool:
        moment = self._clock()
        async with self._database.write() as tx:
            return await leases.take(tx, LEASE, self._holder, now=moment, until=moment + _LEASE_TIME)
