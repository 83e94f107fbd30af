"""``python -m trunkline.app.intake``: takes the journals in, as a process of its own that gives way to all others.

It imports no web framework and, on SQLite, no ORM. It ends with SIGTERM or SIGINT, or when the process is gone that
started it: after a last pass, which takes five seconds at most.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from trunkline import logs
from trunkline.app.telemetry import telling
from trunkline.control.budgets.spending import BudgetSpending
from trunkline.control.experiments.exposures import Exposures
from trunkline.control.health.passive import PassiveHealth
from trunkline.control.policies.broken_policies import BrokenPolicies
from trunkline.control.usage.configuration_totals import ConfigurationTotals
from trunkline.control.usage.intake import Intake
from trunkline.control.usage.projection import Arrivals, Projection
from trunkline.control.usage.rate_readings import RateReadings
from trunkline.control.usage.usage_sums import UsageSums
from trunkline.core.errors import TrunklineError
from trunkline.gateway.journal.folder import JournalFolder
from trunkline.settings import Settings, read_settings
from trunkline.storage.intake.opening import open_connection

NICE: Final = 5
"""How far it gives way. Calls are served before they are counted; for that the journal is there.

No further: beside a process that wants its core whole it still gets a quarter of it, which is what it needs to keep up
with 20,000 calls a second.
"""

BUDGETS: Final = BudgetSpending()

PROJECTIONS: Final[tuple[Projection, ...]] = (
    UsageSums(),
    ConfigurationTotals(),
    Exposures(),
    BrokenPolicies(),
    RateReadings(),
    BUDGETS,
    PassiveHealth(),
)
"""All that is added up from what arrives."""

_LOOK_SECONDS: Final = 1.0


def make_intake(settings: Settings, journal: Path, stored: Callable[[Arrivals], None] | None = None) -> Intake:
    """The intake of the journals in the folder ``journal`` into the database; ``stored`` is told of it."""
    pooled = settings.database_direct_url is not None
    connection = open_connection(settings.effective_database_url, pooled=pooled)
    return Intake(connection, JournalFolder(journal), PROJECTIONS, ended=BUDGETS.end, stored=stored)


async def run(settings: Settings, parent: int) -> None:
    """Take in until told to stop, or until ``parent`` is no longer this process's parent."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    following = asyncio.ensure_future(_follow(parent, stop))
    try:
        with telling(settings) as tell:
            await make_intake(settings, settings.data_dir / "journal", tell).run(stop)
    finally:
        following.cancel()


async def _follow(parent: int, stop: asyncio.Event) -> None:
    while not stop.is_set():
        if os.getppid() != parent:
            stop.set()
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _LOOK_SECONDS)


def main() -> int:
    """Run. Exit code 1, and a sentence, when the settings cannot be read."""
    parent = os.getppid()
    try:
        settings = read_settings()
    except TrunklineError as error:
        sys.stderr.write(f"{error.message}\n")
        return 1
    logs.configure(settings.log_level, settings.log_format, "intake")
    os.nice(NICE)
    asyncio.run(run(settings, parent))
    return 0


if __name__ == "__main__":
    sys.exit(main())
