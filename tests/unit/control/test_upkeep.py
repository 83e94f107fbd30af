"""Upkeep: the planner's statistics, at once and every day."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from sqlalchemy import text

from trunkline.control.upkeep import DAY_SECONDS, Upkeep
from trunkline.core.errors import Unavailable
from trunkline.storage import planner_statistics
from trunkline.storage.database import Database
from trunkline.storage.tables import User


async def run_days(database: Database, days: int, meanwhile: Callable[[], object] = lambda: None) -> list[float]:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)
        meanwhile()
        if len(waited) == days:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await Upkeep(database, sleep=sleep).run()
    return waited


async def count_known(database: Database, table: str) -> int:
    async with database.read() as tx:
        found = await tx.scalar(text("SELECT stat FROM sqlite_stat1 WHERE tbl = :table"), {"table": table})
        return int(str(found or 0).split()[0])


async def test_the_planner_knows_how_tables_are_filled(database: Database) -> None:
    async with database.write() as tx:
        tx.add_all(User(id=f"u{number}", email=f"u{number}@example.com") for number in range(50))
    assert await run_days(database, 1) == [DAY_SECONDS]
    if database.kind == "sqlite":
        assert await count_known(database, "users") == 50


async def test_a_database_that_is_busy_is_asked_again_the_next_day(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Database] = []

    async def refuse(asked_for: Database) -> None:
        asked.append(asked_for)
        raise Unavailable("busy")

    monkeypatch.setattr(planner_statistics, "refresh", refuse)
    assert await run_days(database, 3) == [DAY_SECONDS] * 3
    assert asked == [database] * 3
