"""Thoughts for clients that asked for a summary of them, and back from their history."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from trunkline.core.chat import (
    ChatRequest,
    ChatResponse,
    Choice,
    Message,
    Reasoning,
    ReasoningOptions,
    Text,
    ToolCall,
)
from trunkline.core.chat_events import ChatEvent, End, ReasoningDelta, Start, Stop, TextDelta
from trunkline.dialects.openai_responses import DIALECT, echo_request
from trunkline.dialects.sse import EventReader

NAME = "openai_responses"
CLAUDE = "anthropic-claude-v1"
THOUGHT = Reasoning("They greet.", signature="c2ln", format=CLAUDE)


def request(summary: str | None) -> ChatRequest:
    asked = ReasoningOptions(effort="low", summary=summary)
    return ChatRequest(model="m", messages=(Message("user", (Text("Hi"),)),), reasoning=asked)


def whole(*parts: Any, summary: str | None = "auto") -> list[Any]:
    extra = {NAME: echo_request(request(summary))}
    answer = ChatResponse(id="resp_1", model="m", choices=(Choice(parts),), extra=extra)
    return msgspec.json.decode(DIALECT.write_response(answer))["output"]


def streamed(*events: ChatEvent, summary: str | None = "auto") -> list[Any]:
    writer = DIALECT.stream_writer(request(summary))
    body = b"".join(writer.write(event) for event in (Start("resp_1", "m"), *events, Stop(), End()))
    return [msgspec.json.decode(event.data) for event in EventReader().feed(body)]


def back(*items: Any) -> tuple[Any, ...]:
    body = {"model": "m", "input": [{"role": "user", "content": "Hi"}, *items]}
    return DIALECT.read_request(msgspec.json.encode(body)).messages[1].parts


@pytest.mark.parametrize("summary", ["auto", "concise", "detailed"])
def test_thoughts_are_told_as_the_summary_that_was_asked_for(summary: str) -> None:
    thought, _ = whole(THOUGHT, Text("Hello."), summary=summary)
    assert thought["summary"] == [{"type": "summary_text", "text": "They greet."}]
    assert "content" not in thought


def test_who_asked_for_none_gets_the_thoughts_themselves() -> None:
    thought, _ = whole(THOUGHT, Text("Hello."), summary=None)
    assert thought["summary"] == []
    assert thought["content"] == [{"type": "reasoning_text", "text": "They greet."}]


def test_streamed_too() -> None:
    events = streamed(
        ReasoningDelta("They "), ReasoningDelta("greet."), ReasoningDelta(signature="c2ln", format=CLAUDE),
        TextDelta("Hello."),
    )  # fmt: skip
    kinds = [event["type"].removeprefix("response.") for event in events]
    assert kinds[2:8] == [
        "output_item.added",
        "reasoning_summary_part.added",
        "reasoning_summary_text.delta",
        "reasoning_summary_text.delta",
        "reasoning_summary_text.done",
        "reasoning_summary_part.done",
    ]
    assert [event["delta"] for event in events if event["type"].endswith("summary_text.delta")] == ["They ", "greet."]
    assert [event["summary_index"] for event in events if "summary_index" in event] == [0] * 5
    assert events[-1]["response"]["output"][0]["summary"] == [{"type": "summary_text", "text": "They greet."}]


def test_whole_and_streamed_are_the_same_item() -> None:
    (item,) = whole(THOUGHT)
    events = streamed(ReasoningDelta("They greet."), ReasoningDelta(signature="c2ln", format=CLAUDE))
    assert events[-1]["response"]["output"] == [item]


def test_several_thoughts_are_several_items() -> None:
    other = Reasoning("Then look.", signature="b3Ro", format=CLAUDE)
    items = whole(THOUGHT, ToolCall("c", "look"), other)
    assert [[piece["text"] for piece in item.get("summary", [])] for item in items] == [
        ["They greet."], [], ["Then look."],
    ]  # fmt: skip


def test_a_signature_without_its_text_is_no_summary() -> None:
    (item,) = whole(Reasoning("", signature="c2ln", format=CLAUDE))
    assert item["summary"] == []
    assert back(item) == (Reasoning("", signature="c2ln", format=CLAUDE),)


@pytest.mark.parametrize("form", [CLAUDE, "bedrock-converse-v1", "google-gemini-v1", "unknown"])
def test_signed_thoughts_come_back_as_thoughts(form: str) -> None:
    signed = Reasoning("They greet.", signature="c2ln", format=form)
    (item,) = whole(signed)
    assert back(item) == (signed,)


@pytest.mark.parametrize("form", ["openai-responses-v1", "azure-openai-responses-v1", "xai-responses-v1"])
def test_summaries_of_this_wires_vendors_stay_summaries(form: str) -> None:
    signed = Reasoning("They greet.", signature="c2ln", format=form, summary=True)
    (item,) = whole(signed)
    assert back(item) == (signed,)


def test_thoughts_that_nobody_signed_come_back_with_their_text() -> None:
    (item,) = whole(Reasoning("They greet."))
    assert [part.text for part in back(item)] == ["They greet."]
