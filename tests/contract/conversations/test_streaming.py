"""An answer is streamed, kept and accounted for, whoever reads it or leaves."""

from __future__ import annotations

from tests.contract.conversations.talk import Talk


async def test_an_answer_is_streamed_and_accounted_for_to_the_token(talk_on_each: Talk) -> None:
    talk = talk_on_each
    async with talk.send("Why is the sky blue?") as (reader, provider):
        start = await reader.next()
        assert (start.event, start.id) == ("start", 0)
        assert start.data["conversationId"] == talk.id
        assert start.data["model"] == "fake-1"
        assert start.data["requestId"] == reader.response.headers["x-request-id"]
        await reader.until("…")
        await provider.say(" Light", " scatters.")
        await reader.until("… Light scatters.")
        await provider.end(given=21, made=9)
        events = await reader.rest()
    done = events[-1]
    assert done.event == "done"
    assert done.data["finishReason"] == "stop"
    assert (done.data["usage"]["inputTokens"], done.data["usage"]["outputTokens"]) == (21, 9)
    assert not done.data["usage"]["estimated"]
    assert [event.id for event in events] == sorted({event.id for event in events})

    tree = await talk.see()
    question, answer = tree["messages"]
    assert (question["role"], question["content"], question["parentId"]) == ("user", "Why is the sky blue?", None)
    assert answer["parentId"] == question["id"]
    assert answer["id"] == tree["leafId"] == start.data["messageId"]
    assert (answer["state"], answer["content"]) == ("complete", "… Light scatters.")
    assert answer["usage"] == done.data["usage"]
    assert answer["costUSD"] == done.data["costUSD"]
    assert (answer["firstTokenMs"], answer["durationMs"]) == (done.data["firstTokenMs"], done.data["durationMs"])
    assert 0 <= answer["firstTokenMs"] <= answer["durationMs"]
    assert (question["firstTokenMs"], question["durationMs"]) == (None, None)
    assert tree["title"] == "Why is the sky blue?"

    used = await talk.usage_event(start.data["requestId"])
    assert (used["inputTokens"], used["outputTokens"], used["outcome"]) == (21, 9, "ok")
    assert used["costUSD"] == done.data["costUSD"]
    assert used["conversationId"] == talk.id
