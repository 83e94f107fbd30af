"""``python -m bench.reports``: take in a million calls, and print what reports over them cost on SQLite.

Costs are processor time of this process, which holds the database too: the least of several rounds.
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
    "days in Los Angeles by model": ask_for(DAYS, interval="day", by="model", time_zone="America/Los_Angeles"),
    "weeks in Kolkata by user": ask_for(DAYS, interval="week", by="user", time_zone="Asia/Kolkata"),
    "hours of a month": ask_for(31, interval="hour"),
    "a month by model, compared": ask_for(31, by="model", compare="previous"),
}


async def fill(url: str, folder: Path, count: int) -> None:
    """Take in ``count`` calls, and say what each cost."""
    store = EventStore(open_connection(url), PROJECTIONS, RejectedEvents(folder))
    spent = 0
    calls = make_calls(count)
    while batch := list(islice(calls, 1_000)):
        began = time.process_time_ns()
        await store.put(batch)
        spent += time.process_time_ns() - began
    print(f"taken in: {spent / count / 1000:.1f} µs for each call")


async def cost(ask: Callable[[], Awaitable[object]], rounds: int) -> float:
    """Milliseconds."""
    spent: list[int] = []
    for _ in range(rounds):
        began = time.process_time_ns()
        await ask()
        spent.append(time.process_time_ns() - began)
    return min(spent) / 1e6


async def run(folder: Path, count: int, rounds: int, chosen: str) -> None:
    """Fill, and measure each report."""
    url = f"sqlite+aiosqlite:///{folder / 'trunkline.db'}"
    fresh = not (folder / "trunkline.db").exists()
    database = Database(url)
    await database.migrate()
    if fresh:
        await fill(url, folder, count)
    async with database.read() as tx:
        connection = await tx.connection()
        for table in ("usage_events", "usage_sums", "usage_groups"):
            rows = (await connection.exec_driver_sql(f"SELECT count(*) FROM {table}")).scalar()
            print(f"{table}: {rows:,} rows")
    usage = Usage(database, now=lambda: datetime(2026, 6, 1, tzinfo=UTC), clock=lambda: time.monotonic() * 1e9)
    for name, question in QUESTIONS.items():
        if chosen in name:

            async def ask(question: SpanQuestion = question) -> object:
                return await usage.events(ADMIN, EventFilter(), PageRequest(), question)

            print(f"{name:32} {await cost(ask, rounds):7.1f} ms")
    for name, period in (("a report of all time", "all"), ("a report of the month", "month")):
        if chosen in name:

            async def report(period: str = period) -> object:
                return await usage.report(ADMIN, period=period, time_zone="Asia/Kolkata")

            print(f"{name:32} {await cost(report, rounds):7.1f} ms")
    await database.close()


def main() -> None:
    """Read the arguments, and run."""
    arguments = argparse.ArgumentParser(prog="python -m bench.reports")
    arguments.add_argument("--calls", type=int, default=1_000_000)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--only", default="", help="reports whose names hold this")
    arguments.add_argument("--folder", type=Path, help="keep the database there, and use it again")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(given.folder or Path(folder), given.calls, given.rounds, given.only))


if __name__ == "__main__":
    main()
