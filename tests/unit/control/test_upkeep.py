"""Upkeep: the planner's statistics, at once, soon again while tables are young, and every day."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text

from trunkline.control.upkeep import DAY_SECONDS, YOUNG_SECONDS, Upkeep
from trunkline.core.errors import Unavailable
from trunkline.storage import planner_statistics
from trunkline.storage.database import Database
from trunkline.storage.tables import User


async def run_times(database: Database, times: int) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == times:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await Upkeep(database, sleep=sleep).run()


async def count_known(database: Database, table: str) -> int:
    async with database.read() as tx:
        found = await tx.scalar(text("SELECT stat FROM sqlite_stat1 WHERE tbl = :table"), {"table": table})
        return int(str(found or 0).split()[0])


async def test_the_planner_knows_how_tables_are_filled(database: Database) -> None:
    async with database.write() as tx:
        tx.add_all(User(id=f"u{number}", email=f"u{number}@example.com") for number in range(50))
    await run_times(database, 1)
    if database.kind == "sqlite":
        assert await count_known(database, "users") == 50


async def test_it_soon_knows_what_came_into_tables_that_were_empty_at_the_start(database: Database) -> None:
    waited: list[float] = []
    known: list[int] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)
        if database.kind == "sqlite":
            known.append(await count_known(database, "users"))
        async with database.write() as tx:
            tx.add_all(User(id=f"u{len(waited)}-{at}", email=f"{len(waited)}-{at}@example.com") for at in range(50))
        if len(waited) == 4:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await Upkeep(database, sleep=sleep).run()
    assert waited == [*YOUNG_SECONDS, DAY_SECONDS, DAY_SECONDS]
    assert known[:2] == ([0, 50] if database.kind == "sqlite" else [])


async def test_a_database_that_is_busy_is_asked_again_the_next_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Database] = []

    async def refuse(asked_for: Database) -> None:
        asked.append(asked_for)
        raise Unavailable("busy")

    monkeypatch.setattr(planner_statistics, "refresh", refuse)
    await run_times(database, 3)
    assert asked == [database] * 3
