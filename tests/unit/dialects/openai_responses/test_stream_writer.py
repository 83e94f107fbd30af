"""Streams for clients."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from trunkline.core.chat import ChatRequest, Citation, Media, Message, StopReason, Text, Tool, Usage
from trunkline.core.chat_events import (
    AudioDelta,
    ChatEvent,
    CitationDelta,
    End,
    Failure,
    ImageDelta,
    OpaqueDelta,
    ReasoningDelta,
    RefusalDelta,
    Start,
    Stop,
    TextDelta,
    ToolCallDelta,
    ToolCallStart,
    UsageReport,
)
from trunkline.dialects.openai_responses import DIALECT
from trunkline.dialects.sse import EventReader

START = Start("resp_1", "gpt-x", 1700000000)
USAGE = UsageReport(Usage(input=3, output=5, reasoning=2))
REQUEST = ChatRequest(
    model="alias",
    messages=(Message("system", (Text("Be."),)), Message("user", (Text("Hi"),))),
    tools=(Tool("f"),),
    stream=True,
    stream_usage=True,
)


def write(*events: ChatEvent) -> list[Any]:
    """The events, decoded; each must say its type twice, and its number."""
    writer = DIALECT.stream_writer(REQUEST)
    body = b"".join(writer.write(event) for event in events)
    found: list[Any] = []
    for number, event in enumerate(EventReader().feed(body)):
        wire = msgspec.json.decode(event.data)
        assert wire["type"] == event.name
        assert wire.pop("sequence_number") == number
        found.append(wire)
    return found


def kinds(*events: ChatEvent) -> list[str]:
    """The types between the beginning and the end."""
    return [wire["type"].removeprefix("response.") for wire in write(START, *events, Stop(), End())[2:-1]]


def output(*events: ChatEvent) -> list[Any]:
    """The items of the last event, each of which was told as done before."""
    wires = write(START, *events, Stop(), End())
    items = wires[-1]["response"]["output"]
    done = {wire["output_index"]: wire["item"] for wire in wires if wire["type"] == "response.output_item.done"}
    assert items == [done[place] for place in range(len(items))]
    return items


def test_a_text() -> None:
    wires = write(START, TextDelta('Hi "you"\n'), TextDelta("!"), Stop(), USAGE, End())
    message = {"id": "msg_resp_1_0", "type": "message", "role": "assistant"}
    place = {"item_id": "msg_resp_1_0", "output_index": 0, "content_index": 0}
    empty = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
    whole = {**empty, "text": 'Hi "you"\n!'}
    item = {**message, "status": "completed", "content": [whole]}
    assert wires[2:-1] == [
        {
            "type": "response.output_item.added",
            "output_index": 0,
            "item": {**message, "status": "in_progress", "content": []},
        },
        {"type": "response.content_part.added", **place, "part": empty},
        {"type": "response.output_text.delta", **place, "delta": 'Hi "you"\n', "logprobs": []},
        {"type": "response.output_text.delta", **place, "delta": "!", "logprobs": []},
        {"type": "response.output_text.done", **place, "text": 'Hi "you"\n!', "logprobs": []},
        {"type": "response.content_part.done", **place, "part": whole},
        {"type": "response.output_item.done", "output_index": 0, "item": item},
    ]
    created, in_progress, *_, completed = wires
    assert (created["type"], in_progress["type"]) == ("response.created", "response.in_progress")
    assert created["response"] == in_progress["response"]
    response = created["response"]
    assert (response["id"], response["model"], response["created_at"]) == ("resp_1", "gpt-x", 1700000000)
    assert (response["status"], response["output"], response["usage"]) == ("in_progress", [], None)
    assert response["instructions"] == "Be."
    assert response["tools"] == [{"type": "function", "name": "f", "parameters": None, "strict": False}]
    assert completed["type"] == "response.completed"
    assert completed["response"] == {
        **response,
        "status": "completed",
        "output": [item],
        "usage": {
            "input_tokens": 3,
            "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
            "output_tokens": 5,
            "output_tokens_details": {"reasoning_tokens": 2},
            "total_tokens": 8,
        },
    }


def test_the_order_of_a_turn() -> None:
    assert kinds(
        ReasoningDelta("a", part=0, summary=True, id="rs_1"),
        ReasoningDelta("b", part=1, summary=True, id="rs_1"),
        ReasoningDelta("", "S", part=1, summary=True, id="rs_1"),
        TextDelta("c"),
        CitationDelta(Citation(url="https://example.com/")),
        RefusalDelta("d"),
        ToolCallStart(0, "c", "f"),
        ToolCallDelta(0, "{}"),
    ) == [
        "output_item.added",
        "reasoning_summary_part.added",
        "reasoning_summary_text.delta",
        "reasoning_summary_text.done",
        "reasoning_summary_part.done",
        "reasoning_summary_part.added",
        "reasoning_summary_text.delta",
        "reasoning_summary_text.done",
        "reasoning_summary_part.done",
        "output_item.done",
        "output_item.added",
        "content_part.added",
        "output_text.delta",
        "output_text.annotation.added",
        "output_text.done",
        "content_part.done",
        "content_part.added",
        "refusal.delta",
        "refusal.done",
        "content_part.done",
        "output_item.done",
        "output_item.added",
        "function_call_arguments.delta",
        "function_call_arguments.done",
        "output_item.done",
    ]


def test_texts_of_two_parts_stay_two() -> None:
    (message,) = output(TextDelta("a"), TextDelta("b", part=1), TextDelta("c", part=1))
    assert [part["text"] for part in message["content"]] == ["a", "bc"]


def test_thoughts() -> None:
    items = output(
        ReasoningDelta("Think"),
        ReasoningDelta("ing."),
        ReasoningDelta("", signature="EpIB", format="anthropic-claude-v1"),
        ReasoningDelta(redacted="XYZ", part=1, format="anthropic-claude-v1"),
        ReasoningDelta("Again.", part=2),
        TextDelta("4"),
    )
    assert items[:3] == [
        {
            "id": "rs_resp_1_0",
            "type": "reasoning",
            "summary": [],
            "encrypted_content": "anthropic-claude-v1:EpIB",
            "content": [{"type": "reasoning_text", "text": "Thinking."}],
        },
        {
            "id": "rs_resp_1_1",
            "type": "reasoning",
            "summary": [],
            "encrypted_content": "anthropic-claude-v1:XYZ",
        },
        {
            "id": "rs_resp_1_2",
            "type": "reasoning",
            "summary": [],
            "content": [{"type": "reasoning_text", "text": "Again."}],
        },
    ]


def test_a_seal_that_follows_its_summary() -> None:
    """OpenRouter tells it as another part of the same thought."""
    items = output(
        ReasoningDelta("Hm.", part=0, summary=True, id="rs_1", format="openai-responses-v1"),
        ReasoningDelta(redacted="S", part=1, id="rs_1", format="openai-responses-v1"),
    )
    assert items == [
        {
            "id": "rs_1",
            "type": "reasoning",
            "summary": [{"type": "summary_text", "text": "Hm."}],
            "encrypted_content": "S",
        }
    ]


def test_no_id_is_told_twice() -> None:
    items = output(*[ReasoningDelta(redacted=seal, id="rs_1") for seal in "ab"])
    assert [item["id"] for item in items] == ["rs_1", "rs_resp_1_1"]


def test_calls_that_grow_side_by_side_are_told_one_after_the_other() -> None:
    wires = write(
        START,
        ToolCallStart(0, "a", "f"),
        ToolCallStart(1, "b", "g", signature="Cg=="),
        ToolCallDelta(1, "[1"),
        ToolCallDelta(0, "{"),
        TextDelta("meanwhile"),
        ToolCallDelta(1, "]"),
        ToolCallDelta(0, "}"),
        ToolCallDelta(9, "lost"),
        ToolCallStart(2, "c", "h"),
        Stop("tool_calls"),
        End(),
    )
    items = wires[-1]["response"]["output"]
    assert [(item["type"], item.get("arguments")) for item in items] == [
        ("function_call", "{}"),
        ("message", None),
        ("function_call", "[1]"),
        ("function_call", "{}"),
    ]
    assert items[2]["extra_content"] == {"google": {"thought_signature": "Cg=="}}
    open_item = None
    for wire in wires:
        if wire["type"] == "response.output_item.added":
            assert open_item is None
            open_item = wire["output_index"]
        elif wire["type"] == "response.output_item.done":
            open_item = None
        elif "output_index" in wire:
            assert wire["output_index"] == open_item


def test_a_taken_index_begins_a_new_call() -> None:
    items = output(ToolCallStart(0, "a", "f"), ToolCallDelta(0, "1"), ToolCallStart(0, "b", "g"), ToolCallDelta(0, "2"))
    assert [(item["call_id"], item["arguments"]) for item in items] == [("a", "1"), ("b", "2")]


def test_empty_arguments_are_an_empty_object_in_every_event() -> None:
    wires = write(START, ToolCallStart(0, "a", "f"), ToolCallDelta(0, ""), Stop("tool_calls"), End())
    assert [wire["delta"] for wire in wires if wire["type"].endswith("arguments.delta")] == ["{}"]
    assert [wire["arguments"] for wire in wires if wire["type"].endswith("arguments.done")] == ["{}"]


def test_sources_before_their_text_and_sources_without_an_address() -> None:
    (message,) = output(
        CitationDelta(Citation(url="https://example.com/", title="T", start=1, end=2)),
        CitationDelta(Citation(title="a book")),
        TextDelta("a"),
    )
    assert message["content"][0]["annotations"] == [
        {"type": "url_citation", "url": "https://example.com/", "title": "T", "start_index": 1, "end_index": 2}
    ]
    assert message["content"][0]["text"] == "a"


def test_pictures_sounds_and_what_others_know() -> None:
    search = {"id": "ws_1", "type": "web_search_call", "status": "completed"}
    items = output(
        ImageDelta(Media(data="iVBO", media_type="image/webp")),
        AudioDelta(data="UklG", transcript="Hello."),
        AudioDelta(data="UklG"),
        OpaqueDelta("openai_responses", search),
        OpaqueDelta("gemini", {"x": 1}),
    )
    assert items[0] == {
        "id": "ig_resp_1_0",
        "type": "image_generation_call",
        "status": "completed",
        "result": "iVBO",
        "output_format": "webp",
    }
    assert items[1]["content"][0]["text"] == "Hello."
    assert items[2] == search
    assert len(items) == 3


@pytest.mark.parametrize(
    ("stop", "status", "details"),
    [
        ("stop", "completed", None),
        ("tool_calls", "completed", None),
        ("length", "incomplete", {"reason": "max_output_tokens"}),
        ("content_filter", "incomplete", {"reason": "content_filter"}),
        ("refusal", "incomplete", {"reason": "content_filter"}),
    ],
)
def test_ends(stop: StopReason, status: str, details: Any) -> None:
    last = write(START, TextDelta("a"), Stop(stop), End())[-1]
    assert last["type"] == f"response.{status}"
    assert (last["response"]["status"], last["response"]["incomplete_details"]) == (status, details)
    assert last["response"]["output"][0]["status"] == status


def test_a_refusal_in_words_is_complete() -> None:
    assert write(START, RefusalDelta("No."), Stop("refusal"), End())[-1]["type"] == "response.completed"


def test_an_answer_that_ended_in_an_error_failed() -> None:
    last = write(START, TextDelta("a"), Stop("error"), End())[-1]
    assert last["type"] == "response.failed"
    assert last["response"]["error"]["code"] == "server_error"


def test_the_end_is_told_at_the_end() -> None:
    """What comes from the stop on is held back by the relay until the call is booked."""
    writer = DIALECT.stream_writer(REQUEST)
    for event in (START, TextDelta("a")):
        assert writer.write(event)
    assert writer.write(Stop()) == b""
    assert writer.write(USAGE) == b""
    assert b"response.completed" in writer.write(End())
    assert writer.write(TextDelta("b")) == b""


def test_failures() -> None:
    failure = Failure("It broke off.", "overloaded", "overloaded_error")
    *_, done, error, failed = write(START, TextDelta("a"), USAGE, failure, TextDelta("b"), failure)
    assert done["item"]["status"] == "incomplete"
    assert error == {"type": "error", "code": "overloaded_error", "message": "It broke off.", "param": None}
    assert failed["type"] == "response.failed"
    assert failed["response"]["error"] == {"code": "server_error", "message": "It broke off."}
    assert failed["response"]["usage"]["input_tokens"] == 3
    assert failed["response"]["output"][0]["content"][0]["text"] == "a"


def test_a_failure_before_anything() -> None:
    assert write(Failure("Busy.", "rate_limit")) == [
        {"type": "error", "code": "rate_limit", "message": "Busy.", "param": None}
    ]


def test_a_failure_replaces_an_end_that_was_held_back() -> None:
    writer = DIALECT.stream_writer(REQUEST)
    for event in (START, TextDelta("a"), Stop(), End()):
        writer.write(event)
    assert b"response.failed" in writer.write(Failure("It could not be booked."))
    assert writer.write(Failure("Again.")) == b""


def test_streams_without_a_start_or_with_two() -> None:
    wires = write(TextDelta("a"), START, Stop(), End())
    assert [wire["type"] for wire in wires].count("response.created") == 1
    assert wires[0]["response"]["model"] == "alias"
    assert write(Stop(), End())[-1]["response"]["output"] == []


def test_other_choices_are_passed_over() -> None:
    events: list[ChatEvent] = [
        TextDelta("b", choice=1),
        RefusalDelta("no", choice=1),
        ToolCallStart(0, "c", "f", choice=1),
        Stop("length", choice=1),
    ]
    wires = write(START, TextDelta("a"), *events, Stop(), End())
    assert wires[-1]["type"] == "response.completed"
    assert [item["content"][0]["text"] for item in wires[-1]["response"]["output"]] == ["a"]


def test_the_proof_of_a_text_stands_with_the_whole_text() -> None:
    (message,) = output(TextDelta("a"), TextDelta("", signature="Cg=="))
    assert message["content"][0]["extra_content"] == {"google": {"thought_signature": "Cg=="}}
