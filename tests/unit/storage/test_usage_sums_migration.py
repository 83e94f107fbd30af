"""What migrations add up from the calls that are there is what the intake would have."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from sqlalchemy import Connection, delete, select, text
from tests.bookkeeping import keep
from tests.unit.control.usage.settled import HOUR, START, event

from trunkline.core.chat import Usage
from trunkline.storage.database import Database
from trunkline.storage.tables import UsageGroup, UsageSum

VERSIONS = "trunkline.storage.migrations.versions"

CALLS = [
    event("w", usage=Usage(input=5, output=2, cached=1, reasoning=1), cost_nanos=9, duration_us=3, tags=("a", "b")),
    event("w", opened_at=START + 5 * HOUR, outcome="error", key_id="k", feature="f"),
    event("w", opened_at=START - 90 * HOUR, usage=Usage(input=7)),
    event("w", opened_at=START + 1, outcome="estimated"),
    event("v", opened_at=START + 999_999, usage=Usage(input=10**14), cost_nanos=1, price_missing=("webSearches",)),
]


async def read(database: Database, table: type[UsageSum] | type[UsageGroup]) -> list[tuple[Any, ...]]:
    async with database.read() as tx:
        return sorted((tuple(row) for row in await tx.execute(select(table.__table__))), key=str)


async def test_the_sums_are_those_of_the_intake(database: Database) -> None:
    await keep(database, CALLS)
    sums, groups = await read(database, UsageSum), await read(database, UsageGroup)
    fill, whole = import_module(f"{VERSIONS}.0017_usage_sums"), import_module(f"{VERSIONS}.0024_usage_of_all")
    blocks, days = import_module(f"{VERSIONS}.0033_usage_blocks"), import_module(f"{VERSIONS}.0035_usage_days")

    def fill_again(connection: Connection) -> None:
        fill.fill(connection)
        columns, added = ", ".join(whole._COUNTS), ", ".join(map(whole._add_up, whole._COUNTS))
        connection.execute(text(whole._FILL.format(columns=columns, sums=added)))
        connection.execute(text(blocks.write_fill()))
        for statement in days.write_fills():
            connection.execute(text(statement))
        connection.execute(text("DELETE FROM usage_sums WHERE grain = 240"))

    async with database.write() as tx:
        await tx.execute(delete(UsageSum))
        await tx.execute(delete(UsageGroup))
        await (await tx.connection()).run_sync(fill_again)
    assert await read(database, UsageGroup) == groups
    assert await read(database, UsageSum) == sums
