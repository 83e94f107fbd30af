"""A scrape: how configurations are is counted once a minute, however often somebody asks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from trunkline.control.monitoring.scrape import COUNT_SECONDS, Scrape
from trunkline.control.processes.standing import Standing
from trunkline.control.usage.intake_lag import IntakeLag
from trunkline.core.errors import Unavailable
from trunkline.gateway.journal.folder import JournalFolder
from trunkline.gateway.snapshot import SnapshotHolder
from trunkline.storage import health
from trunkline.storage.database import Database, Transaction


class Counting:
    """Counts configurations in the place of the database, and how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.is_busy = False

    async def count_states(self, _tx: Transaction) -> Sequence[tuple[str, str, int]]:
        self.asked += 1
        if self.is_busy:
            raise Unavailable("busy")
        return [("openai", "healthy", self.asked)]


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Counting:
    counting = Counting()
    monkeypatch.setattr(health, "count_states", counting.count_states)
    return counting


async def ask_nobody() -> Sequence[Standing]:
    return ()


def read_counts(scrape: Scrape) -> list[float]:
    return [sample.value for _, sample in scrape.read() if sample.name == "trunkline_configurations"]


async def test_the_health_of_all_configurations_is_counted_once_a_minute(
    database: Database, counting: Counting, tmp_path: Path
) -> None:
    moment = 0.0
    lag = IntakeLag(JournalFolder(tmp_path))
    scrape = Scrape(ask_nobody, database, SnapshotHolder(), tmp_path, lag, lambda: 0, None, clock=lambda: moment)

    async def read_at(seconds: float) -> list[float]:
        nonlocal moment
        moment = seconds
        await scrape.refresh()
        return read_counts(scrape)

    assert await read_at(0) == [1]
    assert await read_at(COUNT_SECONDS - 1) == [1]
    assert await read_at(COUNT_SECONDS) == [2]
    counting.is_busy = True
    assert await read_at(COUNT_SECONDS + 1) == [2]
    assert await read_at(2 * COUNT_SECONDS) == []
    assert counting.asked == 3
