"""Transactions on both kinds of database."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.conftest import Postgres

from trunkline.core.errors import Conflict, InvalidInput, Unavailable
from trunkline.storage import facts, workspaces
from trunkline.storage.database import Database
from trunkline.storage.tables import Fact, Membership, User, Workspace


async def test_a_write_is_kept_and_a_failed_one_is_not(database: Database) -> None:
    async with database.write() as tx:
        tx.add(Fact(name="kept", value="1"))

    async def fail() -> None:
        async with database.write() as tx:
            tx.add(Fact(name="lost", value="1"))
            await tx.flush()
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        await fail()
    async with database.read() as tx:
        assert await facts.find(tx, "kept") == "1"
        assert await facts.find(tx, "lost") is None


async def test_what_is_written_in_a_read_is_not_kept(database: Database) -> None:
    async with database.read() as tx:
        tx.add(Fact(name="lost", value="1"))
        await tx.flush()
    async with database.read() as tx:
        assert await facts.find(tx, "lost") is None


async def test_writers_take_turns(database: Database) -> None:
    """Read, wait, write: without turns, or a lock of the row, increments would be lost."""
    async with database.write() as tx:
        tx.add(Fact(name="count", value="0"))

    async def increment() -> None:
        while True:
            async with database.write() as tx:
                value = await facts.find(tx, "count")
                assert value is not None
                await asyncio.sleep(0)
                if await facts.replace(tx, "count", value, str(int(value) + 1)):
                    return

    await asyncio.gather(*(increment() for _ in range(20)))
    async with database.read() as tx:
        assert await facts.find(tx, "count") == "20"


async def test_two_processes_on_one_sqlite_file_take_turns(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'one.db'}"
    one, two = Database(url), Database(url)
    await one.migrate()
    async with one.write() as tx:
        tx.add(Fact(name="count", value="0"))

    async def increment(database: Database) -> None:
        async with database.write() as tx:
            value = await facts.find(tx, "count")
            assert value is not None
            await asyncio.sleep(0)
            assert await facts.replace(tx, "count", value, str(int(value) + 1))

    await asyncio.gather(*(increment(database) for database in (one, two) * 10))
    async with one.read() as tx:
        assert await facts.find(tx, "count") == "20"
    await one.close()
    await two.close()


async def test_a_broken_constraint_is_a_conflict(database: Database) -> None:
    async def collide() -> None:
        async with database.write() as tx:
            tx.add(User(email="a@example.com"))
            tx.add(User(email="a@example.com"))

    with pytest.raises(Conflict):
        await collide()


async def test_foreign_keys_hold_and_cascade(database: Database) -> None:
    with pytest.raises(Conflict):
        async with database.write() as tx:
            tx.add(Membership(workspace_id="nowhere", user_id="nobody", role="owner"))
    async with database.write() as tx:
        user = User(email="a@example.com")
        tx.add(user)
        await tx.flush()
        workspace = await workspaces.insert(tx, Workspace(name="x"), owner_id=user.id)
    async with database.write() as tx:
        found = await workspaces.find(tx, workspace.id)
        assert found is not None
        await workspaces.remove(tx, found)
    async with database.read() as tx:
        assert (await tx.execute(text("SELECT count(*) FROM memberships"))).scalar_one() == 0


async def test_sqlite_runs_as_it_should_and_for_its_owner_alone(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'data' / 'trunkline.db'}")
    await database.migrate()
    async with database.read() as tx:
        found = {
            name: (await tx.execute(text(f"PRAGMA {name}"))).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1, "busy_timeout": 10_000}
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    for file in (tmp_path / "data").iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name
    await database.close()


async def test_a_database_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    for url in (
        f"postgresql+asyncpg://postgres@/x?host={tmp_path}",
        f"sqlite+aiosqlite:///{tmp_path / 'missing' / 'trunkline.db'}",
    ):
        database = Database(url)
        with pytest.raises(Unavailable) as raised:
            async with database.read() as tx:
                await tx.execute(text("SELECT 1"))
        assert str(tmp_path) not in raised.value.message
        await database.close()


async def test_a_server_that_dies_is_unavailable_and_comes_back(postgres: Postgres) -> None:
    database = Database(postgres.make_migrated())

    async def lose() -> None:
        async with database.write() as tx:
            own = (await tx.execute(text("SELECT pg_backend_pid()"))).scalar_one()
            postgres.end_backend(own)
            await tx.execute(text("SELECT 1"))

    with pytest.raises(Unavailable):
        await lose()
    async with database.read() as tx:
        assert (await tx.execute(text("SELECT 1"))).scalar_one() == 1
    await database.close()


@pytest.mark.parametrize(
    "url", ["mysql+aiomysql://u:hunter2@localhost/x", "postgresql+psycopg://u:hunter2@localhost/x", "hunter2"]
)
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(InvalidInput, match=r"^TRUNKLINE_DATABASE_URL: .*Write postgresql://") as refused:
        Database(url)
    assert "hunter2" not in refused.value.message


async def test_a_file_that_cannot_be_made_is_told() -> None:
    database = Database("sqlite+aiosqlite:////proc/nowhere/trunkline.db")
    with pytest.raises(Unavailable):
        await database.migrate()
    await database.close()


async def test_a_change_that_calls_notice_is_awaited_by_who_makes_it(database: Database) -> None:
    told: list[str] = []

    async def tell() -> None:
        told.append("changed")

    database.after_change(tell)
    async with database.write() as tx:
        tx.add(Fact(name="unnoticed", value="1"))
    assert told == []
    async with database.write() as tx:
        await workspaces.touch(tx, "a workspace that is gone")
    assert told == ["changed"]


async def test_a_listener_hears_of_changes_and_only_on_postgresql(database: Database) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    async with database.listen("trunkline_snapshot", heard.put_nowait) as connected:
        assert connected()
        async with database.write() as tx:
            await workspaces.touch(tx, "any")
        if database.kind == "postgresql":
            assert await asyncio.wait_for(heard.get(), 10) == "2"
        else:
            assert heard.empty()
