"""Responses to OpenAI pass as they are, and what OpenAI keeps belongs to who asked for it: by the official SDK."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import openai
import pytest

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import KEY
from tests.contract.v1.responses.provider_response import (
    EVENTS,
    OUTPUT,
    SECRET,
    USAGE,
    body,
    event,
    post,
    response,
    sent,
    stranger,
)
from tests.upstreams.scripted import Scripted, in_turn, stream, whole


@pytest.mark.parametrize("model", ["mine", "azure"])
def test_both_ways_pass_as_they_are(bare: CallServer, upstream: Scripted, model: str) -> None:
    upstream.script = whole(body())
    asked = {
        "input": [
            {"role": "system", "content": "Answer in French."},
            {
                "role": "user",
                "content": [{"type": "input_text", "text": "q", "prompt_cache_breakpoint": {"mode": "explicit"}}],
            },
            {"type": "reasoning", "id": "rs_0", "summary": [], "encrypted_content": "gAAAAAB"},
            {"type": "function_call", "id": "fc_0", "call_id": "c", "name": "f", "namespace": "n", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "c", "output": "x"},
        ],
        "tools": [
            {"type": "tool_search"},
            {"type": "function", "name": "f", "strict": False, "parameters": {}, "defer_loading": True},
        ],
        "truncation": "auto",
    }
    answer = post(bare, model=model, **asked)
    assert answer.content == body()
    assert sent(upstream) == {"model": "gpt-5.4", **asked}
    assert upstream.asked[-1].line.split()[1].endswith("/v1/responses")
    assert "x-trunkline-dropped" not in answer.headers
    told = bare.books.last()
    assert (told.outcome, told.usage.input, told.usage.output, told.usage.reasoning) == ("ok", 21, 9, 4)


def test_a_stream_passes_and_its_end_waits_for_the_books(bare: CallServer, upstream: Scripted) -> None:
    upstream.script = stream(*EVENTS)
    answer = post(bare, model="mine", input="hi", stream=True, tools=[{"type": "web_search"}])
    assert answer.content == b"".join(EVENTS)
    told = bare.books.last()
    assert (told.outcome, told.streamed, told.usage.input, told.usage.output) == ("ok", True, 21, 9)


def test_a_stream_that_breaks_off_ends_with_an_error_that_the_sdk_raises(
    client: openai.OpenAI, bare: CallServer, upstream: Scripted
) -> None:
    upstream.script = stream(*EVENTS[:4], end="cut")
    with pytest.raises(openai.APIError):
        list(client.responses.create(model="mine", input="hi", stream=True))
    assert bare.books.last().outcome == "error"


def test_a_failure_before_anything_is_an_error_of_http(
    client: openai.OpenAI, bare: CallServer, upstream: Scripted
) -> None:
    failed = response(status="failed", error={"code": "rate_limit_exceeded", "message": "slow down"})
    upstream.script = stream(EVENTS[0], event("response.failed", 1, response=failed))
    with pytest.raises(openai.RateLimitError):
        list(client.responses.create(model="mine", input="hi", stream=True))


def test_what_the_configuration_says_fills_what_the_caller_left_open(bare: CallServer, upstream: Scripted) -> None:
    upstream.script = whole(body())
    answer = post(bare, model="instructed", input="hi", instructions="Be brief.", reasoning={"summary": "auto"})
    assert sent(upstream) == {
        "model": "gpt-5.4",
        "input": "hi",
        "instructions": "Be polite.\n\nBe brief.",
        "max_output_tokens": 500,
        "reasoning": {"summary": "auto"},
    }
    assert answer.headers["x-trunkline-dropped"] == "temperature"
    post(bare, model="instructed", input="hi", max_output_tokens=70, reasoning={"effort": "high"})
    assert sent(upstream)["max_output_tokens"] == 70
    assert sent(upstream)["reasoning"]["effort"] == "high"
    assert sent(upstream)["instructions"] == "Be polite."


def test_what_another_vendor_said_is_no_history_for_openai(bare: CallServer, upstream: Scripted) -> None:
    upstream.script = whole(body())
    history = [
        {"role": "user", "content": "q"},
        {"type": "reasoning", "id": "rs_resp_tl_ab_0", "summary": [], "encrypted_content": "anthropic-claude-v1:sig"},
        {"type": "reasoning", "id": "rs_resp_tl_ab_1", "summary": [{"type": "summary_text", "text": "hm"}]},
        {"type": "message", "id": "msg_resp_tl_ab_2", "role": "assistant", "content": "a"},
        {"type": "function_call", "id": "fc_resp_tl_ab_3", "call_id": "toolu_1", "name": "f", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "toolu_1", "output": "x"},
        {"type": "reasoning", "id": "rs_5", "summary": [], "encrypted_content": "gAAAA"},
        {"type": "message", "id": "msg_5", "status": "completed", "role": "assistant", "content": OUTPUT[1]["content"]},
    ]
    answer = post(bare, model="mine", input=history)
    assert sent(upstream)["input"] == [
        {"role": "user", "content": "q"},
        {"type": "message", "role": "assistant", "content": "a"},
        {"type": "function_call", "call_id": "toolu_1", "name": "f", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "toolu_1", "output": "x"},
        {"type": "reasoning", "id": "rs_5", "summary": [], "encrypted_content": "gAAAA"},
        {"type": "message", "id": "msg_5", "status": "completed", "role": "assistant", "content": OUTPUT[1]["content"]},
    ]
    assert answer.headers["x-trunkline-dropped"] == "reasoning"


@pytest.mark.parametrize("streamed", [False, True])
def test_the_second_turn_by_history_and_by_id(
    client: openai.OpenAI, bare: CallServer, upstream: Scripted, streamed: bool
) -> None:
    upstream.script = stream(*EVENTS) if streamed else whole(body())
    if streamed:
        events: Any = list(client.responses.create(model="mine", input="hi", stream=True))
        first = events[-1].response
    else:
        first = client.responses.create(model="mine", input="hi")
    upstream.script = whole(body(identity="resp_2"))
    kept: Any = [item.model_dump(exclude_none=True) for item in first.output]
    result: Any = {"type": "function_call_output", "call_id": "call_1", "output": "fine"}
    client.responses.create(model="mine", input=[{"role": "user", "content": "hi"}, *kept, result])
    assert sent(upstream)["input"][1:-1] == OUTPUT
    client.responses.create(model="mine", previous_response_id=first.id, input=[result])
    assert sent(upstream)["previous_response_id"] == "resp_1"
    assert sent(upstream)["input"] == [result]


def test_going_on_leads_to_what_answered_first(client: openai.OpenAI, bare: CallServer, upstream: Scripted) -> None:
    upstream.script = whole(body())
    client.responses.create(model="mine", input="hi")
    client.responses.create(model="both", previous_response_id="resp_1", input="more")
    assert upstream.asked[-1].headers["authorization"] == "Bearer sk-1", "the route alone would go to the second"
    client.responses.create(model="mine/gpt-5-mini", previous_response_id="resp_1", input="more")
    assert sent(upstream)["model"] == "gpt-5-mini"
    before = len(upstream.asked)
    for model in ("second", "claude"):
        with pytest.raises(openai.BadRequestError) as raised:
            client.responses.create(model=model, previous_response_id="resp_1", input="more")
        assert raised.value.param == "previous_response_id"
    assert len(upstream.asked) == before


def test_nobody_else_reaches_an_answer_through_a_shared_credential(
    client: openai.OpenAI, bare: CallServer, upstream: Scripted
) -> None:
    upstream.script = whole(body())
    client.responses.create(model="mine", input="hi")
    before = len(upstream.asked)
    with stranger(bare) as other:
        for attempt in (
            lambda: other.responses.create(model="mine", previous_response_id="resp_1", input="tell me"),
            lambda: other.responses.retrieve("resp_1"),
            lambda: other.responses.cancel("resp_1"),
            lambda: other.responses.input_items.list("resp_1"),
            lambda: other.responses.delete("resp_1"),
            lambda: other.responses.input_tokens.count(model="mine", previous_response_id="resp_1", input="x"),
            lambda: other.responses.compact(model="gpt-5.4", previous_response_id="resp_1"),
        ):
            with pytest.raises(openai.NotFoundError):
                attempt()
    assert len(upstream.asked) == before, "nothing was asked of the provider"


def test_an_answer_that_is_not_stored_belongs_to_nobody(client: openai.OpenAI, upstream: Scripted) -> None:
    upstream.script = whole(body())
    client.responses.create(model="mine", input="hi", store=False)
    with pytest.raises(openai.NotFoundError):
        client.responses.create(model="mine", previous_response_id="resp_1", input="more")


def test_what_openai_keeps_is_asked_of_it(client: openai.OpenAI, bare: CallServer, upstream: Scripted) -> None:
    upstream.script = whole(body())
    client.responses.create(model="mine", input="hi")
    assert client.responses.retrieve("resp_1", include=["reasoning.encrypted_content"]).status == "completed"
    assert upstream.asked[-1].line == ("GET /v1/responses/resp_1?include%5B%5D=reasoning.encrypted_content HTTP/1.1")
    assert upstream.asked[-1].headers["authorization"] == "Bearer sk-1"
    items = {"object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False}
    upstream.script = whole(json.dumps(items).encode())
    assert client.responses.input_items.list("resp_1", limit=5, order="asc").data == []
    assert upstream.asked[-1].line == "GET /v1/responses/resp_1/input_items?limit=5&order=asc HTTP/1.1"
    upstream.script = whole(
        b'{"error":{"message":"Cannot cancel a synchronous response.","code":null}}', status="400 X"
    )
    with pytest.raises(openai.BadRequestError):
        client.responses.cancel("resp_1")
    assert upstream.asked[-1].line == "POST /v1/responses/resp_1/cancel HTTP/1.1"
    upstream.script = whole(b'{"id":"resp_1","object":"response","deleted":true}')
    client.responses.delete("resp_1")
    assert upstream.asked[-1].line == "DELETE /v1/responses/resp_1 HTTP/1.1"
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve("resp_1")
    assert len(bare.books.events) == 1, "to look at an answer costs nothing"


def test_no_answer_shows_the_key_in_use(client: openai.OpenAI, bare: CallServer, upstream: Scripted) -> None:
    upstream.script = whole(body(metadata={"echo": SECRET}))
    told = [post(bare, model="secret", input="hi").text]
    for method, path in (("GET", ""), ("GET", "/input_items"), ("POST", "/cancel"), ("DELETE", "")):
        url = f"{bare.url}/v1/responses/resp_1{path}"
        told.append(httpx2.request(method, url, headers={"authorization": f"Bearer {KEY}"}).text)
    for text in told:
        assert "completed" in text
        assert SECRET not in text


def test_an_answer_with_half_a_character_is_an_answer(bare: CallServer, upstream: Scripted) -> None:
    upstream.script = whole(body().replace(b"Looking.", rb"Looking \ud83d"))
    assert post(bare, model="mine", input="hi").json()["output"][1]["content"][0]["text"] == "Looking "


def test_tokens_are_counted_by_openai_and_by_our_own_rule(client: openai.OpenAI, upstream: Scripted) -> None:
    upstream.script = whole(b'{"object":"response.input_tokens","input_tokens":11}')
    assert client.responses.input_tokens.count(model="mine", input="hi").input_tokens == 11
    assert upstream.asked[-1].line == "POST /v1/responses/input_tokens HTTP/1.1"
    assert sent(upstream) == {"model": "gpt-5.4", "input": "hi"}
    upstream.script = whole(b'{"input_tokens":7}')
    assert client.responses.input_tokens.count(model="claude", input="hi").input_tokens == 7
    assert upstream.asked[-1].line == "POST /v1/messages/count_tokens HTTP/1.1"


def test_a_conversation_is_compacted_where_that_is_known(
    client: openai.OpenAI, bare: CallServer, upstream: Scripted
) -> None:
    compaction = {"id": "cmp_1", "type": "compaction", "encrypted_content": "gAAA"}
    made = {"id": "resp_c", "object": "response.compaction", "created_at": 1, "output": [compaction], "usage": USAGE}
    upstream.script = whole(json.dumps(made).encode())
    done = client.responses.compact(model="instructed", input="a long talk")  # type: ignore[arg-type]
    assert done.object == "response.compaction"
    assert upstream.asked[-1].line == "POST /v1/responses/compact HTTP/1.1"
    assert sent(upstream) == {"model": "gpt-5.4", "input": "a long talk", "instructions": "Be polite."}
    assert bare.books.last().usage.total == 30
    with pytest.raises(openai.BadRequestError) as raised:
        client.responses.compact(model="claude", input="a long talk")  # type: ignore[arg-type]
    assert raised.value.param == "model"


def test_unknown_parameters_and_ids_are_refused(bare: CallServer, upstream: Scripted) -> None:
    upstream.script = in_turn(whole(body()), whole(body()))
    post(bare, model="mine", input="hi")
    headers = {"authorization": f"Bearer {KEY}"}
    refused = httpx2.get(f"{bare.url}/v1/responses/resp_1?limit=3", headers=headers)
    assert (refused.status_code, refused.json()["error"]["param"]) == (400, "limit")
    assert httpx2.get(f"{bare.url}/v1/responses/resp_9", headers=headers).status_code == 404
    assert httpx2.get(f"{bare.url}/v1/responses/resp_1", headers={}).status_code == 401
