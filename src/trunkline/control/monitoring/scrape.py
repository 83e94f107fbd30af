"""Everything that is shown at one time."""

from __future__ import annotations

import asyncio
import math
import os
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from trunkline import __version__
from trunkline.control.processes.process_use import read_use
from trunkline.control.processes.standing import Standing
from trunkline.control.usage.backlog import read_backlog
from trunkline.control.usage.intake_figures import read_intake
from trunkline.control.usage.intake_lag import IntakeLag
from trunkline.core.errors import Unavailable
from trunkline.core.metric import Sample
from trunkline.gateway.snapshot import SnapshotHolder
from trunkline.storage import alerts, health
from trunkline.storage.database import Database
from trunkline.storage.replica import ReplicaState

_PATIENCE_SECONDS: Final = 1.0
"""For the database: metrics are needed the most when it does not answer."""

COUNT_SECONDS: Final = 60.0
"""How long the health of all configurations is shown as it was counted: that reads a row of each."""


class Scrape:
    """Asks all processes how they stand, and looks at what none of them tells."""

    def __init__(
        self,
        ask: Callable[[], Awaitable[Sequence[Standing]]],
        database: Database,
        holder: SnapshotHolder,
        journal: Path,
        lag: IntakeLag,
        snapshot_age: Callable[[], float],
        supervisor: int | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``snapshot_age`` and ``clock`` are in seconds; ``supervisor`` is the process that started all others, where
        there is one.
        """
        self._ask = ask
        self._database = database
        self._holder = holder
        self._journal = journal
        self._lag = lag
        self._snapshot_age = snapshot_age
        self._supervisor = supervisor
        self._standings: Sequence[Standing] = ()
        self._clock = clock
        self._states: Sequence[tuple[str, str, int]] = ()
        self._states_until = -math.inf
        self._alerts: Sequence[tuple[str, str, str, int]] = ()
        self._replica: ReplicaState | None = None
        self._counting: asyncio.Task[None] | None = None

    async def refresh(self) -> None:
        """Ask all. What the database does not tell in time is left out."""
        if self._counting is None or self._counting.done():
            self._alerts, self._replica = (), None
            if self._clock() >= self._states_until:
                self._states = ()
            self._counting = asyncio.ensure_future(self._count())
        self._standings = await self._ask()
        await asyncio.wait({self._counting}, timeout=_PATIENCE_SECONDS)

    async def _count(self) -> None:
        with suppress(Unavailable):
            async with self._database.read() as tx:
                if self._clock() >= self._states_until:
                    self._states = await health.count_states(tx)
                    self._states_until = self._clock() + COUNT_SECONDS
                self._alerts = await alerts.count_open(tx)
            self._replica = await self._database.examine_replica()

    def read(self) -> Iterator[tuple[str, Sample]]:
        """Each sample with the name of its process, as of the last :meth:`refresh`."""
        routes: set[str] = set()
        for one in self._standings:
            for sample in one.samples:
                if sample.name == "trunkline_route_calls":
                    routes.add(sample.labels[0])
                yield one.name, sample
        intake = read_intake(self._journal)
        if intake is not None:
            for sample in intake.samples:
                yield "intake", sample
            if intake.pid != os.getpid():
                for sample in read_use(intake.pid):
                    yield "intake", sample
        if self._supervisor is not None:
            for sample in read_use(self._supervisor):
                yield "supervisor", sample
        for sample in self._read_shared(routes):
            yield "", sample
        for sample in read_backlog(self._journal, intake):
            yield "", sample

    def _read_shared(self, routes: set[str]) -> Iterator[Sample]:
        yield Sample("trunkline_build_info", (__version__,), 1)
        yield Sample("trunkline_intake_lag_seconds", (), self._lag.seconds)
        yield Sample("trunkline_snapshot_age_seconds", (), self._snapshot_age())
        if self._replica is not None:
            yield Sample("trunkline_read_replica_up", (), float(self._replica.behind is not None))
            if self._replica.behind is not None:
                yield Sample("trunkline_read_replica_lag_seconds", (), self._replica.behind)
        for provider, state, number in self._states:
            yield Sample("trunkline_configurations", (provider, state), number)
        for kind, severity, state, number in self._alerts:
            yield Sample("trunkline_open_alerts", (kind, severity, state), number)
        for part in self._holder.current.parts.values() if routes else ():
            for route in part.routes.values():
                if route.id in routes:
                    yield Sample("trunkline_route_info", (route.id, route.name, part.id), 1)
