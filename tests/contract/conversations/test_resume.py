"""Whoever loses the connection goes on at the very character, from any replica, during the answer and after it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.contract.conversations.talk import Event, Talk, begin, said
from tests.contract.conversations.upstream import Upstream
from tests.contract.live_server import eventually, open_live_server


async def test_a_reader_who_leaves_only_detaches(talk_on_each: Talk) -> None:
    talk = talk_on_each
    async with talk.send("Tell me a story.") as (reader, provider):
        await provider.say(" Once")
        await reader.until("… Once")
        seen, last = reader.text, reader.seen[-1].at
        message_id = reader.seen[0].data["messageId"]
        await reader.response.aclose()
        await provider.say(" upon a time")
        # A second reader comes while it goes on, and a third without having seen anything.
        async with talk.read("GET", "/stream", headers={"Last-Event-ID": last}) as again:
            await again.until(" upon a time")
            async with talk.read("GET", f"/stream?messageId={message_id}") as late:
                await provider.say(", the end.")
                await provider.end(given=5, made=4)
                assert said(await again.rest()) == " upon a time, the end."
                events = await late.rest()
    assert not provider.gone.is_set()
    assert [event.event for event in (events[0], events[-1])] == ["start", "done"]
    assert said(events) == "… Once upon a time, the end."
    assert seen + said(again.seen) == said(events)
    used = await talk.usage_event(events[0].data["requestId"])
    assert (used["outcome"], used["inputTokens"], used["outputTokens"]) == ("ok", 5, 4)


async def test_resuming_after_the_end_gives_exactly_what_was_not_seen(talk: Talk) -> None:
    async with talk.send("Tell me a story.") as (reader, provider):
        await provider.send({"choices": [{"index": 0, "delta": {"reasoning_content": "Hm. 𝄞"}}]})
        await provider.say(" Ünder", " the sea.\n\n## <b>x</b>")
        await provider.end()
        events = await reader.rest()
    whole = [event for event in events if event.event in {"delta", "reasoning"}]
    for place, event in enumerate(events):
        if event is events[-1]:
            break
        async with talk.read("GET", f"/stream?lastEventId={event.at}") as again:
            got = await again.rest()
        assert [(one.event, one.data["text"]) for one in got[:-1]] == _joined(whole, event.id), place
        assert (got[-1].id, got[-1].event, got[-1].data) == (events[-1].id, "done", events[-1].data)
    over = await talk.client.get(f"{talk.path}/stream", headers={"Last-Event-ID": events[-1].at})
    assert (over.status_code, over.content) == (204, b"")


async def test_a_long_answer_is_told_whole(talk: Talk) -> None:
    long = "".join(f"{number} " for number in range(30_000))
    async with talk.send("Count.") as (reader, provider):
        await provider.send({"choices": [{"index": 0, "delta": {"reasoning_content": long}}]})
        await provider.say(long)
        await provider.end()
        live = await reader.rest()
    async with talk.read("GET", "/stream") as again:
        late = await again.rest()
    async with talk.read("GET", f"/stream?lastEventId={late[5].at}") as rest:
        last = await rest.rest()
    for events in (live, late, [*late[:6], *last]):
        assert said(events) == "…" + long
        assert "".join(event.data["text"] for event in events if event.event == "reasoning") == long
        assert [event.event for event in events].count("done") == 1
        assert events[-1].event == "done"


async def test_a_reader_gets_the_rest_of_its_own_answer_while_another_is_written(talk: Talk) -> None:
    # As an EventSource comes back: to the same address, with the id of the last event that it saw.
    async with talk.send("Tell me a story.") as (reader, provider):
        await provider.say(" Once")
        await reader.until("… Once")
        last = reader.seen[-1].at
        await reader.response.aclose()
        await provider.say(" upon a time")
        await provider.end()

    async def is_over() -> bool:
        return (await talk.see())["messages"][-1]["state"] == "complete"

    await eventually(is_over)
    async with talk.send("Something else, please.") as (reader, provider):
        await reader.until("…")
        async with talk.read("GET", "/stream", headers={"Last-Event-ID": last}) as again:
            assert said(await again.rest()) == " upon a time"
        async with talk.read("GET", "/stream") as running:
            await provider.say(" other")
            await provider.end()
            assert said(await running.rest()) == "… other"


def _joined(events: list[Event], after: int) -> list[tuple[str, str]]:
    joined: list[tuple[str, str]] = []
    for event in events:
        if event.id > after:
            kind, text = event.event, event.data["text"]
            if joined and joined[-1][0] == kind:
                joined[-1] = (kind, joined[-1][1] + text)
            else:
                joined.append((kind, text))
    return joined


async def test_another_replica_shows_the_running_answer(tmp_path: Path, database_url: str, provider: Upstream) -> None:
    async with (
        open_live_server(tmp_path / "a", database_url, drain_seconds=0) as here,
        open_live_server(tmp_path / "b", database_url, root_key_file=tmp_path / "a/root.key", drain_seconds=0) as there,
    ):
        talk = await begin(here, provider)
        elsewhere = there.client(talk.admin.access_token)
        async with talk.send("Tell me a story.") as (reader, exchange):
            await reader.until("…")
            async with talk.read("GET", "/stream", elsewhere) as other:
                await other.until("…")
                await exchange.say(" Once")
                await other.until("… Once")
                await exchange.end(given=3, made=2)
                events = await other.rest()
        assert events[-1].data["usage"]["outputTokens"] == 2
        assert events[-1].data == (await _last(talk))


async def _last(talk: Talk) -> dict[str, object]:
    answer = (await talk.see())["messages"][-1]
    return {name: answer[name] for name in ("finishReason", "usage", "costUSD", "firstTokenMs", "durationMs")}


async def test_an_answer_without_a_stream_is_waited_for(talk: Talk) -> None:
    async def ask() -> dict[str, object]:
        answer = await talk.client.post(f"{talk.path}/messages", json={"content": "Hi", "stream": False})
        assert answer.status_code == 200, answer.text
        return answer.json()

    asking = asyncio.ensure_future(ask())
    provider = await talk.provider.next()
    await provider.say("Hello", " there")
    await provider.end()
    message = await asking
    assert (message["role"], message["state"], message["content"]) == ("assistant", "complete", "Hello there")
    assert message == await talk.message(str(message["id"]))


async def test_leaving_before_the_first_word_stops_nothing(talk: Talk) -> None:
    asking = asyncio.ensure_future(talk.client.post(f"{talk.path}/messages", json={"content": "Hi"}))
    provider = await talk.provider.next()
    asking.cancel()
    await provider.say("Hello")
    await provider.end()

    async def look() -> bool:
        return (await talk.see())["messages"][-1]["state"] == "complete"

    await eventually(look)


async def test_what_is_no_event_of_this_answer_is_refused(talk: Talk) -> None:
    answer = await talk.exchange("Hi", "Hello")
    for wrong in ("x1", "1", ":1", f"{answer['id']}:", f"{answer['id']}:-1", f"{answer['id']}:1&messageId={talk.id}"):
        refused = await talk.client.get(f"{talk.path}/stream?lastEventId={wrong}")
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "lastEventId"), wrong
    other = (await talk.client.post("/api/conversations", json={"model": "Fake"})).json()
    elsewhere = await talk.client.get(f"/api/conversations/{other['id']}/stream?lastEventId={answer['id']}:1")
    assert elsewhere.status_code == 404
    question = await talk.client.get(f"{talk.path}/stream?messageId={answer['parentId']}")
    assert question.status_code == 404
