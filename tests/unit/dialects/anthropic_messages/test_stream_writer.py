from __future__ import annotations

from typing import Any

import msgspec
import pytest

from trunkline.core.chat import ChatRequest, Citation, Media, Usage
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
from trunkline.dialects.anthropic_messages import DIALECT
from trunkline.dialects.sse import EventReader


def write(*events: ChatEvent) -> list[dict[str, Any]]:
    writer = DIALECT.stream_writer(ChatRequest(model="asked", messages=()))
    read = EventReader().feed(b"".join(writer.write(event) for event in events))
    wire = [msgspec.json.decode(event.data) for event in read]
    assert [event.name for event in read] == [event["type"] for event in wire]
    return wire


def shape(wire: list[dict[str, Any]]) -> list[str]:
    """The order of events, in short: ``+0 text`` begins block 0, ``0 text_delta`` continues it, ``-0`` ends it."""
    short = {
        "content_block_start": lambda event: f"+{event['index']} {event['content_block']['type']}",
        "content_block_delta": lambda event: f"{event['index']} {event['delta']['type']}",
        "content_block_stop": lambda event: f"-{event['index']}",
    }
    return [short.get(event["type"], lambda event: event["type"])(event) for event in wire]


def test_the_vendors_exact_order():
    wire = write(
        Start("msg_1", "claude", usage=Usage(input=9, output=1)),
        ReasoningDelta("hm"),
        ReasoningDelta(signature="sig"),
        TextDelta("a"),
        TextDelta("b"),
        ToolCallStart(0, "toolu_1", "f"),
        ToolCallDelta(0, '{"x"'),
        ToolCallDelta(0, ":1}"),
        Stop("tool_calls"),
        UsageReport(Usage(input=9, output=5)),
        End(),
    )
    assert shape(wire) == [
        "message_start",
        "+0 thinking",
        "0 thinking_delta",
        "0 signature_delta",
        "-0",
        "+1 text",
        "1 text_delta",
        "1 text_delta",
        "-1",
        "+2 tool_use",
        "2 input_json_delta",
        "2 input_json_delta",
        "-2",
        "message_delta",
        "message_stop",
    ]
    assert wire[0]["message"]["usage"]["input_tokens"] == 9
    assert wire[-2]["delta"] == {"stop_reason": "tool_use", "stop_sequence": None}
    assert wire[-2]["usage"]["output_tokens"] == 5


def test_bytes_come_with_each_event():
    writer = DIALECT.stream_writer(ChatRequest(model="m", messages=()))
    assert writer.write(Start("msg_1", "m")).startswith(b"event: message_start\ndata: {")
    assert writer.write(TextDelta("a")).startswith(b"event: content_block_start\ndata: {")
    assert writer.write(TextDelta('"\n')) == (
        b'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,'
        b'"delta":{"type":"text_delta","text":"\\"\\n"}}\n\n'
    )
    assert writer.write(Stop()) == b'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}\n\n'
    assert writer.write(UsageReport(Usage())) == b"", "usage is told with the end"


def test_parts_that_are_two_stay_two():
    wire = write(
        Start(),
        TextDelta("a"),
        TextDelta("b", part=1),
        ReasoningDelta("c", part=1),
        ReasoningDelta("d", part=2),
        Stop(),
    )
    assert shape(wire)[1:] == [
        "+0 text",
        "0 text_delta",
        "-0",
        "+1 text",
        "1 text_delta",
        "-1",
        "+2 thinking",
        "2 thinking_delta",
        "-2",
        "+3 thinking",
        "3 thinking_delta",
        "-3",
    ]


def test_nothing_is_added_to_signed_thoughts():
    wire = write(Start(), ReasoningDelta("a", signature="s"), ReasoningDelta("b"), ReasoningDelta(redacted="r"), End())
    assert shape(wire)[1:-2] == [
        "+0 thinking",
        "0 thinking_delta",
        "0 signature_delta",
        "-0",
        "+1 thinking",
        "1 thinking_delta",
        "-1",
        "+2 redacted_thinking",
        "-2",
    ]


def test_an_answer_without_parts():
    assert shape(write(Start("a", "b"), Stop(), End())) == ["message_start", "message_delta", "message_stop"]


def test_what_a_provider_does_not_say_is_made_up():
    (start, *_) = write(Start(), Stop(), End())
    assert start["message"]["id"].startswith("msg_")
    assert start["message"]["model"] == "asked"
    assert shape(write(TextDelta("a")))[0] == "message_start"


@pytest.mark.parametrize(
    ("stop", "reason"),
    [
        (Stop(), "end_turn"),
        (Stop("length"), "max_tokens"),
        (Stop("content_filter"), "refusal"),
        (Stop("pause"), "pause_turn"),
        (Stop("stop_sequence", "END"), "stop_sequence"),
    ],
)
def test_reasons(stop, reason):
    assert write(Start(), stop, End())[-2]["delta"] == {"stop_reason": reason, "stop_sequence": stop.sequence}


def test_an_answer_that_ended_with_an_error_is_no_whole_one():
    wire = write(Start(), TextDelta("a"), Stop("error"), End())
    assert shape(wire)[-2:] == ["-0", "error"]
    assert wire[-1]["error"]["type"] == "api_error"


@pytest.mark.parametrize(
    ("kind", "name"),
    [("overloaded", "overloaded_error"), ("rate_limit", "rate_limit_error"), ("malformed", "api_error")],
)
def test_a_failure_is_told_in_the_stream(kind, name):
    wire = write(Start(), TextDelta("a"), Failure("Sorry.", kind))
    assert wire[-1] == {"type": "error", "error": {"type": name, "message": "Sorry."}}
    assert write(Failure("Sorry.", kind)) == [wire[-1]]


def test_only_the_first_choice_is_written():
    events = (
        TextDelta("a", choice=1),
        ReasoningDelta("a", choice=1),
        RefusalDelta("a", choice=1),
        ToolCallStart(0, "a", "f", choice=1),
        ToolCallDelta(0, "{}", choice=1),
        CitationDelta(Citation(url="https://x"), choice=1),
        ImageDelta(Media(url="https://x"), choice=1),
        AudioDelta(transcript="a", choice=1),
        Stop("length", choice=1),
    )
    assert shape(write(Start(), *events, Stop(), End())) == ["message_start", "message_delta", "message_stop"]
    assert write(Start(), *events, Stop(), End())[1]["delta"]["stop_reason"] == "end_turn"


def test_what_others_stream_is_told_with_what_this_wire_has():
    wire = write(
        Start(),
        RefusalDelta("No."),
        ImageDelta(Media(data="AAAA", media_type="image/png")),
        AudioDelta(data="AAAA"),
        AudioDelta(transcript="Hear."),
        OpaqueDelta("gemini", {}),
        CitationDelta(Citation()),
        CitationDelta(Citation(url="https://x", title="X")),
        Stop(),
        End(),
    )
    texts = [event["delta"].get("text") for event in wire if event["type"] == "content_block_delta"]
    left_out = "[A picture (image/png) was left out: this API has no place for one in an answer.]"
    assert texts[:3] == ["No.", left_out, "Hear."]
    citations = [event["delta"] for event in wire if event.get("delta", {}).get("type") == "citations_delta"]
    assert citations[0]["citation"]["url"] == "https://x"


def test_calls_that_come_interleaved_are_put_in_order():
    wire = write(
        Start(),
        ToolCallStart(0, "a", "f"),
        ToolCallStart(1, "b", "g"),
        ToolCallDelta(1, '{"y":'),
        ToolCallDelta(0, '{"x":'),
        ToolCallDelta(1, "2}"),
        ToolCallDelta(0, "1}"),
        Stop("tool_calls"),
        End(),
    )
    assert shape(wire)[1:-2] == [
        "+0 tool_use",
        "0 input_json_delta",
        "0 input_json_delta",
        "-0",
        "+1 tool_use",
        "1 input_json_delta",
        "-1",
    ]
    arguments = [event["delta"]["partial_json"] for event in wire if event["type"] == "content_block_delta"]
    assert arguments == ['{"x":', "1}", '{"y":2}']


def test_calls_one_after_the_other_are_not_held():
    writer = DIALECT.stream_writer(ChatRequest(model="m", messages=()))
    for event in (Start(), ToolCallStart(0, "a", "f"), ToolCallDelta(0, "{}"), ToolCallStart(1, "b", "g")):
        writer.write(event)
    assert b'"name":"g"' in writer.write(ToolCallDelta(1, '{"y"'))


def test_text_between_two_pieces_of_a_call_comes_after_it():
    wire = write(
        Start(),
        ToolCallStart(0, "a", "f"),
        ToolCallDelta(0, '{"x"'),
        TextDelta("wait "),
        ToolCallDelta(0, ":1}"),
        ToolCallStart(1, "b", "g"),
        ReasoningDelta("hm"),
        ToolCallDelta(1, "{}"),
        Stop("tool_calls"),
        End(),
    )
    assert shape(wire)[1:-2] == [
        "+0 tool_use",
        "0 input_json_delta",
        "0 input_json_delta",
        "-0",
        "+1 text",
        "1 text_delta",
        "-1",
        "+2 thinking",
        "2 thinking_delta",
        "-2",
        "+3 tool_use",
        "3 input_json_delta",
        "-3",
    ]


def test_calls_without_arguments_are_written_at_the_end():
    wire = write(Start(), ToolCallStart(0, "a", "f"), ToolCallStart(1, "b", "g"), TextDelta("so"), Stop(), End())
    assert shape(wire)[1:-2] == ["+0 text", "0 text_delta", "-0", "+1 tool_use", "-1", "+2 tool_use", "-2"]


def test_the_input_of_a_server_tool_is_streamed_as_the_vendor_does():
    call = {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {"query": "q"}}
    wire = write(Start(), OpaqueDelta("anthropic_messages", call), Stop(), End())
    assert wire[1]["content_block"]["input"] == {}
    assert wire[2]["delta"] == {"type": "input_json_delta", "partial_json": '{"query":"q"}'}
    assert shape(wire)[3] == "-0"
