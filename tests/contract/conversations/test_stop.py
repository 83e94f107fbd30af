"""Stop stops: at the provider, with what had come kept and counted."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.contract.conversations.talk import Talk, begin
from tests.contract.conversations.upstream import Upstream
from tests.contract.live_server import open_live_server


async def test_stopping_aborts_the_provider_and_keeps_what_had_come(talk_on_each: Talk) -> None:
    talk = talk_on_each
    async with talk.send("Count to a thousand.") as (reader, provider):
        await provider.say(" one two three")
        await reader.until("… one two three")
        stopped = await talk.client.post(f"{talk.path}/stop")
        assert stopped.status_code == 200, stopped.text
        async with asyncio.timeout(20):
            await provider.gone.wait()
        events = await reader.rest()
    message = stopped.json()
    assert (message["state"], message["content"]) == ("stopped", "… one two three")
    assert (events[-1].event, events[-1].data["finishReason"]) == ("done", "stopped")
    assert events[-1].data["usage"] == message["usage"]
    # The provider told no figures before it was stopped, so they are our own count, and are called that.
    used = await talk.usage_event(message["requestId"])
    assert used["outcome"] == "cancelled"
    assert used["usageEstimated"] is message["usage"]["estimated"] is True
    assert used["inputTokens"] == message["usage"]["inputTokens"] > 0
    assert used["outputTokens"] == message["usage"]["outputTokens"] > 0
    assert used["costUSD"] == message["costUSD"]


async def test_stopping_before_the_first_word(talk: Talk) -> None:
    asked = asyncio.ensure_future(talk.client.post(f"{talk.path}/messages", json={"content": "Hi", "stream": False}))
    provider = await talk.provider.next()
    stopped = await talk.client.post(f"{talk.path}/stop", json={})
    async with asyncio.timeout(20):
        await provider.gone.wait()
    assert (stopped.json()["state"], stopped.json()["content"]) == ("stopped", "")
    answer = await asked
    assert (answer.status_code, answer.json()["state"]) == (200, "stopped")
    used = await talk.usage_event(answer.json()["requestId"])
    assert used["outcome"] == "cancelled"
    assert used["inputTokens"] == answer.json()["usage"]["inputTokens"]
    assert used["costUSD"] == answer.json()["costUSD"]


async def test_stopping_what_has_ended_changes_nothing(talk: Talk) -> None:
    answer = await talk.exchange("Hi", "Hello")
    for body in ({}, {"messageId": answer["id"]}):
        stopped = await talk.client.post(f"{talk.path}/stop", json=body)
        assert (stopped.status_code, stopped.json()) == (200, answer)


async def test_there_is_nothing_to_stop_in_an_empty_conversation(talk: Talk) -> None:
    stopped = await talk.client.post(f"{talk.path}/stop", json={})
    assert stopped.status_code == 404
    assert "no such answer" in stopped.json()["message"]


async def test_only_the_answer_that_is_named_stops(talk: Talk) -> None:
    before = await talk.exchange("Hi", "Hello")
    async with talk.send("One") as (first, one), talk.regenerate(messageId=before["id"]) as (second, two):
        pass_by = (await first.next()).data["messageId"]
        named = (await second.next()).data["messageId"]
        stopped = await talk.client.post(f"{talk.path}/stop", json={"messageId": named})
        assert stopped.json()["state"] == "stopped"
        assert (await talk.message(pass_by))["state"] == "streaming"
        assert not one.gone.is_set()
        async with asyncio.timeout(20):
            await two.gone.wait()
        await one.end()
        assert (await first.rest())[-1].data["finishReason"] == "stop"


async def test_another_replica_stops_it(tmp_path: Path, database_url: str, provider: Upstream) -> None:
    async with (
        open_live_server(tmp_path / "a", database_url, drain_seconds=0) as here,
        open_live_server(tmp_path / "b", database_url, root_key_file=tmp_path / "a/root.key", drain_seconds=0) as there,
    ):
        talk = await begin(here, provider)
        elsewhere = there.client(talk.admin.access_token)
        async with talk.send("Go on for ever.") as (reader, exchange):
            await reader.until("…")
            stopped = await elsewhere.post(f"{talk.path}/stop", json={})
            assert (stopped.status_code, stopped.json()["state"]) == (200, "stopped")
            async with asyncio.timeout(20):
                await exchange.gone.wait()
            assert (await reader.rest())[-1].data["finishReason"] == "stopped"


async def test_deleting_a_conversation_stops_its_answer(talk: Talk) -> None:
    async with talk.send("Go on for ever.") as (reader, exchange):
        await reader.until("…")
        assert (await talk.client.delete(talk.path)).status_code == 200
        async with asyncio.timeout(20):
            await exchange.gone.wait()
        await reader.rest()
    assert (await talk.client.get(talk.path)).status_code == 404
