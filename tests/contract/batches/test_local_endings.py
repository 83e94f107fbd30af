"""Batches that Trunkline runs, and what ends them early, breaks them off, or keeps one line from being made."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import openai
import pytest
from aiohttp import web  # noqa: TID251 - a server for tests

from tests.contract.batches.conftest import Shop, ask, open_shop, write_lines
from tests.contract.batches.vendors import OpenAI, serve
from tests.contract.live_server import eventually, open_live_server

CHAT: Any = "/v1/chat/completions"
AT_ONCE = 4
LINES = [ask(f"line {number}") for number in range(1, 11)]


class Clock:
    """Goes on as any does, from where a test puts it."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class Held(OpenAI):
    """Answers the first ``quick`` calls at once, and the others when ``go`` is set. ``texts`` is what was asked."""

    def __init__(self, quick: int = 0) -> None:
        super().__init__()
        self.go = asyncio.Event()
        self.quick = quick
        self.texts: list[str] = []

    async def chat(self, request: web.Request) -> web.Response:
        self.texts.append((await request.json())["messages"][-1]["content"])
        if len(self.texts) > self.quick:
            await self.go.wait()
        return await super().chat(request)

    async def wait_for(self, calls: int) -> None:
        async def look() -> bool:
            return len(self.texts) >= calls

        await eventually(look)


@pytest.fixture
async def held() -> AsyncIterator[Held]:
    vendor = Held()
    async with serve(vendor):
        yield vendor
        vendor.go.set()


@asynccontextmanager
async def opened(database_url: str, folder: Path, clock: Clock, vendor: Held) -> AsyncIterator[Shop]:
    async with open_live_server(folder, database_url, now=clock) as live, open_shop(live) as shop:
        await shop.configure("one", "custom", "m", baseUrl=f"{vendor.url}/v1", apiKey="a-key")
        yield shop


async def begin(client: openai.AsyncOpenAI) -> str:
    file = await client.files.create(file=("requests.jsonl", write_lines(LINES)), purpose="batch")
    batch = await client.batches.create(input_file_id=file.id, endpoint=CHAT, completion_window="24h")
    return batch.id


async def wait(client: openai.AsyncOpenAI, batch_id: str) -> Any:
    async def look() -> Any:
        found = await client.batches.retrieve(batch_id)
        return found if found.status not in {"in_progress", "cancelling"} else None

    return await eventually(look)


async def read(client: openai.AsyncOpenAI, file_id: str | None) -> list[dict[str, Any]]:
    if file_id is None:
        return []
    return [json.loads(line) for line in (await client.files.content(file_id)).text.splitlines()]


async def count_calls(shop: Shop, count: int) -> Counter[str]:
    return Counter(call["outcome"] for call in await shop.list_calls(count))


@pytest.mark.parametrize(("how", "ends"), [("cancelled", "cancelled_at"), ("expired", "expired_at")])
async def test_what_is_under_way_ends_and_nothing_else_is_called(
    database_url: str, tmp_path: Path, held: Held, how: str, ends: str
) -> None:
    clock = Clock()
    async with opened(database_url, tmp_path, clock, held) as shop:
        client = shop.openai
        batch_id = await begin(client)
        await held.wait_for(AT_ONCE)
        if how == "cancelled":
            assert (await client.batches.cancel(batch_id)).status == "cancelling"
            # It looks once a second whether it may go on.
            clock.ahead = timedelta(seconds=2)
        else:
            clock.ahead = timedelta(hours=24, seconds=1)
        held.go.set()
        batch = await wait(client, batch_id)
        assert batch.status == how
        assert getattr(batch, ends)
        assert batch.request_counts.model_dump() == {"total": 10, "completed": AT_ONCE, "failed": 10 - AT_ONCE}
        assert [one["custom_id"] for one in await read(client, batch.output_file_id)] == ["r-1", "r-2", "r-3", "r-4"]
        left = await read(client, batch.error_file_id)
        assert [one["custom_id"] for one in left] == [f"r-{number}" for number in range(5, 11)]
        assert {one["error"]["code"] for one in left} == {f"batch_{how}"}
        assert len(held.texts) == AT_ONCE
        if how == "cancelled":
            assert await count_calls(shop, AT_ONCE) == {"ok": AT_ONCE}
        # What has ended can be cancelled no more.
        assert (await client.batches.cancel(batch_id)).status == how


async def test_a_batch_goes_on_after_a_restart_where_it_was(database_url: str, tmp_path: Path, held: Held) -> None:
    held.quick = 3
    clock = Clock()
    async with opened(database_url, tmp_path, clock, held) as shop:
        batch_id = await begin(shop.openai)
        await held.wait_for(3 + AT_ONCE)
        key = shop.key
    before = list(held.texts)
    held.go.set()
    # The lease of the process that is gone is over.
    clock.ahead = timedelta(minutes=1)
    async with open_live_server(tmp_path, database_url, now=clock) as live:
        client = openai.AsyncOpenAI(api_key=key, base_url=f"{live.url}/v1", max_retries=0)
        batch = await wait(client, batch_id)
        assert (batch.status, batch.request_counts.completed) == ("completed", 10)
        results = await read(client, batch.output_file_id)
        await client.close()
    assert [one["custom_id"] for one in results] == [f"r-{number}" for number in range(1, 11)]
    again = Counter(held.texts) - Counter(set(held.texts))
    # Of what was under way, and only of that, a call was made again.
    assert set(again) <= set(before[3:])
    assert set(held.texts) == {f"line {number}" for number in range(1, 11)}


async def test_another_process_takes_a_batch_over_and_the_first_lets_it_go(
    postgres: Any, tmp_path: Path, held: Held
) -> None:
    held.quick = 3
    url, late = postgres.make_migrated(), Clock()
    async with opened(url, tmp_path, Clock(), held) as shop:
        client = shop.openai
        batch_id = await begin(client)
        await held.wait_for(3 + AT_ONCE)
        # To the second process the lease of the first, which cannot renew it in time, is over.
        late.ahead = timedelta(minutes=1)
        async with open_live_server(tmp_path, url, now=late) as second:
            await held.wait_for(3 + AT_ONCE + AT_ONCE)
            # The first one breaks off what it has under way, which is in the books all the same.
            assert await count_calls(shop, 3 + AT_ONCE) == {"ok": 3, "cancelled": AT_ONCE}
            held.go.set()
            batch = await wait(client, batch_id)
            assert (batch.status, batch.request_counts.completed) == ("completed", 10)
            results = await read(client, batch.output_file_id)
            assert [one["custom_id"] for one in results] == [f"r-{number}" for number in range(1, 11)]
            there = openai.AsyncOpenAI(api_key=shop.key, base_url=f"{second.url}/v1", max_retries=0)
            assert (await there.batches.retrieve(batch_id)).model_dump() == batch.model_dump()
            await there.close()
    again = [f"line {number}" for number in range(4, 4 + AT_ONCE)]
    assert Counter(held.texts) == Counter([f"line {number}" for number in range(1, 11)] + again)


async def test_a_line_that_a_policy_blocks_fails_alone(shop: Shop) -> None:
    rule = {"kind": "patterns", "patterns": ["geheim-[0-9]+"]}
    policy = {"name": "No secrets", "content": "", "riskType": "HIGH", "actionType": 2, "rule": rule}
    made = await shop.there.post("/policy", json={**policy, "workspaceId": shop.workspace_id})
    assert made.status_code in {200, 201}, made.text
    await shop.configure("one")
    client = shop.openai
    lines = write_lines([ask("first"), ask("tell me geheim-17"), ask("third")])
    file = await client.files.create(file=("requests.jsonl", lines), purpose="batch")
    batch = await wait(
        client, (await client.batches.create(input_file_id=file.id, endpoint=CHAT, completion_window="24h")).id
    )
    assert (batch.status, batch.request_counts.completed, batch.request_counts.failed) == ("completed", 2, 1)
    (blocked,) = await read(client, batch.error_file_id)
    assert (blocked["custom_id"], blocked["response"]["status_code"]) == ("r-2", 403)
    assert "No secrets" in blocked["response"]["body"]["error"]["message"]
    assert "geheim" not in json.dumps(blocked)
    assert await count_calls(shop, 2) == {"ok": 2}

    async def find_violation() -> Any:
        return (await shop.there.get(f"/policy/violations?workspaceId={shop.workspace_id}")).json()["violations"]

    (violation,) = await eventually(find_violation)
    assert violation["requestId"] == f"{batch.id}-2"
