"""The migrations against the tables."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from tests.conftest import Postgres

from trunkline.core.errors import Unavailable
from trunkline.storage.database import Database
from trunkline.storage.tables import Base


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'data' / 'trunkline.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.make_empty()


def _compare(connection: Connection) -> list[object]:
    opts = {"compare_type": True, "include_name": _is_of_a_table}
    context = MigrationContext.configure(connection, opts=opts)
    return list(compare_metadata(context, Base.metadata))


def _is_of_a_table(name: str | None, kind: str, _parents: object) -> bool:
    """The index for searches in conversations is the databases' own, with tables of its own on SQLite; and so are
    partitions on PostgreSQL."""
    searched = (name or "").startswith(("conversation_t", "usage_events_")) or (name or "").endswith("_trigrams")
    return kind not in {"table", "index"} or not searched


async def test_a_migrated_schema_is_what_the_tables_say(empty_url: str) -> None:
    database = Database(empty_url)
    await database.migrate()
    await database.close()
    engine = create_async_engine(empty_url)
    async with engine.connect() as connection:
        assert await connection.run_sync(_compare) == []
    await engine.dispose()


async def test_processes_that_start_together_migrate_once(empty_url: str) -> None:
    databases = [Database(empty_url) for _ in range(4)]
    await asyncio.gather(*(database.migrate() for database in databases))
    for database in databases:
        await database.close()


async def test_a_database_of_a_newer_version_is_left_alone(empty_url: str) -> None:
    database = Database(empty_url)
    await database.migrate()
    async with database.write() as tx:
        await tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Unavailable, match="newer version"):
        await database.migrate()
    await database.close()
