"""Reports agree with a recount of the calls, in every time zone and when the clocks change."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Hashable
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import pytest
from tests.bookkeeping import keep, make_audit
from tests.unit.control.usage.settled import event

from trunkline.control.page import PageRequest
from trunkline.control.usage import sums
from trunkline.control.usage.export import UsageExport
from trunkline.control.usage.interval import Interval, divide
from trunkline.control.usage.record import EventFilter, SpanQuestion
from trunkline.control.usage.requests import Requests
from trunkline.control.usage.span import read_span
from trunkline.control.usage.usage import Usage as Reports
from trunkline.core.actor import Actor
from trunkline.core.chat import Usage
from trunkline.core.usage_event import UsageEvent
from trunkline.storage.database import Database
from trunkline.storage.usage import UsageScope
from trunkline.storage.usage_sums import Dimension

SINCE = datetime(2026, 3, 1, tzinfo=UTC)
CHANGES = tuple(
    datetime.fromisoformat(text).replace(tzinfo=UTC)
    # Of America, Europe, the Middle East, Chile, Australia and New Zealand, both ways.
    for text in ("2026-03-08", "2026-03-29", "2026-04-05", "2026-04-24", "2026-09-06", "2026-10-04", "2026-10-25")
)
ANN = Actor(user_id="u", workspace_id="w", role="admin")
SCOPE = UsageScope(workspace_id="w")


def calls(seed: int) -> list[UsageEvent]:
    """Spread over a year, and dense around the days on which clocks change."""
    dice = random.Random(seed)
    moments = [SINCE + timedelta(seconds=dice.uniform(0, 300 * 86_400)) for _ in range(300)]
    moments += [dice.choice(CHANGES) + timedelta(hours=dice.uniform(-36, 60)) for _ in range(300)]
    moments += [dice.choice(CHANGES) + timedelta(minutes=15 * dice.randrange(-96, 192)) for _ in range(100)]
    return [
        event(
            "w",
            opened_at=(moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1),
            user_id=dice.choice("ab"),
            model=dice.choice("xyz"),
            tags=dice.choice([(), ("one",), ("one", "two")]),
            outcome=dice.choice(["ok", "ok", "error"]),
            usage=Usage(input=dice.randrange(100)),
            cost_nanos=dice.randrange(10**6),
        )
        for moment in moments
    ]


def label(moment: datetime, interval: Interval, zone: tzinfo) -> Hashable:
    local = moment.astimezone(zone)
    match interval:
        case "hour":
            return local.date(), local.hour
        case "day":
            return local.date()
        case "week":
            return local.isocalendar()[:2]
        case "month":
            return local.year, local.month


def opened(one: UsageEvent) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=one.opened_at)


async def recount(database: Database, kept: list[UsageEvent], name: str, interval: Interval, days: str) -> None:
    """Hold the series against the calls themselves."""
    zone = ZoneInfo(name)
    first, last = days.split("/")
    span = read_span(None, first, last, SINCE, zone)
    assert span.since is not None
    assert span.until is not None
    edges = divide(span.since, span.until, interval, zone)
    async with database.read() as tx:
        found = await sums.sum_series(tx, SCOPE, edges)
        total = await sums.sum_span(tx, SCOPE, span)
        by_tag = await sums.sum_series(tx, SCOPE, edges, "tags", ["two"])
        parts = await sums.sum_parts(tx, SCOPE, span, "model")
    within = [one for one in kept if first <= opened(one).astimezone(zone).date().isoformat() <= last]
    cost, count, tagged = Counter[Hashable](), Counter[Hashable](), Counter[Hashable]()
    for one in within:
        key = label(opened(one), interval, zone)
        count[key] += 1
        cost[key] += one.cost_nanos or 0
        tagged[key] += (one.cost_nanos or 0) if "two" in one.tags else 0
    told = Counter[Hashable]()
    told_count = Counter[Hashable]()
    for (number, _), part in found.items():
        told[label(edges[number], interval, zone)] += part.cost_nanos
        told_count[label(edges[number], interval, zone)] += part.request_count
    assert +told == +cost, name
    assert told_count == count, name
    assert total.cost_nanos == sum(cost.values()) == sum(part.cost_nanos for part in parts.values())
    assert total.error_count == sum(one.outcome == "error" for one in within)
    told_tagged = Counter[Hashable]()
    for (number, _), part in by_tag.items():
        told_tagged[label(edges[number], interval, zone)] += part.cost_nanos
    assert +told_tagged == +tagged, name


ZONES = sorted(name for name in available_timezones() if not name.startswith(("posix/", "right/")))


YEAR = "2026-03-03/2026-11-20"


def read_clock(kept: list[UsageEvent], name: str, interval: Interval) -> Hashable:
    """All that a recount takes from a zone: where intervals begin, and what its clocks say then and at each call."""
    zone = ZoneInfo(name)
    span = read_span(None, *YEAR.split("/"), SINCE, zone)
    assert span.since is not None
    assert span.until is not None
    edges = divide(span.since, span.until, interval, zone)
    return tuple(edges), tuple(moment.astimezone(zone).replace(tzinfo=None) for moment in (*edges, *map(opened, kept)))


@pytest.mark.parametrize("interval", ["day", "week", "month"])
async def test_in_every_zone(tmp_path: Path, interval: Interval) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'trunkline.db'}")
    await database.migrate()
    kept = calls(1)
    await keep(database, kept)
    # Most are others by a second name, or have the same clocks in that year: one recount is for all of those.
    for name in {read_clock(kept, name, interval): name for name in ZONES}.values():
        await recount(database, kept, name, interval, YEAR)
    await database.close()


HARD = (
    "America/St_Johns",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Australia/Eucla",
    "Australia/Lord_Howe",
    "Europe/Berlin",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Africa/Cairo",
    "America/Santiago",
    "Asia/Beirut",
    "America/Havana",
)
"""Quarters and halves of an hour, half an hour of summer time, and clocks that change at midnight."""


@pytest.mark.parametrize("seed", range(2, 5))
async def test_on_both_databases(database: Database, seed: int) -> None:
    kept = calls(seed)
    await keep(database, kept)
    for name in HARD:
        await recount(database, kept, name, "day", YEAR)
        for change in CHANGES:
            days = f"{(change - timedelta(days=2)).date()}/{(change + timedelta(days=2)).date()}"
            await recount(database, kept, name, "hour", days)


async def test_totals_parts_and_exports_tell_the_same_as_the_calls(database: Database) -> None:
    kept = calls(7)
    await keep(database, kept)
    now = datetime(2027, 1, 1, tzinfo=UTC)
    reports = Reports(database, now=lambda: now)
    sheets = UsageExport(database, make_audit(database), now=lambda: now)
    requests = Requests(database, make_audit(database), lambda _: None, now=lambda: now)
    first, last = "2026-03-08", "2026-10-25"
    for name in HARD:
        zone = ZoneInfo(name)
        question = SpanQuestion(since=first, until=last, interval="day", by="model", time_zone=name)
        report = await reports.events(ANN, EventFilter(), PageRequest(), question)
        rows = [row async for page in await sheets.export(ANN, EventFilter(), question, "csv") for row in page]
        # A list of calls is of days, too, but not apart.
        plain = SpanQuestion(since=first, until=last, time_zone=name)
        listed = [one async for page in await requests.export(ANN, EventFilter(), plain, "csv") for one in page]
        within = [one for one in kept if first <= opened(one).astimezone(zone).date().isoformat() <= last]
        assert Counter(one.id for one in listed) == Counter(one.id for one in within), name
        cost = Counter[Hashable]()
        for one in within:
            cost[opened(one).astimezone(zone).date(), one.model] += one.cost_nanos or 0
        told = Counter({(row.since.astimezone(zone).date(), row.key): row.figures.cost_nanos for row in rows})
        assert +told == +cost, name
        days, models = Counter[Hashable](), Counter[Hashable]()
        for (day, model), nanos in cost.items():
            days[day] += nanos
            models[model] += nanos
        assert +Counter({part.key: part.figures.cost_nanos for part in report.breakdown}) == models, name
        for part in report.breakdown:
            drawn = zip(report.series, part.series, strict=True)
            own = Counter({whole.since.astimezone(zone).date(): figures.cost_nanos for whole, figures in drawn})
            assert +own == +Counter({day: nanos for (day, model), nanos in cost.items() if model == part.key}), name
        series = {part.since.astimezone(zone).date(): part.figures.cost_nanos for part in report.series}
        assert +Counter(series) == +days, name
        total = report.figures
        assert (total.request_count, total.cost_nanos) == (len(within), sum(one.cost_nanos or 0 for one in within))
        assert total.cost_nanos == sum(row.figures.cost_nanos for row in rows)
        assert total.input_tokens == sum(one.input_tokens for one in listed)
        assert total.error_count == sum(one.outcome == "error" for one in within)


@pytest.mark.parametrize("dimension", ["model", "outcome", "tags"])
async def test_few_values_are_read_at_once_and_tell_the_same(database: Database, dimension: Dimension) -> None:
    await keep(database, calls(5))
    for name in HARD:
        span = read_span(None, "2026-03-08", "2026-10-25", SINCE, ZoneInfo(name))
        assert span.since is not None
        assert span.until is not None
        edges = divide(span.since, span.until, "week", ZoneInfo(name))
        async with database.read() as tx:
            few = await sums.sum_few(tx, SCOPE, span, edges, dimension, 99)
            parts = await sums.sum_parts(tx, SCOPE, span, dimension)
            series = await sums.sum_series(tx, SCOPE, edges, dimension)
            whole = await sums.sum_series(tx, SCOPE, edges)
            assert few == (whole, series, parts), name
            assert await sums.sum_few(tx, SCOPE, span, edges, dimension, 1) is None
            assert await sums.sum_few(tx, SCOPE, span, edges[1:], dimension, 99) is None, "not of all of it"


async def test_a_day_that_a_zone_skipped_has_no_part(database: Database) -> None:
    zone = ZoneInfo("Pacific/Apia")
    since, until = datetime(2011, 12, 28, 10, tzinfo=UTC), datetime(2012, 1, 1, 10, tzinfo=UTC)
    edges = divide(since, until, "day", zone)
    assert [edge.astimezone(zone).date().day for edge in edges] == [28, 29, 31, 1, 2]
