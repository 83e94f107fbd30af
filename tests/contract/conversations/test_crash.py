"""A server that stops lets its answers finish if it may, and leaves none of them open."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import httpx2

from tests.contract.conversations.talk import Talk, begin
from tests.contract.conversations.upstream import Upstream
from tests.contract.live_server import LiveServer, eventually, open_live_server


async def test_what_is_not_finished_in_time_is_interrupted(
    tmp_path: Path, database_url: str, provider: Upstream
) -> None:
    async with open_live_server(tmp_path / "a", database_url, drain_seconds=0) as live:
        talk = await begin(live, provider)
        async with talk.send("Go on for ever.") as (reader, exchange):
            await reader.until("…")
            message_id = reader.seen[0].data["messageId"]
    assert exchange.gone.is_set()
    async with open_live_server(tmp_path / "a", database_url, drain_seconds=0) as live:
        talk = await again(live, talk)
        message = await talk.message(message_id)
        assert (message["state"], message["content"]) == ("interrupted", "…")
        assert (message["error"]["code"], message["error"]["retryable"]) == ("INTERRUPTED", True)
        used = await talk.usage_event(message["requestId"])
        assert (used["outcome"], used["outputTokens"]) == ("cancelled", message["usage"]["outputTokens"])
        async with talk.read("GET", "/stream") as reader:
            assert [event.event for event in await reader.rest()] == ["start", "delta", "error"]
        async with talk.regenerate() as (reader, exchange):
            await exchange.end()
            assert (await reader.rest())[-1].event == "done"


async def test_an_answer_may_finish_while_the_server_stops(tmp_path: Path, provider: Upstream) -> None:
    async with AsyncExitStack() as stack:
        live = await stack.enter_async_context(open_live_server(tmp_path / "a", drain_seconds=60))
        talk = await begin(live, provider)
        async with talk.send("Be quick.") as (reader, exchange):
            await reader.until("…")
        stopping = asyncio.ensure_future(stack.aclose())

        async def is_closed() -> bool:
            try:
                async with httpx2.AsyncClient(trust_env=False) as client:
                    await client.get(f"{live.url}/healthz")
            except httpx2.TransportError:
                return True
            return False

        await eventually(is_closed)
        await exchange.say(" done")
        await exchange.end()
        await stopping
    async with open_live_server(tmp_path / "a", drain_seconds=0) as live:
        talk = await again(live, talk)
        answer = (await talk.see())["messages"][-1]
        assert (answer["state"], answer["content"]) == ("complete", "… done")
        used = await talk.usage_event(answer["requestId"])
        assert (used["outcome"], used["outputTokens"]) == ("ok", answer["usage"]["outputTokens"])


async def again(live: LiveServer, talk: Talk) -> Talk:
    """The same conversation after a restart."""
    return Talk(live, talk.provider, await live.admin(), talk.id)
