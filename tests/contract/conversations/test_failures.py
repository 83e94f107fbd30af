"""What goes wrong is told in words for people, with codes for programs, and can be tried again."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.contract.conversations.talk import Talk

TABLE = [
    (401, {}, 502, "INVALID_KEY", False),
    (402, {}, 502, "NO_CREDITS", False),
    (404, {}, 400, "MODEL_NOT_FOUND", False),
    (403, {}, 403, "MODERATED", False),
    (408, {}, 504, "TIMEOUT", True),
    (429, {}, 429, "RATE_LIMITED", True),
    (502, {}, 503, "UNAVAILABLE", True),
    (503, {}, 503, "UNAVAILABLE", True),
    (400, {"message": "temperature is odd"}, 400, "INVALID_REQUEST", False),
    (413, {}, 400, "TOO_LARGE", False),
]

WRONG: list[tuple[dict[str, Any], str]] = [
    ({}, "content"),
    ({"content": ""}, "content"),
    ({"content": "  \n"}, "content"),
    ({"content": []}, "content"),
    ({"content": "Hi", "parentId": "x"}, "parentId"),
    ({"content": "Hi", "model": "gpt"}, "model"),
    ({"content": [{"type": "image"}]}, "content[0]"),
    ({"content": [{"type": "image", "url": "https://example.com/a.png"}]}, "content[0].url"),
    ({"content": [{"type": "image", "url": "data:image/png;base64,????"}]}, "content[0].url"),
    ({"content": [{"type": "image", "url": "data:image/png;base64,aGVsbG8="}]}, "content[0].url"),
    ({"content": "a\0b"}, "content"),
    ({"content": 5}, "content"),
    ({"content": [{"type": "text"}]}, "content[0].text"),
    ({"content": [{"type": "image", "pictureId": "x"}]}, "content[0].pictureId"),
    ({"content": [{"type": "text", "text": "Hi"}, {"type": "sound"}]}, "content[1]"),
]


async def fail_all(talk: Talk, status: int, **error: Any) -> None:
    """Let the provider fail as often as it is asked: some failures are tried again before anybody hears of them."""
    while True:
        await (await talk.provider.next()).fail(status, headers="retry-after: 0\r\n", **error)


@pytest.mark.parametrize(("theirs", "error", "ours", "code", "retryable"), TABLE)
async def test_a_failure_before_the_first_word(
    talk: Talk, theirs: int, error: dict[str, Any], ours: int, code: str, retryable: bool
) -> None:
    failing = asyncio.ensure_future(fail_all(talk, theirs, **error))
    answer = await talk.client.post(f"{talk.path}/messages", json={"content": "Hi"})
    failing.cancel()
    body = answer.json()
    assert (answer.status_code, body["statusCode"], body["code"]) == (ours, ours, code)
    assert body["requestId"] == answer.headers["x-request-id"]
    assert ("retry-after" in answer.headers) == (ours == 429)
    assert error.get("message", "") in body["message"]
    # Question and failed answer are kept, so that it can be asked for again.
    question, failed = (await talk.see())["messages"]
    assert (question["content"], failed["state"], failed["content"]) == ("Hi", "failed", "")
    assert failed["error"] == {"code": code, "message": body["message"], "retryable": retryable}
    async with talk.regenerate() as (reader, provider):
        await provider.end()
        assert (await reader.rest())[-1].event == "done"
    # Whoever comes to the failed one later is told the same.
    async with talk.read("GET", f"/stream?messageId={failed['id']}") as late:
        events = await late.rest()
    assert [event.event for event in events] == ["start", "error"]
    assert events[-1].data == failed["error"]


async def test_a_failure_in_the_middle_keeps_what_had_come(talk: Talk) -> None:
    async with talk.send("Hi") as (reader, provider):
        await provider.say(" Hel")
        await reader.until("… Hel")
        await provider.send({"error": {"code": 502, "message": "boom"}, "choices": []})
        events = await reader.rest()
    assert events[-1].event == "error"
    assert events[-1].data["code"] == "UNAVAILABLE"
    assert events[-1].data["retryable"] is True
    message = await talk.message(events[0].data["messageId"])
    assert (message["state"], message["content"]) == ("failed", "… Hel")
    used = await talk.usage_event(message["requestId"])
    assert used["outcome"] == "error"
    assert used["outputTokens"] == message["usage"]["outputTokens"] > 0


async def test_a_connection_that_breaks_is_a_failure_too(talk: Talk) -> None:
    async with talk.send("Hi") as (reader, provider):
        await reader.until("…")
        await provider.cut()
        events = await reader.rest()
    assert (events[-1].event, events[-1].data["retryable"]) == ("error", True)


async def test_an_unknown_model_names_the_nearest(talk: Talk) -> None:
    made = await talk.client.post("/api/conversations", json={"model": "Fakk"})
    answer = await talk.client.post(f"/api/conversations/{made.json()['id']}/messages", json={"content": "Hi"})
    assert (answer.status_code, answer.json()["code"]) == (400, "MODEL_NOT_FOUND")
    assert "Nearest: Fake" in answer.json()["message"]


async def test_a_key_that_may_not_use_the_model_is_refused_and_that_is_noted(talk: Talk) -> None:
    key = await talk.admin.make_key(models=["Other"])
    answer = await talk.live.client(key["key"]).post(f"{talk.path}/messages", json={"content": "Hi"})
    assert answer.status_code == 403, answer.text
    assert "may only use Other" in answer.json()["message"]
    assert (await talk.see())["messages"][-1]["error"]["code"] == "MODEL_NOT_ALLOWED"
    noted = (await talk.client.get("/api/audit?outcome=refused")).json()
    assert [(event["action"], event["keyId"]) for event in noted] == [("conversations.change", key["id"])]


async def test_the_providers_words_never_reveal_the_key(talk: Talk) -> None:
    failing = asyncio.ensure_future(fail_all(talk, 400, message="bad key sk-abcdefghijklmnopqrstuvwxyz0123456789"))
    answer = await talk.client.post(f"{talk.path}/messages", json={"content": "Hi"})
    failing.cancel()
    assert answer.status_code in {400, 502}
    assert "sk-abcdefghij" not in answer.text


async def test_what_cannot_be_said_is_refused_and_leaves_nothing(talk: Talk) -> None:
    for body, field in WRONG:
        answer = await talk.client.post(f"{talk.path}/messages", json=body)
        assert answer.status_code == 400, (body, answer.text)
        assert [wrong["field"] for wrong in answer.json()["errors"]] == [field], (body, answer.text)
    assert (await talk.see())["messages"] == []
