"""Settled calls in partitions by month: none is lost on the way there or back, and each is kept once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text
from tests.bookkeeping import keep, migrate_to
from tests.conftest import Postgres
from tests.unit.control.usage.settled import HOUR, event

from trunkline.core.usage_event import UsageEvent
from trunkline.storage import usage, usage_months
from trunkline.storage.database import Database
from trunkline.storage.tables import UsageEventRow
from trunkline.storage.usage import UsageScope

DAY = 24 * HOUR
NOW = int(datetime.now(UTC).timestamp() * 1_000_000)
MONTH = usage_months.find_month(datetime.now(UTC))
NEXT = usage_months.find_next(MONTH)
SPREAD = [event("w", opened_at=NOW + days * DAY) for days in (-700, -40, -3, 0, 45, 4_000)]
"""From long ago to what a wrong clock has dated into the future."""


@pytest.fixture
def url(postgres: Postgres) -> str:
    return postgres.make_migrated()


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    opened = Database(url)
    yield opened
    await opened.close()


async def read(database: Database) -> list[tuple[object, ...]]:
    async with database.read() as tx:
        rows = await tx.execute(select(UsageEventRow.__table__).order_by(UsageEventRow.opened_at))
        return [tuple(str(value) for value in row) for row in rows]


async def count(database: Database, table: str) -> int:
    async with database.read() as tx:
        return await tx.scalar(text(f"SELECT count(*) FROM {table}")) or 0


KEYS = """
SELECT attname::text FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)
 WHERE indrelid = 'usage_events'::regclass AND indisprimary
"""
"""The columns of its key."""


async def test_a_table_with_rows_becomes_partitions_and_one_table_again(database: Database, url: str) -> None:
    await migrate_to(url, "head")
    await keep(database, SPREAD)
    before = await read(database)
    assert len(before) == len(SPREAD)
    await migrate_to(url, "0029")
    assert await count(database, "usage_events") == len(SPREAD)
    async with database.read() as tx:
        kinds = list(await tx.scalars(text("SELECT relkind::text FROM pg_class WHERE relname LIKE 'usage_events%'")))
        keys = list(await tx.scalars(text(KEYS)))
    assert (kinds, keys) == (["r"], ["opened_at", "id"])
    await migrate_to(url, "head")
    assert await read(database) == before
    first = f"usage_events_until_{NEXT:%Y_%m}"
    assert await count(database, first) == 4
    assert await count(database, "usage_events_default") == 2
    assert await keep(database, SPREAD) == 0, "its key is there again"


async def test_calls_are_kept_once_in_whatever_partition_they_are(database: Database) -> None:
    async with database.write() as tx:
        await usage_months.add(tx, NEXT)
    new = await asyncio.gather(*(keep(database, SPREAD) for _ in range(3)))
    assert sum(new) == len(SPREAD)
    assert len(await read(database)) == len(SPREAD)
    # The month that one of them waits for in the rest.
    far = usage_months.find_month(datetime.fromtimestamp(SPREAD[5].opened_at / 1e6, UTC))
    async with database.write() as tx:
        await usage_months.add(tx, far)
    assert await count(database, f"usage_events_{far:%Y_%m}") == 1
    assert await keep(database, SPREAD) == 0


async def test_a_month_holds_its_first_microsecond_and_not_the_next_ones(database: Database) -> None:
    begins, ends = (int(moment.timestamp()) * 1_000_000 for moment in (NEXT, usage_months.find_next(NEXT)))
    await keep(database, [event("w", opened_at=at) for at in (begins - 1, begins, ends - 1, ends)])
    async with database.write() as tx:
        await usage_months.add(tx, NEXT)
    assert await count(database, f"usage_events_{NEXT:%Y_%m}") == 2
    assert await count(database, "usage_events_default") == 1


async def test_a_session_in_another_time_zone_makes_the_same_months(database: Database) -> None:
    async with database.write() as tx:
        await tx.execute(text("SET LOCAL TIME ZONE 'Asia/Kolkata'"))
        await usage_months.add(tx, NEXT)
        assert [one.start for one in await usage_months.list_partitions(tx)] == [NEXT, None]
    at = int(NEXT.timestamp()) * 1_000_000
    await keep(database, [event("w", opened_at=at)])
    assert await count(database, f"usage_events_{NEXT:%Y_%m}") == 1


async def test_pages_go_through_all_months_in_order_and_no_page_is_sorted(database: Database) -> None:
    async with database.write() as tx:
        await usage_months.add(tx, NEXT)
    await keep(database, SPREAD)
    seen: list[str] = []
    after: tuple[datetime, str] | None = None
    while True:
        async with database.read() as tx:
            page = await usage.list_events(tx, UsageScope(workspace_id="w"), after=after, limit=2)
        if not page:
            break
        seen += [row.id for row in page]
        after = (page[-1].opened_at, page[-1].id)
    assert seen == [one.id for one in sorted(SPREAD, key=_opened, reverse=True)]
    async with database.read() as tx:
        await tx.execute(text("SET LOCAL enable_seqscan = off"))
        plan = "\n".join(
            await tx.scalars(
                text(
                    "EXPLAIN SELECT * FROM usage_events WHERE workspace_id = 'w'"
                    " ORDER BY opened_at DESC, id DESC LIMIT 50"
                )
            )
        )
    assert plan.count("Index Scan") == 3, plan


async def test_a_report_of_a_month_looks_into_no_other(database: Database) -> None:
    async with database.write() as tx:
        await usage_months.add(tx, NEXT)
    since, until = NEXT + timedelta(days=1), NEXT + timedelta(days=3)
    async with database.read() as tx:
        asked = text(
            "EXPLAIN SELECT count(*) FROM usage_events"
            f" WHERE workspace_id = 'w' AND opened_at >= '{since}' AND opened_at < '{until}'"
        )
        plan = "\n".join(await tx.scalars(asked))
    assert f"usage_events_{NEXT:%Y_%m}" in plan
    assert "usage_events_until" not in plan
    assert "usage_events_default" not in plan


def _opened(one: UsageEvent) -> int:
    return one.opened_at
