"""A conversation is a tree: asking again and saying something else open branches, and nothing is lost."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.contract.conversations.talk import Talk


def turns(body: dict[str, Any]) -> list[tuple[str, str]]:
    """What a provider was sent."""
    return [(message["role"], message["content"]) for message in body["messages"]]


async def test_asking_again_opens_a_branch_beside_the_old_answer(talk_on_each: Talk) -> None:
    talk = talk_on_each
    first = await talk.exchange("Name a colour.", " blue")
    async with talk.regenerate() as (reader, provider):
        assert turns(provider.body) == [("user", "Name a colour.")]
        await provider.say(" red")
        await provider.end()
        events = await reader.rest()
    second = await talk.message(events[0].data["messageId"])
    assert second["parentId"] == first["parentId"]
    assert (second["content"], first["content"]) == ("… red", "… blue")
    assert (await talk.see())["leafId"] == second["id"]
    assert (await talk.message(first["id"])) == first
    # The last answer needs no naming, and then no body.
    asking = asyncio.ensure_future(talk.client.post(f"{talk.path}/regenerate"))
    await (await talk.provider.next()).end()
    assert (await asking).status_code == 200


async def test_a_changed_question_opens_a_branch(talk: Talk) -> None:
    one = await talk.exchange("Hello", " Hi")
    two = await talk.exchange("Name a colour.", " blue")
    async with talk.send("Name a fish.", parentId=one["id"]) as (reader, provider):
        assert turns(provider.body) == [("user", "Hello"), ("assistant", "… Hi"), ("user", "Name a fish.")]
        await provider.end()
        await reader.rest()
    # The first message too can be said anew.
    fresh = await talk.exchange("Good day", " Hi", parentId=None)
    tree = await talk.see()
    assert tree["leafId"] == fresh["id"]
    assert [message["parentId"] for message in tree["messages"] if message["role"] == "user"].count(None) == 2
    # An older branch can be shown again, by any message on it, and is gone on with from its end.
    shown = await talk.client.patch(talk.path, json={"leafId": two["parentId"]})
    assert shown.json()["leafId"] == two["id"]
    async with talk.send("Another one.") as (_, provider):
        said = [text for _, text in turns(provider.body)]
        assert said == ["Hello", "… Hi", "Name a colour.", "… blue", "Another one."]


async def test_a_branch_has_one_running_answer(talk_on_each: Talk) -> None:
    talk = talk_on_each
    before = await talk.exchange("Hello", " Hi")
    async with talk.send("Go on.") as (reader, provider):
        await reader.until("…")
        for path, body in (
            ("messages", {"content": "And?"}),
            ("messages", {"content": "Go on.", "parentId": before["id"]}),
            ("regenerate", {}),
        ):
            second = await talk.client.post(f"{talk.path}/{path}", json=body)
            assert second.status_code == 409, (path, second.text)
            assert "stop it first" in second.json()["message"]
        # Another branch is free.
        async with talk.regenerate(messageId=before["id"]) as (_, other):
            assert turns(other.body) == [("user", "Hello")]
        await provider.end()
        assert (await reader.rest())[-1].event == "done"


async def test_of_two_at_once_one_is_answered(talk_on_each: Talk) -> None:
    talk = talk_on_each

    async def send() -> int:
        answer = await talk.client.post(f"{talk.path}/messages", json={"content": "Hi", "stream": False})
        return answer.status_code

    sending = [asyncio.ensure_future(send()) for _ in range(4)]
    provider = await talk.provider.next()
    await asyncio.wait(sending, return_when=asyncio.FIRST_COMPLETED)
    await provider.say("Hello")
    await provider.end()
    assert sorted(await asyncio.gather(*sending)) == [200, 409, 409, 409]
    assert len((await talk.see())["messages"]) == 2
    assert talk.provider.count == 1


async def test_a_message_follows_an_answer_of_its_own_conversation(talk: Talk) -> None:
    answer = await talk.exchange("Hello", " Hi")
    below_a_question = {"content": "x", "parentId": answer["parentId"]}
    wrong = await talk.client.post(f"{talk.path}/messages", json=below_a_question)
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (400, "parentId")
    other = (await talk.client.post("/api/conversations", json={"model": "Fake"})).json()
    for path, body in (
        ("messages", {"content": "x", "parentId": answer["id"]}),
        ("regenerate", {"messageId": answer["id"]}),
        ("stop", {"messageId": answer["id"]}),
    ):
        elsewhere = await talk.client.post(f"/api/conversations/{other['id']}/{path}", json=body)
        assert elsewhere.status_code == 404, (path, elsewhere.text)
    nothing = await talk.client.post(f"/api/conversations/{other['id']}/regenerate", json={})
    assert (nothing.status_code, "Send a message first" in nothing.json()["message"]) == (409, True)


async def test_a_stopped_or_failed_answer_can_be_gone_on_from(talk: Talk) -> None:
    async with talk.send("Hello") as (reader, provider):
        await reader.until("…")
        await talk.client.post(f"{talk.path}/stop", json={})
    asked = asyncio.ensure_future(talk.client.post(f"{talk.path}/messages", json={"content": "And?"}))
    await (await talk.provider.next()).fail(401)
    assert (await asked).status_code == 502
    async with talk.send("Still there?") as (_, provider):
        # Questions that got no answer are one with the next: models insist on turns.
        assert turns(provider.body) == [("user", "Hello"), ("assistant", "…"), ("user", "And?\n\nStill there?")]
