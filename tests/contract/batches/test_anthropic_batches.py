"""Anthropic's message batches through its own client: run by Anthropic, or here by any other provider."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import anthropic
import pytest

from tests.contract.batches.conftest import Shop
from tests.contract.batches.vendors import Anthropic, serve
from tests.contract.live_server import eventually


@pytest.fixture
async def vendor(shop: Shop) -> AsyncIterator[Anthropic]:
    """Anthropic, behind the configuration ``claude``."""
    vendor = Anthropic()
    async with serve(vendor) as url:
        await shop.configure(
            "claude", "anthropic", "claude-haiku-4-5", apiKey="sk-ant-1234567890abcdefghijkl", baseUrl=url
        )
        yield vendor


@pytest.fixture
async def client(shop: Shop) -> anthropic.AsyncAnthropic:
    return client_of(shop, shop.key)


def client_of(shop: Shop, key: str) -> anthropic.AsyncAnthropic:
    made = anthropic.AsyncAnthropic(api_key=key, base_url=shop.live.url, max_retries=0)
    shop.clients.append(made)
    return made


def request(name: str, text: str, model: str = "claude") -> Any:
    params = {"model": model, "max_tokens": 50, "messages": [{"role": "user", "content": text}]}
    return {"custom_id": name, "params": params}


async def wait(client: anthropic.AsyncAnthropic, batch_id: str) -> Any:
    async def look() -> Any:
        found = await client.messages.batches.retrieve(batch_id)
        return found if found.processing_status == "ended" else None

    return await eventually(look)


async def read(client: anthropic.AsyncAnthropic, batch_id: str) -> dict[str, Any]:
    return {one.custom_id: one.result async for one in await client.messages.batches.results(batch_id)}


async def test_the_provider_runs_it(shop: Shop, vendor: Anthropic, client: anthropic.AsyncAnthropic) -> None:
    asked = [request("a", "hello"), request("b", "bad"), request("c", "hello", "claude/claude-sonnet-4-5")]
    batch = await client.messages.batches.create(requests=asked)
    assert (batch.processing_status, batch.request_counts.processing) == ("in_progress", 3)
    assert batch.results_url is None
    (sent,) = vendor.requests.values()
    assert [line["params"]["model"] for line in sent] == ["claude-haiku-4-5", "claude-haiku-4-5", "claude-sonnet-4-5"]
    with pytest.raises(anthropic.BadRequestError, match="has not ended"):
        await client.get(f"/v1/messages/batches/{batch.id}/results", cast_to=str)
    vendor.finish()
    ended = await wait(client, batch.id)
    assert (ended.request_counts.succeeded, ended.request_counts.errored, ended.request_counts.processing) == (2, 1, 0)
    results = await read(client, batch.id)
    assert {name: result.type for name, result in results.items()} == {
        "a": "succeeded",
        "b": "errored",
        "c": "succeeded",
    }
    assert results["a"].message.content[0].text == "Hello."
    calls = await shop.list_calls(3)
    # A million tokens of Haiku cost 1 and 5 dollars, of Sonnet 3 and 15, of which a batch pays half.
    costs = {call["model"]: call["costUSD"] for call in calls if call["outcome"] == "ok"}
    assert costs == {"claude-haiku-4-5": 0.00075, "claude-sonnet-4-5": 0.00225}
    assert vendor.deleted == ["msgbatch_1"]


async def test_another_provider_is_asked_line_by_line(shop: Shop, client: anthropic.AsyncAnthropic) -> None:
    await shop.configure("one")
    batch = await client.messages.batches.create(requests=[request("a", "hello", "one"), request("b", "you", "one")])
    ended = await wait(client, batch.id)
    assert ended.request_counts.succeeded == 2
    results = await read(client, batch.id)
    assert sorted(results) == ["a", "b"]
    assert all(result.message.content[0].text for result in results.values())
    assert await client.messages.batches.delete(batch.id)
    with pytest.raises(anthropic.NotFoundError):
        await client.messages.batches.retrieve(batch.id)


async def test_lists_are_ones_own_and_come_in_pages(shop: Shop, client: anthropic.AsyncAnthropic) -> None:
    await shop.configure("one")
    made = [(await client.messages.batches.create(requests=[request("a", "hello", "one")])).id for _ in range(3)]
    first = await client.messages.batches.list(limit=2)
    assert [one.id for one in first.data] == [made[2], made[1]]
    assert [one.id async for one in first] == made[::-1]
    before = await client.messages.batches.list(before_id=made[1])
    assert [one.id for one in before.data] == [made[2]]
    stranger = client_of(shop, (await shop.admin.make_key(name="Mine"))["key"])
    assert (await stranger.messages.batches.list()).data == []
    for attempt in (stranger.messages.batches.retrieve(made[0]), stranger.messages.batches.cancel(made[0])):
        with pytest.raises(anthropic.NotFoundError) as refused:
            await attempt
        assert refused.value.body["error"]["type"] == "not_found_error"  # type: ignore[index]


async def test_what_was_cancelled_says_so_for_each_request(
    shop: Shop, vendor: Anthropic, client: anthropic.AsyncAnthropic
) -> None:
    batch = await client.messages.batches.create(requests=[request("a", "hello")])
    assert (await client.messages.batches.cancel(batch.id)).processing_status == "canceling"
    vendor.finish()
    ended = await wait(client, batch.id)
    assert ended.request_counts.canceled == 1
    assert (await read(client, batch.id))["a"].type == "canceled"
    assert (await shop.there.get("/api/requests")).json() == []


@pytest.mark.parametrize(
    ("requests", "words"),
    [
        ([], "requests"),
        ([request("a", "x", "one"), request("a", "y", "one")], "line 2: custom_id"),
        ([request("no spaces", "x", "one")], "line 1: custom_id"),
        ([{"custom_id": "a"}], "line 1"),
    ],
)
async def test_bad_requests_are_named(
    shop: Shop, client: anthropic.AsyncAnthropic, requests: list[Any], words: str
) -> None:
    await shop.configure("one")
    with pytest.raises(anthropic.BadRequestError, match=words):
        await client.messages.batches.create(requests=requests)
