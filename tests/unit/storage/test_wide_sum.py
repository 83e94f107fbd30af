"""Sums of usage hold on both databases, however large their parts are."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.bookkeeping import connect

from trunkline.core.ids import new_id
from trunkline.storage.database import Database
from trunkline.storage.intake.table import LARGEST_SUM, Values
from trunkline.storage.intake.tables import GROUPS, SUMS
from trunkline.storage.intake.usage_group import WHOLE
from trunkline.storage.tables import UsageEventRow
from trunkline.storage.usage import UsageScope, sum_events
from trunkline.storage.usage_sums import read_parts, read_sums

HOUR = datetime(2026, 5, 1, 12, tzinfo=UTC)
SCOPE = UsageScope(workspace_id="w")
FIRST = int(HOUR.timestamp()) // 86_400 * 96
SPAN = (FIRST + 1, FIRST + 95)
"""Of which no day is whole."""

GROUP = (1, "w", "u", None, None, None, None, None, None, None, None, "chat", "custom", "m", "ok", None)


def quarterly(hour: datetime, count: int) -> Values:
    seconds = int(hour.timestamp())
    return ("w", 15, seconds // 900, 1, 1, 0, 0, count, 1, 0, 0, count, count, 0, 0, seconds * 1_000_000)


async def grow_sums(database: Database, rows: list[Values]) -> None:
    connection = connect(database)
    async with connection.write() as tx:
        await tx.put(GROUPS, [GROUP])
        await tx.grow(SUMS, [(*row[:3], group, *row[4:]) for row in rows for group in (WHOLE, 1)])
    await connection.close()


async def test_an_hour_that_grows_stands_still_at_the_largest_number(database: Database) -> None:
    for count in (LARGEST_SUM - 10, 5, 50, LARGEST_SUM):
        quarter = quarterly(HOUR, count)
        await grow_sums(database, [quarter, (quarter[0], 240, FIRST // 16 + 3, *quarter[3:])])
    async with database.read() as tx:
        sums = await read_sums(tx, SCOPE, *SPAN)
    assert (sums.request_count, sums.input_tokens, sums.output_tokens) == (4, LARGEST_SUM, 4)


async def test_hours_that_are_full_are_added_up_exactly(database: Database) -> None:
    await grow_sums(database, [quarterly(HOUR.replace(hour=hour), LARGEST_SUM) for hour in range(1, 4)])
    async with database.read() as tx:
        sums = await read_sums(tx, SCOPE, *SPAN)
        by_model = await read_parts(tx, SCOPE, "model", *SPAN)
    assert sums.input_tokens == sums.cost_nanos == sums.duration_us == 3 * LARGEST_SUM
    assert by_model["m"] == sums


async def test_calls_are_added_up_exactly(database: Database) -> None:
    row: dict[str, Any] = {
        "opened_at": HOUR,
        "id": "",
        "request_id": "r",
        "operation": "chat",
        "workspace_id": "w",
        "user_id": "u",
        "revision": 1,
        "provider": "custom",
        "model": "m",
        "requested_model": "m",
        "streamed": False,
        "outcome": "ok",
        "status": 200,
        "input_tokens": LARGEST_SUM // 2,
        "output_tokens": LARGEST_SUM // 2,
        "cached_tokens": 0,
        "cache_write_tokens": 0,
        "reasoning_tokens": 0,
        "usage": {},
        "usage_estimated": False,
        "cost_nanos": LARGEST_SUM,
        "duration_us": 1,
        "attempts": [],
    }
    async with database.write() as tx:
        tx.add_all([UsageEventRow(**{**row, "id": new_id()}) for _ in range(4)])
    async with database.read() as tx:
        sums = await sum_events(tx, SCOPE)
        nothing = await sum_events(tx, UsageScope(workspace_id="another"))
    assert (sums.request_count, sums.cost_nanos, sums.duration_us) == (4, 4 * LARGEST_SUM, 4)
    assert sums.input_tokens == 4 * (LARGEST_SUM // 2)
    assert (nothing.request_count, nothing.cost_nanos) == (0, 0)
