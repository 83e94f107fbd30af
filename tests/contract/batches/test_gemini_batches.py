"""Gemini's batches through Google's own client: run by Gemini, or here by any other provider."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from google import genai
from google.genai.errors import ClientError

from tests.contract.batches.conftest import Shop
from tests.contract.batches.vendors import Gemini, serve
from tests.contract.live_server import eventually


@pytest.fixture
async def vendor(shop: Shop) -> AsyncIterator[Gemini]:
    """Gemini, behind the configuration ``flash``."""
    vendor = Gemini()
    async with serve(vendor) as url:
        await shop.configure("flash", "gemini", "gemini-2.5-flash", apiKey="AIza1234567890abcdefghijkl", baseUrl=url)
        yield vendor


def client_of(shop: Shop, key: str) -> Any:
    return genai.Client(api_key=key, http_options={"base_url": shop.live.url}).aio


def request(text: str) -> Any:
    return {"contents": [{"role": "user", "parts": [{"text": text}]}]}


async def wait(client: Any, name: str) -> Any:
    async def look() -> Any:
        found = await client.batches.get(name=name)
        return found if found.done else None

    return await eventually(look)


async def test_the_provider_runs_it(shop: Shop, vendor: Gemini) -> None:
    client = client_of(shop, shop.key)
    batch = await client.batches.create(
        model="flash", src=[request("hello"), request("bad")], config={"display_name": "night"}
    )
    assert (batch.display_name, batch.state.name) == ("night", "JOB_STATE_RUNNING")
    assert vendor.asked[0] == "POST /v1beta/models/gemini-2.5-flash:batchGenerateContent"
    vendor.finish()
    ended = await wait(client, batch.name)
    assert ended.state.name == "JOB_STATE_SUCCEEDED"
    first, second = ended.dest.inlined_responses
    assert first.response.text == "Hello."
    assert second.error.message == "bad"
    calls = await shop.list_calls(2)
    # A million tokens of Flash cost 0.30 and 2.50 dollars, of which a batch pays half.
    assert [call["costUSD"] for call in calls if call["outcome"] == "ok"] == [0.000275]
    assert vendor.deleted == ["b1"]


async def test_another_provider_is_asked_line_by_line_and_others_have_no_part_in_it(shop: Shop) -> None:
    await shop.configure("one")
    client = client_of(shop, shop.key)
    batch = await client.batches.create(model="one", src=[request("hello"), request("you")])
    ended = await wait(client, batch.name)
    assert all(one.response.text for one in ended.dest.inlined_responses)
    assert [one.name async for one in await client.batches.list()] == [batch.name]
    stranger = client_of(shop, (await shop.admin.make_key(name="Mine"))["key"])
    assert [one.name async for one in await stranger.batches.list()] == []
    for attempt in (stranger.batches.get(name=batch.name), stranger.batches.cancel(name=batch.name)):
        with pytest.raises(ClientError) as refused:
            await attempt
        assert (refused.value.code, refused.value.status) == (404, "NOT_FOUND")
    await client.batches.delete(name=batch.name)
    assert [one.name async for one in await client.batches.list()] == []
