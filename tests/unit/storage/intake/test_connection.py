"""The intake's own way into each database: what it inserts, adds up, refuses, and what becomes of it when it breaks."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.bookkeeping import connect
from tests.conftest import Postgres

from trunkline.core.errors import Unavailable
from trunkline.storage.database import Database
from trunkline.storage.intake.connection import Connection
from trunkline.storage.intake.fault import DataFault
from trunkline.storage.intake.opening import open_connection
from trunkline.storage.intake.postgres import PostgresConnection
from trunkline.storage.intake.statements import FIND_MARK, PRUNE_MARKS, PUT_MARK, REMOVE_MARK
from trunkline.storage.intake.table import LARGEST_SUM, Values
from trunkline.storage.intake.tables import UNITS, VERSIONS, VIOLATIONS
from trunkline.storage.tables import JournalMark, PolicyViolation, VersionUsage

AT = 1_750_000_000_123_457


@pytest.fixture
async def connection(database: Database) -> AsyncIterator[Connection]:
    opened = connect(database)
    yield opened
    await opened.close()


def violation(identity: str, explanation: str | None = "Because.") -> Values:
    return (identity, "p", "P", "w", None, "u", None, None, "demo", "m", "", "LOW", 2, explanation, "r", AT)


async def test_a_row_is_inserted_once(connection: Connection, database: Database) -> None:
    async with connection.write() as tx:
        assert await tx.insert(VIOLATIONS, []) == []
        assert await tx.insert(VIOLATIONS, [violation("b"), violation("a")]) == [True, True]
    async with connection.write() as tx:
        assert await tx.insert(VIOLATIONS, [violation("c"), violation("a", "Another."), violation("d")]) == [
            True,
            False,
            True,
        ]
    async with database.read() as tx:
        rows = [await tx.get_one(PolicyViolation, identity) for identity in "abcd"]
    assert {row.explanation for row in rows} == {"Because."}
    assert rows[0].created_at == datetime(2025, 6, 15, 15, 6, 40, 123_457, tzinfo=UTC), "exact to the microsecond"


async def test_sums_grow_and_moments_go_one_way(connection: Connection, database: Database) -> None:
    for at, tokens in ((AT, 1), (AT - 5, 2), (AT + 5, LARGEST_SUM)):
        async with connection.write() as tx:
            await tx.grow(VERSIONS, [("v", 1, 0, 10, tokens, 0, at), (f"other {at}", 1, 0, 0, 0, 0, at)])
    async with database.read() as tx:
        row = await tx.get_one(VersionUsage, "v")
    assert (row.request_count, row.duration_us, row.tokens) == (3, 30, LARGEST_SUM)
    assert row.last_used_at.microsecond == 123_462


async def test_nothing_is_kept_of_a_transaction_that_breaks_off(connection: Connection) -> None:
    with suppress(ZeroDivisionError):
        async with connection.write() as tx:
            assert await tx.run(PUT_MARK, "s", 5, AT) == 1
            raise ZeroDivisionError
    async with connection.write() as tx:
        assert await tx.ask(FIND_MARK, "s") == []


async def test_what_the_database_will_never_take_is_told_apart(connection: Connection) -> None:
    wrong = [
        (VIOLATIONS, violation("a", explanation=None)),
        (VERSIONS, ("v", 2**63, 0, 0, 0, 0, AT)),
        (UNITS, ("no such phase", "v", "u", 1, 0, 0, 0, 0, 0, 0, AT)),
    ]
    for table, row in wrong:
        with pytest.raises(DataFault):
            async with connection.write() as tx:
                await tx.insert(table, [row])
    async with connection.write() as tx:
        assert await tx.insert(VIOLATIONS, [violation("a")]) == [True]


async def test_marks_move_and_go(connection: Connection, database: Database) -> None:
    async with connection.write() as tx:
        for offset in (5, 9):
            assert await tx.run(PUT_MARK, "s", offset, AT) == 1
        assert await tx.ask(FIND_MARK, "s") == [(9,)]
    async with connection.write() as tx:
        assert await tx.run(PRUNE_MARKS, AT) == 0
        assert await tx.run(PRUNE_MARKS, AT + 1) == 1
        assert await tx.run(REMOVE_MARK, "s") == 0
    async with database.read() as tx:
        assert await tx.get(JournalMark, "s") is None


async def test_a_sqlite_file_that_is_missing_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "trunkline.db"
    with pytest.raises(Unavailable):
        async with open_connection(f"sqlite+aiosqlite:///{path}").write():
            raise AssertionError
    assert not path.exists()


async def test_a_sqlite_database_that_is_busy_for_too_long_is_unavailable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trunkline.storage.intake.sqlite._BUSY_MILLISECONDS", 1)
    other = sqlite3.connect(tmp_path / "trunkline.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    connection = open_connection(f"sqlite+aiosqlite:///{tmp_path / 'trunkline.db'}")
    with pytest.raises(Unavailable):
        async with connection.write():
            raise AssertionError
    other.execute("ROLLBACK")
    async with connection.write():
        pass
    await connection.close()
    other.close()


async def test_a_postgresql_that_ended_the_connection_is_connected_to_anew(postgres: Postgres) -> None:
    database = Database(postgres.make_migrated())
    connection = connect(database)
    async with connection.write() as tx:
        await tx.run(PUT_MARK, "s", 5, AT)
    async with database.write() as tx:
        await tx.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    offsets: list[Values] = []
    while not offsets:
        try:
            async with connection.write() as tx:
                offsets = await tx.ask(FIND_MARK, "s")
        except Unavailable:
            await asyncio.sleep(0)
    assert offsets == [(5,)]
    await connection.close()
    await database.close()


async def test_a_postgresql_that_is_not_there_is_unavailable() -> None:
    connection = open_connection("postgresql+asyncpg://nobody:secret@127.0.0.1:1/none")
    assert isinstance(connection, PostgresConnection)
    with pytest.raises(Unavailable):
        async with connection.write():
            raise AssertionError
