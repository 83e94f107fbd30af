"""Months are ready before they begin, made by one process, and whole ones go when they are old."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text
from tests.bookkeeping import keep
from tests.conftest import Postgres
from tests.unit.control.usage.settled import event

from trunkline.control.retention import Retention
from trunkline.control.usage.months import AHEAD, UsageMonths
from trunkline.storage import usage_months
from trunkline.storage.database import Database
from trunkline.storage.tables import UsageEventRow
from trunkline.storage.usage import UsageScope
from trunkline.storage.usage_sums import read_sums

BEGIN = usage_months.find_month(datetime.now(UTC))


def months(count: int) -> list[datetime]:
    """So many after this one."""
    found: list[datetime] = []
    at = BEGIN
    for _ in range(count):
        at = usage_months.find_next(at)
        found.append(at)
    return found


def at(moment: datetime, days: int = 1) -> int:
    return int((moment + timedelta(days=days)).timestamp() * 1_000_000)


@pytest.fixture
def database_url(postgres: Postgres) -> str:
    return postgres.make_migrated()


async def list_names(database: Database) -> list[str]:
    async with database.read() as tx:
        return [one.name for one in await usage_months.list_partitions(tx)]


async def test_months_are_made_ahead_and_once(database: Database) -> None:
    duty = UsageMonths(database)
    assert await duty.make_ahead() == months(AHEAD)
    assert await duty.make_ahead() == []
    assert len(await list_names(database)) == 1 + AHEAD


async def test_what_came_while_no_server_ran_moves_into_its_months(database: Database) -> None:
    *_, late = months(15)
    events = [event("w", opened_at=at(late, days)) for days in range(3)]
    await keep(database, events)
    made = await UsageMonths(database, clock=lambda: late).make_ahead()
    assert made[0] == late
    async with database.read() as tx:
        assert await tx.scalar(text(f"SELECT count(*) FROM usage_events_{late:%Y_%m}")) == 3
        assert await tx.scalar(text("SELECT count(*) FROM usage_events_default")) == 0
    assert await keep(database, events) == 0


async def test_one_process_at_a_time_makes_them(database: Database) -> None:
    first, second = UsageMonths(database), UsageMonths(database)
    await first.make_ahead()
    async with database.write() as tx:
        found = await usage_months.list_partitions(tx)
        await usage_months.drop(tx, found[0])
    assert await second.make_ahead() == []
    assert await first.make_ahead() == [found[0].start]


async def test_whole_months_go_and_what_is_younger_stays(database: Database) -> None:
    first, second, third, *_, last = months(6)
    await UsageMonths(database, clock=lambda: first).make_ahead()
    events = {moment: event("w", opened_at=at(moment)) for moment in (BEGIN, first, second, third)}
    await keep(database, [*events.values(), event("w", opened_at=at(BEGIN, -400))])
    days = (last - usage_months.find_next(second)).days
    retention = Retention(database, {"requests": days}, clock=lambda: last, pause=0)
    assert await retention.prune() == {"requests": 0}, "nothing went row by row"
    assert await list_names(database) == [f"usage_events_{third:%Y_%m}"]
    async with database.read() as tx:
        assert list(await tx.scalars(select(UsageEventRow.id))) == [events[third].id]
        assert (await read_sums(tx, UsageScope(workspace_id="w"))).request_count == 5
    # What comes late of a month that is gone waits in the rest, and goes row by row.
    assert await keep(database, [event("w", opened_at=at(first, 2))]) == 1
    assert await retention.prune() == {"requests": 1}


async def test_a_month_that_somebody_reads_goes_another_time(database: Database) -> None:
    first, second, *_ = months(3)
    duty = UsageMonths(database, clock=lambda: first)
    await duty.make_ahead()
    async with database.read() as tx:
        await tx.execute(text(f"SELECT 1 FROM usage_events_{first:%Y_%m}"))
        assert await duty.drop_before(second) == [f"usage_events_until_{first:%Y_%m}"]
    assert await duty.drop_before(second) == [f"usage_events_{first:%Y_%m}"]


async def test_sqlite_has_one_table(tmp_path_factory: pytest.TempPathFactory) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('small') / 'trunkline.db'}")
    await database.migrate()
    assert await UsageMonths(database).make_ahead() == []
    assert await UsageMonths(database).drop_before(BEGIN) == []
    await database.close()
