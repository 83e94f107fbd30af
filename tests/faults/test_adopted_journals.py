"""A worker that is killed leaves a journal: another process takes it in, and each of its calls is there once."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select

from trunkline.storage.database import Database
from trunkline.storage.tables import UsageEventRow
from trunkline.storage.usage import UsageScope, sum_events
from trunkline.storage.usage_sums import read_sums

SETTLED = 8_000
OPEN = 30
SCOPE = UsageScope(workspace_id="w")

WORKER = f"""
import asyncio, sys, msgspec
from pathlib import Path
from trunkline.core.chat import Usage
from trunkline.core.ids import id_bytes, new_id
from trunkline.core.usage_event import Opened, UsageEvent
from trunkline.gateway.journal.writer import Journal

async def main():
    journal = Journal(Path(sys.argv[1]) / "journal", segment_bytes=200_000)
    for at in range({SETTLED + OPEN}):
        event = UsageEvent(
            id=new_id(), opened_at=1_750_000_000_000_000 + at, request_id=f"r-{{at}}", operation="chat",
            workspace_id="w", user_id="u", usage=Usage(input=3, output=4), cost_nanos=5, duration_us=6,
        )
        opened = Opened(**{{name: getattr(event, name) for name in Opened.__struct_fields__}})
        journal.open(id_bytes(event.id), msgspec.msgpack.encode(opened))
        if at < {SETTLED}:
            done = journal.settle(id_bytes(event.id), msgspec.msgpack.encode(event))
        if at % 500 == 0:
            await done
    await done
    await asyncio.sleep(0.2)
    print("written", flush=True)
    await asyncio.sleep(3_600)

asyncio.run(main())
"""


def start_worker(data: Path) -> subprocess.Popen[bytes]:
    """A process that has written what its calls used, and some that have not ended."""
    worker = subprocess.Popen([sys.executable, "-c", WORKER, str(data)], stdout=subprocess.PIPE)
    assert worker.stdout is not None
    assert worker.stdout.readline() == b"written\n"
    return worker


def start_intake(data: Path, url: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "TRUNKLINE_DATA_DIR": str(data), "TRUNKLINE_DATABASE_URL": url}
    return subprocess.Popen([sys.executable, "-m", "trunkline.app.intake"], env=environment, cwd=data)


async def count(database: Database) -> int:
    async with database.read() as tx:
        return await tx.scalar(select(func.count()).select_from(UsageEventRow)) or 0


@pytest.mark.timeout(240)
async def test_it_is_taken_in_once_by_whichever_process_comes(database_url: str, tmp_path: Path) -> None:
    database = Database(database_url)
    await database.migrate()
    data = tmp_path / "data"
    data.mkdir(exist_ok=True)
    worker = await asyncio.to_thread(start_worker, data)
    worker.kill()
    worker.wait(10)
    assert list(data.glob("journal/*.journal"))
    # Two come at once, and one of them dies amid it.
    intakes = [start_intake(data, database_url) for _ in range(2)]
    try:
        while await count(database) == 0:
            await asyncio.sleep(0.002)
        intakes[0].kill()
        intakes[0].wait(10)
        while list(data.glob("journal/*.journal")):
            await asyncio.sleep(0.01)
            assert intakes[1].poll() is None
        intakes[1].send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(intakes[1].wait, 30) == 0
    finally:
        for intake in intakes:
            intake.kill()
    async with database.read() as tx:
        asked = select(UsageEventRow.outcome, func.count(), func.count(func.distinct(UsageEventRow.request_id)))
        ends = {tuple(row) for row in await tx.execute(asked.group_by(UsageEventRow.outcome))}
        sums, events = await read_sums(tx, SCOPE), await sum_events(tx, SCOPE)
    await database.close()
    assert ends == {("ok", SETTLED, SETTLED), ("estimated", OPEN, OPEN)}
    assert sums.request_count == events.request_count == SETTLED + OPEN
    assert (sums.input_tokens, sums.cost_nanos) == (events.input_tokens, events.cost_nanos)
    assert (sums.input_tokens, sums.cost_nanos) == (3 * SETTLED, 5 * SETTLED)
