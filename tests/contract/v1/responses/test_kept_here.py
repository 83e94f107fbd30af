"""Responses of other vendors, which are kept here."""

from __future__ import annotations

import json
from typing import Any

import openai
import pytest

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.responses.provider_response import EVENTS, body, post, stranger
from tests.upstreams.scripted import Scripted, stream, whole
from trunkline.core.errors import Unavailable

CLAUDE = json.dumps(
    {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-x",
        "content": [{"type": "text", "text": "ok"}],
        "stop_reason": "max_tokens",
        "usage": {"input_tokens": 3, "output_tokens": 1},
    }
).encode()


def claude(kind: str, **fields: Any) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n".encode()


CLAUDE_EVENTS = (
    claude("message_start", message={**json.loads(CLAUDE), "content": [], "stop_reason": None}),
    claude("content_block_start", index=0, content_block={"type": "text", "text": ""}),
    claude("content_block_delta", index=0, delta={"type": "text_delta", "text": "ok"}),
    claude("content_block_stop", index=0),
    claude("message_delta", delta={"stop_reason": "max_tokens"}, usage={"output_tokens": 1}),
    claude("message_stop"),
)


@pytest.mark.parametrize("streamed", [False, True])
def test_what_is_kept_here_is_asked_for_as_at_openai(client: openai.OpenAI, upstream: Scripted, streamed: bool) -> None:
    upstream.script = stream(*CLAUDE_EVENTS) if streamed else whole(CLAUDE)
    if streamed:
        events: Any = list(client.responses.create(model="claude", input="hi", instructions="Be brief.", stream=True))
        first = events[-1].response
    else:
        first = client.responses.create(model="claude", input="hi", instructions="Be brief.")
    again = client.responses.retrieve(first.id)
    assert again.model_dump() == first.model_dump()
    assert again.status == "incomplete"
    upstream.script = whole(CLAUDE)
    second = client.responses.create(model="claude", previous_response_id=first.id, input="more")
    listed = client.responses.input_items.list(second.id, order="asc", limit=2)
    texts = [item.content[0].text for item in listed.data]  # type: ignore[union-attr]
    assert (texts, listed.has_more) == (["hi", "ok"], True)
    assert [item.content[0].text for item in listed.get_next_page().data] == ["more"]  # type: ignore[union-attr]
    with pytest.raises(openai.BadRequestError):
        client.responses.cancel(first.id)
    with pytest.raises(openai.BadRequestError):
        list(client.responses.retrieve(first.id, stream=True))
    client.responses.delete(first.id)
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(first.id)


def test_what_is_kept_here_is_nobody_elses(client: openai.OpenAI, bare: CallServer, upstream: Scripted) -> None:
    upstream.script = whole(CLAUDE)
    first = client.responses.create(model="claude", input="hi")
    with stranger(bare) as other:
        for attempt in (
            lambda: other.responses.retrieve(first.id),
            lambda: other.responses.input_items.list(first.id),
            lambda: other.responses.delete(first.id),
        ):
            with pytest.raises(openai.NotFoundError):
                attempt()
    assert client.responses.retrieve(first.id).id == first.id


def test_what_only_openai_knows_is_told_when_it_is_left_out(bare: CallServer, upstream: Scripted) -> None:
    upstream.script = whole(CLAUDE)
    answer = post(
        bare,
        model="claude",
        input="hi",
        prompt_cache_key="k",
        moderation={"model": "m"},
        max_tool_calls=3,
        truncation="auto",
        text={"verbosity": "low"},
        include=["message.input_image.image_url"],
        background=False,
    )
    assert answer.headers["x-trunkline-dropped"] == (
        "include, max_tool_calls, moderation, prompt_cache_key, text.verbosity, truncation"
    )
    plain = post(
        bare, model="claude", input="hi", truncation="disabled", include=["reasoning.encrypted_content"], store=True
    )
    assert "x-trunkline-dropped" not in plain.headers


@pytest.mark.parametrize(("model", "answer"), [("mine", body()), ("claude", CLAUDE)])
def test_a_store_that_is_down_costs_no_answer(
    bare: CallServer, upstream: Scripted, caplog: pytest.LogCaptureFixture, model: str, answer: bytes
) -> None:
    upstream.script = whole(answer)
    bare.kept.fault = Unavailable("The database cannot be reached.")
    got = post(bare, model=model, input="hi")
    (line,) = [line for line in caplog.messages if "response_not_stored" in line]
    assert got.headers["x-request-id"] in line
    assert (got.status_code, got.headers["x-trunkline-stored"]) == (200, "false")
    upstream.script = stream(*(EVENTS if model == "mine" else CLAUDE_EVENTS))
    assert b"response.completed" in post(bare, model="mine", input="hi", stream=True).content or model == "claude"
