"""A database that hangs instead of refusing: nothing waits for it without a limit."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.conftest import Postgres
from tests.faults.frozen_postgres import FrozenPostgres
from trunkline.control.readiness import Readiness
from trunkline.core.errors import Unavailable
from trunkline.storage.database import Database
from trunkline.storage.intake.opening import open_connection
from trunkline.storage.intake.statements import FIND_MARK

ASK = text("SELECT 1")


@pytest.fixture
async def frozen(postgres: Postgres) -> AsyncIterator[FrozenPostgres]:
    """A server that can be frozen. The folder is short, because a socket's path may have 107 bytes at most."""
    with tempfile.TemporaryDirectory(prefix="tl-") as folder:
        async with FrozenPostgres(postgres.make_migrated(), Path(folder)).serve() as served:
            yield served


@pytest.fixture
async def database(frozen: FrozenPostgres) -> AsyncIterator[Database]:
    opened = Database(frozen.url)
    async with opened.read() as tx:
        await tx.execute(ASK)
    yield opened
    await opened.close()


async def test_a_statement_that_is_not_answered_ends_as_unavailable(frozen: FrozenPostgres, database: Database) -> None:
    frozen.freeze()
    for transaction in (database.read, database.write):
        with pytest.raises(Unavailable, match="does not answer in time"):
            async with transaction(limit=0.2) as tx:
                await tx.execute(ASK)


async def test_a_connection_that_is_not_greeted_ends_as_unavailable(frozen: FrozenPostgres) -> None:
    frozen.freeze()
    database = Database(frozen.url)
    with pytest.raises(Unavailable, match="does not answer in time"):
        async with database.read(limit=0.2) as tx:
            await tx.execute(ASK)
    await database.close()


async def test_it_serves_again_as_soon_as_the_server_does(frozen: FrozenPostgres, database: Database) -> None:
    frozen.freeze()
    with pytest.raises(Unavailable):
        async with database.read(limit=0.2) as tx:
            await tx.execute(ASK)
    frozen.thaw()
    async with database.read() as tx:
        assert (await tx.execute(ASK)).scalar() == 1


async def test_readiness_does_not_wait_for_it(frozen: FrozenPostgres, database: Database) -> None:
    asked = 0

    async def look() -> None:
        nonlocal asked
        asked += 1
        async with database.read(limit=30) as tx:
            await tx.execute(ASK)

    health = Readiness({}, {"database": look})
    assert [finding.problem for finding in await health.examine()] == [None]
    frozen.freeze()
    for _ in range(2):
        (finding,) = await health.examine(patience=0.05)
        assert finding.problem == "No answer within 0.05 s."
        assert not finding.essential
    assert asked == 2, "one that is still waiting is not started again"
    frozen.thaw()


async def test_closing_does_not_wait_for_it(frozen: FrozenPostgres) -> None:
    database = Database(frozen.url)

    async def hold() -> None:
        async with database.read() as tx:
            await tx.execute(ASK)

    await asyncio.gather(*(hold() for _ in range(8)))
    frozen.freeze()
    # Each connection would wait for its own farewell: the limit is for all of them together.
    await asyncio.wait_for(database.close(), 8)


async def test_a_transaction_between_two_statements_can_be_cancelled(
    frozen: FrozenPostgres, database: Database
) -> None:
    waiting = asyncio.Event()

    async def hold() -> None:
        async with database.write(limit=60) as tx:
            await tx.execute(ASK)
            frozen.freeze()
            waiting.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(hold())
    await waiting.wait()
    task.cancel()
    await asyncio.wait({task}, timeout=30)
    assert task.cancelled()


async def test_a_database_that_is_abandoned_holds_nobody_up(frozen: FrozenPostgres, database: Database) -> None:
    asked = asyncio.Event()

    async def look() -> None:
        async with database.read(limit=60) as tx:
            frozen.freeze()
            asked.set()
            await tx.execute(ASK)

    task = asyncio.create_task(look())
    await asked.wait()
    database.abandon()
    with pytest.raises(Unavailable):
        await task
    for transaction in (database.read, database.write):
        with pytest.raises(Unavailable, match="shutting down"):
            async with transaction():
                raise AssertionError


async def test_who_listens_can_be_cancelled(frozen: FrozenPostgres, database: Database) -> None:
    listening = asyncio.Event()

    async def listen() -> None:
        async with database.listen("channel", lambda _: None):
            listening.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(listen())
    await listening.wait()
    frozen.freeze()
    task.cancel()
    await asyncio.wait({task}, timeout=30)
    assert task.cancelled()


async def test_who_waits_for_it_can_be_cancelled(frozen: FrozenPostgres, database: Database) -> None:
    asked = asyncio.Event()

    async def look() -> None:
        async with database.read(limit=60) as tx:
            asked.set()
            await tx.execute(ASK)

    frozen.freeze()
    task = asyncio.create_task(look())
    await asked.wait()
    task.cancel()
    await asyncio.wait({task}, timeout=30)
    assert task.cancelled()


async def test_what_takes_in_waits_for_it_no_longer_than_its_limit(
    frozen: FrozenPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trunkline.storage.intake.postgres.LIMIT_SECONDS", 0.2)
    connection = open_connection(frozen.url)
    async with connection.write() as tx:
        assert await tx.ask(FIND_MARK, "s") == []
    frozen.freeze()
    with pytest.raises(Unavailable, match="does not answer in time"):
        async with connection.write() as tx:
            await tx.ask(FIND_MARK, "s")
    frozen.thaw()
    monkeypatch.undo()
    async with connection.write() as tx:
        assert await tx.ask(FIND_MARK, "s") == []
    await connection.close()
