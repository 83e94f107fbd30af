"""What is not needed to understand an answer does not cost it; what is needed does."""

from __future__ import annotations

import json
from typing import Any

import pytest

from trunkline.core.chat import Text, ToolCall
from trunkline.core.chat_events import End, TextDelta
from trunkline.core.errors import UpstreamError
from trunkline.dialects import anthropic_messages, bedrock_converse, gemini, ollama, openai_chat, openai_responses
from trunkline.providers.dialect_choice import PASSTHROUGHS

Json = dict[str, Any]

CALL: Json = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
WHOLE: dict[str, tuple[Any, Json]] = {
    "openai_chat": (
        openai_chat.DIALECT,
        {"id": "a", "model": "m", "created": 1, "choices": [{"index": 0, "message": {"content": "hi"}}], "usage": {}},
    ),
    "anthropic_messages": (
        anthropic_messages.DIALECT,
        {
            "id": "a", "type": "message", "model": "m", "content": [{"type": "text", "text": "hi"}],
            "stop_reason": "end_turn", "usage": {"input_tokens": 1, "output_tokens": 1},
        },
    ),
    "gemini": (
        gemini.DIALECT,
        {
            "candidates": [{"content": {"parts": [{"text": "hi"}]}, "finishReason": "STOP", "index": 0}],
            "usageMetadata": {"promptTokenCount": 1}, "modelVersion": "m", "responseId": "r",
        },
    ),
    "bedrock_converse": (
        bedrock_converse.DIALECT,
        {"output": {"message": {"content": [{"text": "hi"}]}}, "stopReason": "end_turn", "usage": {"inputTokens": 1}},
    ),
    "ollama": (
        ollama.DIALECT,
        {"model": "m", "created_at": "2025-01-01T00:00:00Z", "message": {"content": "hi"}, "done": True},
    ),
    "openai_responses": (
        openai_responses.DIALECT,
        {
            "id": "a", "model": "m", "created_at": 1, "status": "completed", "usage": {},
            "output": [{"type": "message", "content": [{"type": "output_text", "text": "hi"}]}],
        },
    ),
}  # fmt: skip
WRONG: list[Any] = ["7", 7, -5, 1.5, 2**63 - 1, 10**30, [], {}, True, ["x"], {"a": [1]}, 1e308]
SPARE = {
    "openai_chat": ("id", "model", "created", "usage", "service_tier", "object", "system_fingerprint"),
    "anthropic_messages": ("id", "model", "stop_reason", "stop_sequence", "usage"),
    "gemini": ("usageMetadata", "modelVersion", "responseId", "createTime"),
    "bedrock_converse": ("stopReason", "usage", "serviceTier", "performanceConfig", "metrics"),
    "ollama": ("model", "created_at", "done_reason", "eval_count", "eval_duration", "total_duration", "logprobs"),
    "openai_responses": ("id", "model", "created_at", "usage", "service_tier", "incomplete_details"),
}


def told(name: str, body: Json) -> str:
    dialect = WHOLE[name][0]
    (choice,) = dialect.read_response(json.dumps(body).encode()).choices
    return "".join(part.text for part in choice.parts if isinstance(part, Text))


@pytest.mark.parametrize(("name", "field"), [(name, field) for name in SPARE for field in SPARE[name]])
def test_a_spare_field_of_a_wrong_type_costs_nothing(name: str, field: str) -> None:
    body = WHOLE[name][1]
    for wrong in WRONG:
        odd = json.dumps({**body, field: wrong}).encode()
        assert told(name, {**body, field: wrong}) == "hi", wrong
        if name in PASSTHROUGHS:
            assert PASSTHROUGHS[name].read_tap(odd).error is None, wrong


@pytest.mark.parametrize("name", WHOLE)
def test_what_is_no_answer_is_malformed(name: str) -> None:
    dialect, body = WHOLE[name]
    needed = next(field for field in ("choices", "content", "candidates", "output", "message") if field in body)
    for wrong in (5, True):
        with pytest.raises(UpstreamError) as raised:
            dialect.read_response(json.dumps({**body, needed: wrong}).encode())
        assert raised.value.kind == "malformed"


def test_fields_of_lists_are_spared_too() -> None:
    body = WHOLE["openai_chat"][1]
    choice = {"index": "0", "message": {"content": "hi", "annotations": 5}, "logprobs": "none", "finish_reason": 3}
    assert told("openai_chat", {**body, "choices": [choice]}) == "hi"


def test_a_stream_is_read_without_them() -> None:
    chunk = {"id": 5, "created": "now", "model": 7, "service_tier": 1}
    choice = {"index": "0", "delta": {"content": "hi"}, "finish_reason": None, "logprobs": []}
    last = {"index": "0", "delta": {}, "finish_reason": "stop"}
    body = b"".join(b"data: %b\n\n" % json.dumps({**chunk, "choices": [one]}).encode() for one in (choice, last))
    reader = openai_chat.DIALECT.stream_reader()
    events = [*reader.feed(body + b"data: [DONE]\n\n"), *reader.close()]
    assert TextDelta("hi") in events
    assert isinstance(events[-1], End)
    tap = PASSTHROUGHS["openai_chat"].tap()
    assert b'"hi"' in tap.feed(body + b"data: [DONE]\n\n")
    tap.close()
    assert tap.error is None


@pytest.mark.parametrize("given", ['{"x":1}', {"x": 1}], ids=["text", "object"])
def test_the_input_of_a_call_may_be_written_as_a_text(given: Any) -> None:
    block = {"type": "tool_use", "id": "c", "name": "f", "input": given}
    body = {**WHOLE["anthropic_messages"][1], "content": [block]}
    (choice,) = anthropic_messages.DIALECT.read_response(json.dumps(body).encode()).choices
    assert choice.parts == (ToolCall("c", "f", '{"x":1}'),)
    block = {"toolUse": {"toolUseId": "c", "name": "f", "input": given}}
    body = {"output": {"message": {"content": [block]}}}
    (choice,) = bedrock_converse.DIALECT.read_response(json.dumps(body).encode()).choices
    assert choice.parts == (ToolCall("c", "f", '{"x":1}'),)
    start = {
        "type": "content_block_start",
        "index": 0,
        "content_block": {"type": "tool_use", "name": "f", "input": given},
    }
    events = [start, {"type": "message_delta", "delta": {"stop_reason": "tool_use"}}, {"type": "message_stop"}]
    reader = anthropic_messages.DIALECT.stream_reader()
    got = reader.feed(b"".join(b"data: %b\n\n" % json.dumps(event).encode() for event in events))
    assert [event.arguments for event in got if hasattr(event, "arguments")] == ['{"x":1}']


@pytest.mark.parametrize("kind", ["text", "thinking"])
@pytest.mark.parametrize("nothing", [{}, None], ids=["missing", "null"])
def test_an_empty_text_may_be_null_or_missing(kind: str, nothing: Json | None) -> None:
    block = {"type": kind, "signature": 5, "citations": 5, **({kind: None} if nothing is None else {})}
    body = {**WHOLE["anthropic_messages"][1], "content": [block, {"type": "text", "text": "hi"}]}
    assert told("anthropic_messages", body) == "hi"


def test_a_call_without_input_or_id_has_both() -> None:
    body = {**WHOLE["anthropic_messages"][1], "content": [{"type": "tool_use", "id": 5, "name": "f", "input": None}]}
    (choice,) = anthropic_messages.DIALECT.read_response(json.dumps(body).encode()).choices
    (call,) = choice.parts
    assert isinstance(call, ToolCall)
    assert (call.arguments, call.id.startswith("call_0_f")) == ("{}", True)


@pytest.mark.parametrize("name", ["openai_chat", "openai_responses"])
def test_a_cost_beyond_all_figures_is_none(name: str) -> None:
    dialect, body = WHOLE[name]
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "input_tokens": 1, "output_tokens": 1, "cost": 1e308}
    odd = json.dumps({**body, "usage": usage}).encode()
    assert dialect.read_response(odd).usage.cost_nanos is None
    told_usage = PASSTHROUGHS[name].read_tap(odd).usage
    assert told_usage is not None
    assert told_usage.cost_nanos is None
