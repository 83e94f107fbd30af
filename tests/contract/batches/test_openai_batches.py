"""Batches that OpenAI runs: handed over, kept apart by their makers, and in the books at the price of batches."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest

from tests.contract.batches.conftest import Shop, ask, write_lines
from tests.contract.batches.vendors import OpenAI, serve
from tests.contract.live_server import eventually

CHAT: Any = "/v1/chat/completions"


@pytest.fixture
async def vendor(shop: Shop) -> AsyncIterator[OpenAI]:
    """OpenAI, behind the configuration ``mini``."""
    vendor = OpenAI()
    async with serve(vendor) as url:
        await shop.configure(
            "mini", "openai", "gpt-4o-mini", apiKey="sk-proj-1234567890abcdefghijkl", baseUrl=f"{url}/v1"
        )
        yield vendor


async def begin(client: openai.AsyncOpenAI, lines: list[dict[str, Any]], **more: Any) -> Any:
    file = await client.files.create(file=("requests.jsonl", write_lines(lines)), purpose="batch")
    return await client.batches.create(input_file_id=file.id, endpoint=CHAT, completion_window="24h", **more)


async def wait(client: openai.AsyncOpenAI, batch_id: str) -> Any:
    async def look() -> Any:
        found = await client.batches.retrieve(batch_id)
        return found if found.status not in {"in_progress", "cancelling"} else None

    return await eventually(look)


async def read(client: openai.AsyncOpenAI, file_id: str) -> list[dict[str, Any]]:
    content = await client.files.content(file_id)
    return [json.loads(line) for line in content.text.splitlines()]


async def test_the_provider_runs_it_with_its_own_names(shop: Shop, vendor: OpenAI) -> None:
    client = shop.openai
    batch = await begin(client, [ask("one", "mini"), ask("bad", "mini"), ask("three", "mini")], metadata={"job": "7"})
    assert (batch.status, batch.metadata, batch.request_counts.total) == ("in_progress", {"job": "7"}, 3)
    (sent,) = vendor.requests.values()
    assert [line["custom_id"] for line in sent] == ["r-1", "r-2", "r-3"]
    assert {line["body"]["model"] for line in sent} == {"gpt-4o-mini"}
    assert (await client.batches.retrieve(batch.id)).status == "in_progress"
    vendor.finish()
    ended = await wait(client, batch.id)
    assert ended.status == "completed"
    assert ended.request_counts.model_dump() == {"total": 3, "completed": 2, "failed": 1}
    assert [line["custom_id"] for line in await read(client, ended.output_file_id)] == ["r-1", "r-3"]
    assert [line["custom_id"] for line in await read(client, ended.error_file_id)] == ["r-2"]
    assert len(vendor.deleted) == 3, "what is kept here need not be kept there"


async def test_each_line_is_in_the_books_at_half_the_price(shop: Shop, vendor: OpenAI) -> None:
    client = shop.openai
    batch = await begin(client, [ask("one", "mini"), ask("bad", "mini"), ask("three", "mini")])
    vendor.finish()
    await wait(client, batch.id)
    calls = await shop.list_calls(3)
    assert sorted(call["outcome"] for call in calls) == ["error", "ok", "ok"]
    good = [call for call in calls if call["outcome"] == "ok"]
    assert [(call["inputTokens"], call["outputTokens"]) for call in good] == [(1_000, 100)] * 2
    # 0.15 and 0.60 dollars a million tokens, of which a batch pays half.
    assert [call["costUSD"] for call in good] == [0.000105] * 2


async def test_others_have_no_part_in_it(shop: Shop, vendor: OpenAI) -> None:
    client = shop.openai
    batch = await begin(client, [ask("one", "mini")])
    vendor.finish()
    ended = await wait(client, batch.id)
    stranger_key = (await shop.admin.make_key(name="Mine"))["key"]
    stranger = shop.openai_with(stranger_key)
    assert (await stranger.batches.list()).data == []
    assert (await stranger.files.list()).data == []
    for attempt in (
        stranger.batches.retrieve(batch.id),
        stranger.batches.cancel(batch.id),
        stranger.files.retrieve(ended.output_file_id),
        stranger.files.content(ended.output_file_id),
        stranger.files.delete(ended.output_file_id),
    ):
        with pytest.raises(openai.NotFoundError):
            await attempt
    with pytest.raises(openai.BadRequestError, match="input_file_id"):
        await stranger.batches.create(input_file_id=batch.input_file_id, endpoint=CHAT, completion_window="24h")


async def test_all_lines_lead_to_one_configuration(shop: Shop, vendor: OpenAI) -> None:
    await shop.configure("one")
    client = shop.openai
    lines = [ask("one", "mini"), ask("two", "one")]
    with pytest.raises(openai.BadRequestError, match="line 2: model") as refused:
        await begin(client, lines)
    assert refused.value.code == "mismatched_model"
    assert vendor.batches == {}
    here = await begin(client, lines, extra_headers={"x-trunkline-batch": "local"})
    assert (await wait(client, here.id)).request_counts.completed == 2
    assert vendor.batches == {}


async def test_a_batch_is_cancelled_at_its_provider(shop: Shop, vendor: OpenAI) -> None:
    client = shop.openai
    batch = await begin(client, [ask("one", "mini")])
    assert (await client.batches.cancel(batch.id)).status == "cancelling"
    assert vendor.asked[-1] == "POST /v1/batches/batch_1/cancel"
    assert (await wait(client, batch.id)).status == "cancelled"
