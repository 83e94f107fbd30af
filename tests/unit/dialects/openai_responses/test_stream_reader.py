"""Streams of providers."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from trunkline.core.chat import Citation, LogProb, Usage
from trunkline.core.chat_events import (
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

from .fixture import load, names

START = Start(
    "resp_67ccd2bed1ec8190b14f964abc0542670bb6a6b452d3795b",
    "gpt-5.1-2025-11-13",
    1741476542,
    service_tier="default",
)
USAGE = UsageReport(Usage(input=37, output=11, cached=5, reasoning=4))
SEAL = "gAAAAABpIMzQm3Q3vHf0yq1Gq5u0kz3cO1dYqkYw=="
EARLY = Failure("The provider ended the stream early.", "malformed")
HELLO: list[ChatEvent] = [TextDelta("Hi"), TextDelta(" there"), TextDelta("! Grüß"), TextDelta("e 🦄")]
CALL: list[ChatEvent] = [ToolCallStart(0, "call_1", "get_weather"), ToolCallDelta(0, '{"city":"Rome"}')]


def read(body: bytes) -> list[ChatEvent]:
    reader = DIALECT.stream_reader()
    return reader.feed(body) + reader.close()


def recorded(name: str) -> list[ChatEvent]:
    return read(load(f"streams/{name}.sse"))


def sse(*events: dict[str, Any]) -> bytes:
    return b"".join(b"data: %b\n\n" % msgspec.json.encode(event) for event in events)


@pytest.mark.parametrize("name", ["text", "crlf", "no_names_done"])
def test_text(name: str) -> None:
    assert recorded(name) == [START, *HELLO, Stop(), USAGE, End()]


@pytest.mark.parametrize("name", names("streams"))
def test_byte_by_byte(name: str) -> None:
    body = load(f"streams/{name}")
    reader = DIALECT.stream_reader()
    events = [event for place in range(len(body)) for event in reader.feed(body[place : place + 1])]
    assert events + reader.close() == read(body)


def test_thoughts_and_calls() -> None:
    identity = "rs_68af4030592c"
    assert recorded("reasoning_tools") == [
        START,
        ReasoningDelta("**Look", part=0, summary=True, id=identity),
        ReasoningDelta("ing**", part=0, summary=True, id=identity),
        ReasoningDelta("**Then**", part=1, summary=True, id=identity),
        ReasoningDelta("", SEAL, part=1, summary=True, id=identity, format="openai-responses-v1"),
        TextDelta("Let me look."),
        ToolCallStart(0, "call_1", "get_weather"),
        ToolCallDelta(0, '{"ci'),
        ToolCallDelta(0, 'ty":"Rome"}'),
        ToolCallStart(1, "call_2", "get_time"),
        ToolCallDelta(1, "{}"),
        Stop("tool_calls"),
        USAGE,
        End(),
    ]


def test_thoughts_of_open_models() -> None:
    assert recorded("open_weights")[1:4] == [
        ReasoningDelta("Two and", id="rs_abc"),
        ReasoningDelta(" two.", id="rs_abc"),
        TextDelta("4"),
    ]
    assert recorded("reasoning_bare")[1:2] == [TextDelta("4")]


def test_ends() -> None:
    refusal: list[ChatEvent] = [RefusalDelta("I'm "), RefusalDelta("sorry.")]
    assert recorded("refusal") == [START, *refusal, Stop("refusal"), USAGE, End()]
    assert recorded("max_output_tokens") == [START, TextDelta("In a peaceful"), Stop("length"), USAGE, End()]
    assert recorded("content_filter") == [START, TextDelta("In a peaceful"), Stop("content_filter"), USAGE, End()]


def test_failures() -> None:
    assert recorded("cut_off")[-1] == EARLY
    assert not any(isinstance(event, Stop) for event in recorded("cut_off"))
    failed = recorded("failed")[-1]
    assert isinstance(failed, Failure)
    assert (failed.kind, failed.code) == ("server", "server_error")
    (first,) = recorded("error_first")
    assert isinstance(first, Failure)
    assert (first.kind, first.code) == ("rate_limit", "rate_limit_exceeded")
    assert "sk-proj" not in first.message
    nested = recorded("error_nested")
    assert isinstance(nested[-1], Failure)
    assert (nested[-1].kind, nested[-1].code) == ("too_large", "context_length_exceeded")
    assert len(nested) == 2


def test_searches() -> None:
    events = recorded("web_search")
    opaque = events[1]
    assert isinstance(opaque, OpaqueDelta)
    assert isinstance(opaque.value, dict)
    assert opaque.value["status"] == "completed"
    source = Citation(url="https://example.com/", title="Good news", start=0, end=4)
    assert events[2:] == [TextDelta("News"), TextDelta(" today."), CitationDelta(source), Stop(), USAGE, End()]


def test_pictures() -> None:
    picture = recorded("image")[1]
    assert isinstance(picture, ImageDelta)
    assert picture.media.media_type == "image/png"
    assert len(recorded("image")) == 5  # the unfinished picture is passed over


def test_log_probabilities() -> None:
    assert recorded("logprobs")[1] == TextDelta(
        "Hi", logprobs=(LogProb("Hi", -0.1, (72, 105), (LogProb("Hi", -0.1, (72, 105)),)),)
    )


def test_servers_that_leave_events_out() -> None:
    source = Citation(url="https://example.com/", title="Good news", start=0, end=4)
    told: list[ChatEvent] = [TextDelta("Hi"), CitationDelta(source), *CALL]
    assert recorded("only_items_done") == [START, *told, Stop("tool_calls"), End()]
    assert recorded("only_the_end") == [START, TextDelta("Hi"), *CALL, Stop("tool_calls"), USAGE, End()]
    assert recorded("no_created") == [Start(), TextDelta("Hi"), Stop(), USAGE, End()]


def test_done_events_tell_what_no_delta_told() -> None:
    created = {"type": "response.created", "response": {"id": "r", "model": "m"}}
    place = {"output_index": 0, "content_index": 0}
    call = {"type": "function_call", "id": "fc_1", "name": "f", "arguments": ""}
    body = sse(
        created,
        {"type": "response.reasoning_summary_text.done", "output_index": 0, "summary_index": 0, "text": "S"},
        {"type": "response.reasoning_text.done", **place, "text": "T"},
        {"type": "response.output_text.done", "output_index": 1, "content_index": 0, "text": "A"},
        {"type": "response.refusal.done", "output_index": 1, "content_index": 1, "refusal": "R"},
        {"type": "response.output_item.added", "output_index": 2, "item": call},
        {"type": "response.function_call_arguments.done", "output_index": 2, "arguments": "{}"},
        {"type": "response.output_item.done", "output_index": 2, "item": {**call, "arguments": "{}"}},
        {"type": "response.output_item.done", "output_index": 2, "item": {**call, "arguments": "{}"}},
        {"type": "response.completed", "response": {"status": "completed"}},
    )
    assert read(body) == [
        Start("r", "m"),
        ReasoningDelta("S", part=0, summary=True),
        ReasoningDelta("T", part=1),
        TextDelta("A"),
        RefusalDelta("R"),
        ToolCallStart(0, "fc_1", "f"),
        ToolCallDelta(0, "{}"),
        Stop("tool_calls"),
        End(),
    ]


def test_items_told_again_are_nothing() -> None:
    search = {"type": "response.output_item.done", "output_index": 0, "item": {"type": "web_search_call"}}
    sealed = {"type": "reasoning", "summary": [], "encrypted_content": "S"}
    thought = {"type": "response.output_item.done", "output_index": 1, "item": sealed}
    assert [type(event) for event in DIALECT.stream_reader().feed(sse(search, search, thought, thought))] == [
        Start,
        OpaqueDelta,
        ReasoningDelta,
    ]


def test_arguments_as_an_object_and_calls_side_by_side() -> None:
    def added(place: int) -> dict[str, Any]:
        item = {"type": "function_call", "call_id": f"c{place}", "name": "f", "arguments": ""}
        return {"type": "response.output_item.added", "output_index": place, "item": item}

    def delta(place: int, text: str) -> dict[str, Any]:
        return {"type": "response.function_call_arguments.delta", "output_index": place, "delta": text}

    item = {"type": "function_call", "call_id": "c2", "name": "g", "arguments": {"a": 1}}
    body = sse(
        added(0),
        added(1),
        delta(1, "{"),
        delta(0, "["),
        delta(7, "lost"),
        {"type": "response.output_item.done", "output_index": 2, "item": item},
    )
    assert DIALECT.stream_reader().feed(body)[1:] == [
        ToolCallStart(0, "c0", "f"),
        ToolCallStart(1, "c1", "f"),
        ToolCallDelta(1, "{"),
        ToolCallDelta(0, "["),
        ToolCallStart(2, "c2", "g"),
        ToolCallDelta(2, '{"a":1}'),
    ]


@pytest.mark.parametrize(
    ("body", "failure"),
    [
        (b"", EARLY),
        (b": nothing\n\n", EARLY),
        (b"data: [DONE]\n\n", EARLY),
        (sse({"type": "response.created", "response": {}}) + b"data: [DONE]\n\n", EARLY),
        (b"<html>busy</html>", EARLY),
    ],
)
def test_streams_without_an_end(body: bytes, failure: Failure) -> None:
    assert read(body)[-1] == failure


@pytest.mark.parametrize(
    "piece",
    [
        b"data: {\n\n",
        b"data: \xff\n\n",
        b'data: {"type":"response.output_text.delta","delta":3}\n\n',
        b'data: {"type":"response.output_item.done"}\n\ndata: {"type":"response.completed"}\n\n',
        b"data: " + b"[" * 100_000 + b"\n\n",
    ],
)
def test_what_is_not_this_wire_is_malformed(piece: bytes) -> None:
    reader = DIALECT.stream_reader()
    last = reader.feed(piece)[-1]
    assert isinstance(last, Failure)
    assert last.kind == "malformed"
    assert reader.feed(load("streams/text.sse")) == []
    assert reader.close() == []


def test_an_event_that_never_ends_is_malformed() -> None:
    reader = DIALECT.stream_reader()
    events = [event for _ in range(20) for event in reader.feed(b"data: " + b"x" * (1 << 20))]
    assert [type(event) for event in events] == [Failure]


def test_a_last_event_without_its_blank_line_counts() -> None:
    assert read(load("streams/text.sse").rstrip(b"\n"))[-1] == End()


def test_unknown_events_are_passed_over() -> None:
    body = load("streams/text.sse")
    more = sse({"type": "response.keepalive"}, {"type": "response.new_thing", "item": [1]}, {})
    cut = body.index(b"event: response.output_item.added")
    assert read(body[:cut] + more + body[cut:]) == recorded("text")


TWICE = '"{\\"city\\":\\"Rome\\"}"'
PLAIN = '{"city":"Rome"}'


@pytest.mark.parametrize("told", ["deltas", "done", "item", "nothing more"])
@pytest.mark.parametrize("size", [1, 3, 100])
def test_arguments_that_are_json_twice_are_told_as_they_were_meant(told: str, size: int) -> None:
    item = {"type": "function_call", "call_id": "call_1", "name": "get_weather", "arguments": ""}
    deltas = [
        {"type": "response.function_call_arguments.delta", "output_index": 0, "delta": TWICE[at : at + size]}
        for at in range(0, len(TWICE), size)
    ]
    done = {"type": "response.function_call_arguments.done", "output_index": 0, "arguments": TWICE}
    whole = {"type": "response.output_item.done", "output_index": 0, "item": {**item, "arguments": TWICE}}
    events = {"deltas": [*deltas, done, whole], "done": [done, whole], "item": [whole], "nothing more": deltas}[told]
    found = read(
        sse(
            {"type": "response.output_item.added", "output_index": 0, "item": item},
            *events,
            {"type": "response.completed", "response": {"id": "r", "status": "completed", "output": []}},
        )
    )
    assert "".join(event.arguments for event in found if isinstance(event, ToolCallDelta)) == PLAIN
    assert isinstance(found[-1], End)
