"""What batches cost is in the books once, whatever breaks while it is read, and hard budgets hold."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest
from aiohttp import web  # noqa: TID251 - a server for tests

from tests.contract.batches.conftest import Shop, ask, write_lines
from tests.contract.batches.vendors import OpenAI, serve
from tests.contract.live_server import eventually

CHAT: Any = "/v1/chat/completions"


class Breaking(OpenAI):
    """Results break off in the middle as often as ``breaks`` says."""

    breaks = 0

    async def content(self, request: web.Request) -> web.StreamResponse:  # type: ignore[override]
        whole = self.files[request.match_info["id"]]
        if not self.breaks:
            return await super().content(request)
        self.breaks -= 1
        response = web.StreamResponse(headers={"content-length": str(len(whole))})
        await response.prepare(request)
        await response.write(whole[: len(whole) * 3 // 4])
        assert request.transport is not None
        request.transport.close()
        return response


@pytest.fixture
async def vendor(shop: Shop) -> AsyncIterator[Breaking]:
    vendor = Breaking()
    async with serve(vendor) as url:
        key = "sk-proj-1234567890abcdefghijkl"
        await shop.configure("mini", "openai", "gpt-4o-mini", apiKey=key, baseUrl=f"{url}/v1")
        yield vendor


async def begin(client: openai.AsyncOpenAI, count: int, **fields: Any) -> Any:
    lines = write_lines([ask("hello", "mini", **fields) for _ in range(count)])
    file = await client.files.create(file=("requests.jsonl", lines), purpose="batch")
    return await client.batches.create(input_file_id=file.id, endpoint=CHAT, completion_window="24h")


async def wait(client: openai.AsyncOpenAI, batch_id: str) -> Any:
    async def look() -> Any:
        found = await client.batches.retrieve(batch_id)
        return found if found.status not in {"in_progress", "cancelling"} else None

    return await eventually(look)


async def test_results_that_break_off_are_read_again_and_each_line_counts_once(shop: Shop, vendor: Breaking) -> None:
    client = shop.openai
    batch = await begin(client, 450)
    vendor.breaks = 2
    vendor.finish()
    ended = await wait(client, batch.id)
    assert vendor.breaks == 0
    assert ended.request_counts.completed == 450
    content = await client.files.content(ended.output_file_id)
    assert len(content.text.splitlines()) == 450

    async def look() -> Any:
        usage = (await shop.there.get("/api/usage/report?period=day")).json()["totals"]
        return usage if usage["requestCount"] >= 450 else None

    totals = await eventually(look)
    assert totals["requestCount"] == 450
    assert totals["tokenCount"] == 450 * 1_100
    assert totals["costUSD"] == pytest.approx(450 * 0.000105)
    assert [file.id for file in (await client.files.list(purpose="batch_output")).data] == [ended.output_file_id]


async def test_a_hard_budget_holds_what_a_batch_can_cost_until_it_has_ended(shop: Shop, vendor: Breaking) -> None:
    budget = {"name": "Ours", "amount": "0.01", "period": "month"}
    path = (await shop.there.post("/api/budgets", json=budget)).headers["location"]
    client = shop.openai
    with pytest.raises(openai.RateLimitError, match='The budget "Ours"'):
        await begin(client, 3)
    assert vendor.batches == {}, "what is refused is not handed over"
    assert (await shop.there.get(path)).json()["reserved"] == "0"
    batch = await begin(client, 3, max_tokens=200)
    held = float((await shop.there.get(path)).json()["reserved"])
    assert 3 * 200 * 0.6e-6 <= held < 0.01
    vendor.finish()
    await wait(client, batch.id)

    async def look() -> Any:
        found = (await shop.there.get(path)).json()
        return found if found["reserved"] == "0" else None

    found = await eventually(look, 40)
    assert found["spent"] == "0.000315"


async def test_a_line_that_a_policy_blocks_is_named(shop: Shop, vendor: Breaking) -> None:
    key = await shop.make_key(name="Narrow", models=["other"])
    with pytest.raises(openai.PermissionDeniedError, match="line 1: This API key may only use other"):
        await begin(shop.openai_with(key), 1)
    assert vendor.batches == {}
