"""kill -9 of the intake while calls are settled: each has its row in the end, and none has two."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import func, select

from trunkline.core.chat import Usage
from trunkline.core.ids import id_bytes, new_id
from trunkline.core.usage_event import UsageEvent
from trunkline.gateway.journal.writer import Journal
from trunkline.storage.database import Database
from trunkline.storage.tables import UsageEventRow
from trunkline.storage.usage import UsageScope, sum_events
from trunkline.storage.usage_sums import read_sums

KILLS = int(os.environ.get("TRUNKLINE_TEST_KILLS", "8"))
SCOPE = UsageScope(workspace_id="w")


class Calls:
    """Calls that end all the time, and what was settled of them."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.settled: set[str] = set()

    async def settle(self, count: int) -> None:
        """That many at once. They count when the journal has acknowledged them."""
        events = [
            UsageEvent(
                id=new_id(),
                opened_at=1_750_000_000_000_000 + len(self.settled),
                request_id="r",
                operation="chat",
                workspace_id="w",
                user_id="u",
                usage=Usage(input=3, output=4),
                cost_nanos=5,
                duration_us=6,
            )
            for _ in range(count)
        ]
        await asyncio.gather(
            *(self._journal.settle(id_bytes(event.id), msgspec.msgpack.encode(event)) for event in events)
        )
        self.settled |= {event.id for event in events}


def start(data: Path, url: str) -> subprocess.Popen[bytes]:
    """The intake, as the server starts it."""
    environment = {**os.environ, "TRUNKLINE_DATA_DIR": str(data), "TRUNKLINE_DATABASE_URL": url}
    return subprocess.Popen([sys.executable, "-m", "trunkline.app.intake"], env=environment, cwd=data)


async def count(database: Database) -> int:
    async with database.read() as tx:
        return await tx.scalar(select(func.count()).select_from(UsageEventRow)) or 0


@pytest.mark.timeout(60 * KILLS)
async def test_no_settled_call_is_lost_or_doubled(database_url: str, tmp_path: Path) -> None:
    database = Database(database_url)
    await database.migrate()
    data = tmp_path / "data"
    data.mkdir(exist_ok=True)
    journal = Journal(data / "journal", segment_bytes=50_000)
    calls, dice = Calls(journal), random.Random(7)
    for _ in range(KILLS):
        intake, before = start(data, database_url), await count(database)
        while await count(database) == before:
            await calls.settle(dice.randint(1, 500))
        for _ in range(dice.randint(0, 40)):
            await calls.settle(dice.randint(1, 100))
        intake.kill()
        intake.wait(10)
    await journal.close()
    journal.release()
    last = start(data, database_url)
    while list(data.glob("journal/*.journal")):
        await asyncio.sleep(0.01)
        assert last.poll() is None
    last.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(last.wait, 30) == 0
    async with database.read(limit=60) as tx:  # every row, on a machine that may be busy
        rows = list(await tx.scalars(select(UsageEventRow.id)))
        sums, events = await read_sums(tx, SCOPE), await sum_events(tx, SCOPE)
    await database.close()
    assert len(rows) == len(calls.settled)
    assert set(rows) == calls.settled
    assert sums.request_count == events.request_count == len(rows)
    assert (sums.input_tokens, sums.cost_nanos) == (events.input_tokens, events.cost_nanos)
