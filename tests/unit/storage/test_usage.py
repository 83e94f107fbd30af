"""Settled calls and their sums, on both databases."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.bookkeeping import keep

from trunkline.core.chat import Usage
from trunkline.core.ids import new_id
from trunkline.core.usage_event import UsageEvent
from trunkline.storage.database import Database
from trunkline.storage.usage import (
    UsageScope,
    find_names,
    list_events,
    sum_events,
)
from trunkline.storage.usage_sums import read_parts, read_sums

AT = datetime(2025, 1, 15, 12, 30, tzinfo=UTC)


def event(workspace: str, at: datetime = AT, **fields: Any) -> UsageEvent:
    base: dict[str, Any] = {
        "id": new_id(),
        "opened_at": int(at.timestamp() * 1_000_000),
        "request_id": "r",
        "operation": "chat",
        "workspace_id": workspace,
        "user_id": "u",
        "provider": "openai",
        "model": "m",
        "usage": Usage(input=2, output=1),
        "cost_nanos": 5,
        "duration_us": 7,
    }
    return UsageEvent(**{**base, **fields})


async def test_an_event_that_comes_twice_counts_once(database: Database) -> None:
    one, other = event("w"), event("w")
    assert await keep(database, [one, one, other]) == 2
    assert await keep(database, [other, one]) == 0
    async with database.read() as tx:
        sums = await read_sums(tx, UsageScope(workspace_id="w"))
    assert (sums.request_count, sums.input_tokens, sums.cost_nanos, sums.duration_us) == (2, 4, 10, 14)


async def test_two_shippers_at_once_count_each_event_once(database: Database) -> None:
    events = [event("w", AT + timedelta(hours=number % 3), model=f"m{number % 4}") for number in range(60)]
    shuffled = [events[::2] + events[1::2], events[::-1], events]
    counts = await asyncio.gather(*(keep(database, batch) for batch in shuffled))
    assert sum(counts) == 60
    async with database.read() as tx:
        assert (await read_sums(tx, UsageScope(workspace_id="w"))).request_count == 60
        assert (await sum_events(tx, UsageScope(workspace_id="w"))).request_count == 60


async def test_a_large_batch_fits_one_statement(database: Database) -> None:
    assert await keep(database, [event("w") for _ in range(1_200)]) == 1_200


async def test_nothing_is_nothing(database: Database) -> None:
    async with database.read() as tx:
        assert (await read_sums(tx, UsageScope(workspace_id="w"))).request_count == 0
        assert (await sum_events(tx, UsageScope(workspace_id="w"))).last_used_at is None
        assert await find_names(tx, "w", ["x"]) == {}


async def test_scopes_narrow(database: Database) -> None:
    await keep(
        database,
        [
            event("w", configuration_id="c1", user_id="a", tags=("one", "two")),
            event("w", configuration_id="c2", user_id="b", provider="gemini", model="n"),
            event("w", AT + timedelta(days=1), application_id="app"),
            event("other"),
        ],
    )
    async with database.read() as tx:
        for scope, count in (
            (UsageScope(workspace_id="w"), 3),
            (UsageScope(workspace_id="w", user_id="a"), 1),
            (UsageScope(workspace_id="w", configuration_id="c2"), 1),
            (UsageScope(workspace_id="w", provider="gemini"), 1),
            (UsageScope(workspace_id="w", model="m"), 2),
            (UsageScope(workspace_id="w", application_id="app"), 1),
            (UsageScope(workspace_id="w", tag="one"), 1),
            (UsageScope(workspace_id="w", tag="One"), 0),
            (UsageScope(workspace_id="w", tag="on_"), 0),
            (UsageScope(workspace_id="nobody"), 0),
        ):
            assert (await read_sums(tx, scope)).request_count == count
            assert (await sum_events(tx, scope)).request_count == count
            assert len(await list_events(tx, scope, after=None, limit=10)) == count
        by = await read_parts(tx, UsageScope(workspace_id="w"), "configuration_id")
        assert {key: sums.request_count for key, sums in by.items()} == {None: 1, "c1": 1, "c2": 1}
        only = UsageScope(workspace_id="w", user_id="a", only_user_id="b")
        assert (await read_sums(tx, only)).request_count == (await sum_events(tx, only)).request_count == 0
        conversation = UsageScope(workspace_id="w", conversation_id="c")
        with pytest.raises(ValueError, match="the sums do not know"):
            await read_sums(tx, conversation)


async def test_pages_follow_on_without_a_gap(database: Database) -> None:
    events = [event("w", AT + timedelta(seconds=number // 2)) for number in range(7)]
    await keep(database, events)
    seen: list[str] = []
    after = None
    async with database.read() as tx:
        while rows := await list_events(tx, UsageScope(workspace_id="w"), after=after, limit=2):
            seen += [row.id for row in rows]
            after = (rows[-1].opened_at, rows[-1].id)
    assert sorted(seen) == sorted(row.id for row in events)
    assert len(set(seen)) == 7
