"""Whether anything was written, as SQLite tells it."""

from __future__ import annotations

from pathlib import Path

from tests.migrated import lay_migrated

from trunkline.storage import facts
from trunkline.storage.database import Database
from trunkline.storage.pulse import Pulse


async def test_it_is_the_same_until_somebody_commits(database: Database) -> None:
    if database.kind == "postgresql":
        assert database.read_pulse() is None
        return
    before = database.read_pulse()
    async with database.read() as tx:
        await facts.find(tx, "one")
    assert before is not None
    assert database.read_pulse() == before
    async with database.write() as tx:
        await facts.settle(tx, "one", "1")
        assert database.read_pulse() == before
    assert database.read_pulse() != before


async def test_what_another_process_writes_counts(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/trunkline.db"
    lay_migrated(url)
    here, there = Database(url), Database(url)
    before = here.read_pulse()
    async with there.write() as tx:
        await facts.settle(tx, "one", "1")
    assert here.read_pulse() != before
    await here.close()
    await there.close()


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "trunkline.db"
    assert Pulse(path).read() is None
    assert not path.exists()
    assert Pulse(None).read() is None
