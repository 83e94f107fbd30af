"""``python -m bench.reports``: take in a million calls, and print what reports over them cost.

Costs are processor time of this process, which holds SQLite too, and of PostgreSQL's: the least of several rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bench.postgres import Postgres, open_postgres, read_processor_time
from bench.reports.traffic import BEGIN, DAYS, WORKSPACE, make_calls
from trunkline.app.intake import PROJECTIONS
from trunkline.control.page import PageRequest
from trunkline.control.usage.event_store import EventStore
from trunkline.control.usage.record import EventFilter, SpanQuestion
from trunkline.control.usage.rejected_events import RejectedEvents
from trunkline.control.usage.usage import Usage
from trunkline.core.actor import Actor
from trunkline.storage.database import Database
from trunkline.storage.intake.opening import open_connection

ADMIN = Actor(user_id=f"{1:036}", workspace_id=WORKSPACE, role="admin", scope="manage")


def ask_for(days: int, **how: Any) -> SpanQuestion:
    """Of the first ``days``."""
    since, until = BEGIN.date(), (BEGIN + timedelta(days=days - 1)).date()
    return SpanQuestion(since=since.isoformat(), until=until.isoformat(), **how)


QUESTIONS = {
    "the totals": ask_for(DAYS),
    **{
        f"ninety days by {by}": ask_for(DAYS, by=by)
        for by in ("model", "provider", "configuration", "user", "key", "application", "route", "feature", "tag")
    },
    "days in UTC": ask_for(DAYS, interval="day"),
    "days in Berlin": ask_for(DAYS, interval="day", time_zone="Europe/Berlin"),
    "days in Kolkata": ask_for(DAYS, interval="day", time_zone="Asia/Kolkata"),
    "days in Auckland": ask_for(DAYS, interval="day", time_zone="Pacific/Auckland"),
    **{
        f"days in {zone.rpartition('/')[2]} by {by}": ask_for(DAYS, interval="day", by=by, time_zone=zone)
        for zone in ("UTC", "America/Los_Angeles", "Asia/Kolkata", "Pacific/Auckland", "Asia/Tokyo", "Pacific/Honolulu")
        for by in ("model", "user", "key", "tag")
    },
    "weeks in Kolkata by user": ask_for(DAYS, interval="week", by="user", time_zone="Asia/Kolkata"),
    "hours of a month": ask_for(31, interval="hour"),
    "a month by model, compared": ask_for(31, by="model", compare="previous"),
}


async def fill(url: str, folder: Path, count: int, server: Postgres | None) -> None:
    """Take in ``count`` calls, and say what each cost."""
    store = EventStore(open_connection(url), PROJECTIONS, RejectedEvents(folder))
    spent, before = 0, _read(server)
    calls = make_calls(count)
    while batch := list(islice(calls, 1_000)):
        began = time.process_time_ns()
        await store.put(batch)
        spent += time.process_time_ns() - began
    theirs = _read(server) - before
    each, of_it = (spent / 1e9 + theirs) / count * 1e6, theirs / count * 1e6
    print(f"taken in: {each:.1f} µs for each call, {of_it:.1f} of it PostgreSQL's")


async def cost(ask: Callable[[], Awaitable[object]], rounds: int, server: Postgres | None) -> float:
    """Milliseconds: the least that this process took, and what PostgreSQL's took on average, as they count in tens."""
    await ask()
    spent: list[int] = []
    before = _read(server)
    for _ in range(rounds):
        began = time.process_time_ns()
        await ask()
        spent.append(time.process_time_ns() - began)
    return min(spent) / 1e6 + (_read(server) - before) * 1000 / rounds


async def run(url: str, server: Postgres | None, folder: Path, given: argparse.Namespace) -> None:
    """Fill a database that has no calls, and measure each report."""
    database = Database(url)
    await database.migrate()
    async with database.read() as tx:
        fresh = await tx.scalar(text("SELECT count(*) FROM usage_groups")) == 0
    if fresh:
        await fill(url, folder, given.calls, server)
        if server is not None:
            server.vacuum("reports")
    async with database.read() as tx:
        for table in ("usage_events", "usage_sums", "usage_groups"):
            print(f"{table}: {await tx.scalar(text(f'SELECT count(*) FROM {table}')):,} rows")
    usage = Usage(database, now=lambda: datetime(2026, 6, 1, tzinfo=UTC), clock=lambda: time.monotonic() * 1e9)
    for name, question in QUESTIONS.items():
        if given.only in name:

            async def ask(question: SpanQuestion = question) -> object:
                return await usage.events(ADMIN, EventFilter(), PageRequest(), question)

            print(f"{name:32} {await cost(ask, given.rounds, server):7.1f} ms")
    for name, period in (("a report of all time", "all"), ("a report of the month", "month")):
        if given.only in name:

            async def report(period: str = period) -> object:
                return await usage.report(ADMIN, period=period, time_zone="Asia/Kolkata")

            print(f"{name:32} {await cost(report, given.rounds, server):7.1f} ms")
    await database.close()


def _read(server: Postgres | None) -> float:
    return 0.0 if server is None else read_processor_time(server.pid)


def main() -> None:
    """Read the arguments, and run."""
    arguments = argparse.ArgumentParser(prog="python -m bench.reports")
    arguments.add_argument("--calls", type=int, default=1_000_000)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--only", default="", help="reports whose names hold this")
    arguments.add_argument("--folder", type=Path, help="keep the database there, and use it again")
    arguments.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        if given.database == "sqlite":
            asyncio.run(run(f"sqlite+aiosqlite:///{folder / 'trunkline.db'}", None, folder, given))
        else:
            with open_postgres(folder / "postgresql", keep=given.folder is not None) as server:
                asyncio.run(run(server.create("reports"), server, folder, given))


if __name__ == "__main__":
    main()
