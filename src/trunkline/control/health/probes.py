"""Questions to the providers of configurations that nobody calls: of those that cost nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from trunkline.control.configurations.health_evidence import note_stages
from trunkline.control.configurations.reach import Reach
from trunkline.control.health.history import MINUTES
from trunkline.control.repetition import repeat
from trunkline.core.errors import CannotOpen, Forbidden, InvalidInput
from trunkline.core.ids import new_id
from trunkline.core.moment import to_microseconds
from trunkline.logs import get_logger
from trunkline.providers.check import check_freely
from trunkline.providers.stage import Stage
from trunkline.storage import configurations, leases
from trunkline.storage import health as rows
from trunkline.storage.database import Database
from trunkline.storage.tables import Configuration

LEASE: Final = "health-probes"
LOOK_SECONDS: Final = 5.0
AT_ONCE: Final = 8
"""Questions at the same time."""

_LEASE_SECONDS: Final = 60.0
_PRUNE_SECONDS: Final = 3_600.0
_KEPT_CELLS: Final = 100

_log: Final = get_logger(__name__)


class HealthProbes:
    """A duty that one process has at a time. ``seconds`` is how long nothing was seen of an active configuration
    before its provider is asked for its list of models; 0: never. No call of a model is made.
    """

    def __init__(self, database: Database, reach: Reach, seconds: int, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._reach = reach
        self._seconds = seconds
        self._now = now
        self.holder = new_id()
        self._pruned: datetime | None = None

    async def run(self) -> None:
        """Look every few seconds until cancelled."""
        pulse = self._database.read_pulse
        await repeat(self.look, LOOK_SECONDS, "health_not_probed", name=__name__, pulse=pulse)

    async def look(self) -> None:
        """Ask for those that are due, the longest unseen first, if no other process does."""
        moment = self._now()
        due = await self._find_due(moment) if self._seconds else ()
        unpruned = self._pruned is None or (moment - self._pruned).total_seconds() >= _PRUNE_SECONDS
        if not due and not unpruned:
            return
        async with self._database.write() as tx:
            until = moment + timedelta(seconds=_LEASE_SECONDS)
            if not await leases.take(tx, LEASE, self.holder, now=moment, until=until):
                return
            if unpruned:
                minute = to_microseconds(moment) // 60_000_000
                await rows.prune(tx, [(grain, minute // grain - _KEPT_CELLS) for grain in MINUTES.values()])
                self._pruned = moment
        await asyncio.gather(*(self._probe(row) for row in due))

    async def _find_due(self, moment: datetime) -> Sequence[Configuration]:
        # Whoever has just made a configuration tests or calls it by themselves.
        before = moment - timedelta(seconds=self._seconds)
        async with self._database.read() as tx:
            return await rows.list_idle(tx, to_microseconds(before), before, AT_ONCE)

    async def _probe(self, row: Configuration) -> None:
        stages: list[Stage] = []
        try:
            async with self._database.read() as tx:
                endpoint = await self._reach.open(tx, row)
            transport = self._reach.transport(endpoint.provider)
            stages = [stage async for stage in check_freely(endpoint, transport, prober=self._reach.prober)]
        except (InvalidInput, CannotOpen, Forbidden) as error:
            stages = [Stage(name="auth", ok=False, message=error.message)]
        async with self._database.write() as tx:
            held = await configurations.find(tx, row.workspace_id, row.id, lock=True)
            if held is not None and held.revision == row.revision:
                await note_stages(tx, held, stages, "probe", self._now())
