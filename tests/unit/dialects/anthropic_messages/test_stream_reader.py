from __future__ import annotations

import msgspec
import pytest

from trunkline.core.chat import Usage
from trunkline.core.chat_events import (
    CitationDelta,
    End,
    Failure,
    OpaqueDelta,
    ReasoningDelta,
    Start,
    Stop,
    TextDelta,
    ToolCallDelta,
    ToolCallStart,
    UsageReport,
)
from trunkline.dialects.anthropic_messages import DIALECT
from trunkline.dialects.sse import MAX_EVENT

from .fixture import load

ID = "msg_013Zva2CMHLNnXjNJJKqJ2EF"
MODEL = "claude-sonnet-4-5-20250929"
START = Start(ID, MODEL, usage=Usage(input=25, output=1))


def read_bytes(body: bytes):
    reader = DIALECT.stream_reader()
    return reader.feed(body) + reader.close()


def read(name: str):
    return read_bytes(load("streams", name))


def stream(*events: dict[str, object]) -> bytes:
    return b"".join(b"data: %b\n\n" % msgspec.json.encode(event) for event in events)


def begin(block: dict[str, object], **fields: object) -> dict[str, object]:
    return {"type": "content_block_start", "content_block": block, "index": 0, **fields}


def delta(value: dict[str, object], **fields: object) -> dict[str, object]:
    return {"type": "content_block_delta", "delta": value, "index": 0, **fields}


CALL = {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {}}
STOPPED = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 3}}
STOP = {"type": "message_stop"}


def test_text():
    assert read("text") == [
        START,
        TextDelta("Hello"),
        TextDelta("!"),
        TextDelta(" 世界 👋"),
        Stop(),
        UsageReport(Usage(input=25, output=15)),
        End(),
    ]


def test_events_come_as_soon_as_they_are_complete():
    reader = DIALECT.stream_reader()
    first, rest = load("streams", "text").split(b"\n\n", 1)
    assert reader.feed(first) == []
    assert reader.feed(b"\n\n") == [START]
    assert reader.feed(rest)[-1] == End()
    assert reader.close() == []


def test_calls_of_tools():
    assert read("tool_use")[3:] == [
        ToolCallStart(0, "toolu_01T1x1fJ34qAmk2tNTrN7Up6", "get_weather"),
        ToolCallDelta(0, '{"location":'),
        ToolCallDelta(0, ' "San'),
        ToolCallDelta(0, " Francisco"),
        ToolCallDelta(0, ', CA"}'),
        ToolCallStart(1, "toolu_02", "get_time"),
        Stop("tool_calls"),
        UsageReport(Usage(input=472, output=89)),
        End(),
    ]


def test_thoughts_and_their_signature():
    events = read("thinking")
    assert [event.part for event in events if isinstance(event, ReasoningDelta)] == [0, 0, 0, 1]
    text, more, signature, sealed, answer = events[1:6]
    assert isinstance(text, ReasoningDelta)
    assert isinstance(more, ReasoningDelta)
    assert text.text + more.text == "I need to find the GCD of 1071 and 462 using the Euclidean algorithm."
    assert isinstance(signature, ReasoningDelta)
    assert (signature.text, bool(signature.signature)) == ("", True)
    assert sealed == ReasoningDelta(redacted="EmwKAhgBEgy3va3pzix", part=1, format="anthropic-claude-v1")
    assert answer == TextDelta("The greatest common divisor of 1071 and 462 is **21**.", part=2)
    assert events[-2] == UsageReport(Usage(input=25, output=120, reasoning=90))


def test_server_tools_come_whole():
    events = read("web_search")
    call, found = (event for event in events if isinstance(event, OpaqueDelta))
    assert call.value == {
        "type": "server_tool_use",
        "id": "srvtoolu_014hJH82Qum7Td6UV8gDXThB",
        "name": "web_search",
        "input": {"query": "weather NYC today"},
    }
    assert isinstance(found.value, dict)
    assert found.value["type"] == "web_search_tool_result"
    (citation,) = (event for event in events if isinstance(event, CitationDelta))
    assert (citation.part, citation.citation.quote) == (3, "Sunny, 21 degrees")
    assert events[-2] == UsageReport(Usage(input=10682, output=510, searches=1))


def test_usage_adds_up_over_start_and_end():
    events = read("cached")
    assert events[0] == Start(
        ID,
        MODEL,
        usage=Usage(input=1512, output=1, cached=1200, cache_write=300, cache_write_1h=200),
        service_tier="priority",
    )
    assert events[2:] == [
        Stop("stop_sequence", "END"),
        UsageReport(Usage(input=1512, output=9, cached=1200, cache_write=300, cache_write_1h=200)),
        End(),
    ]


def test_other_reasons_and_what_only_this_wire_says_of_them():
    assert Stop("pause") in read("pause_turn")
    details = {"type": "refusal", "category": "bio", "explanation": None}
    assert Stop("refusal", extra={"anthropic_messages": {"stop_details": details}}) in read("refusal")
    start = {"type": "message_start", "message": {"id": "x", "container": {"id": "c"}, "diagnostics": None}}
    assert read_bytes(stream(start))[0] == Start("x", extra={"anthropic_messages": {"container": {"id": "c"}}})


def test_an_error_in_the_stream_is_the_last_thing_read():
    assert read("overloaded") == [
        START,
        TextDelta("Hel"),
        Failure("The provider is overloaded. Overloaded", "overloaded", "overloaded_error"),
    ]


def test_an_error_never_shows_a_key():
    (failure,) = read("error_first")
    assert isinstance(failure, Failure)
    assert failure.kind == "rate_limit"
    assert "sk-ant" not in failure.message
    assert "rate limit" in failure.message


def test_unknown_events_deltas_blocks_and_reasons_are_passed_over_or_kept():
    assert read("unknown_events") == [
        START,
        TextDelta("Hi"),
        OpaqueDelta("anthropic_messages", {"type": "hologram", "data": "xyz"}),
        Stop(extra={"anthropic_messages": {"stop_reason": "brand_new_reason"}}),
        UsageReport(Usage(input=25, output=15)),
        End(),
    ]


def test_a_body_that_lacks_only_the_last_event_is_whole():
    assert read("max_tokens_unended")[-3:] == [Stop("length"), UsageReport(Usage(input=25, output=10)), End()]


def test_a_body_that_lacks_more_is_not():
    assert read("cut_off")[-1] == Failure("The provider ended the stream early.", "malformed")
    assert read_bytes(b"") == [Failure("The provider ended the stream early.", "malformed")]


def test_streams_without_names_of_events_and_with_the_mark_of_others():
    assert read("no_event_names") == [START, TextDelta("Hi"), Stop(), UsageReport(Usage(input=25, output=15)), End()]


def test_done_stands_for_the_last_event_but_not_for_more():
    assert read_bytes(stream(STOPPED) + b"data: [DONE]\n\n")[-1] == End()
    assert isinstance(read_bytes(stream(delta({"type": "text_delta", "text": "a"})) + b"data: [DONE]\n\n")[-1], Failure)


def test_a_missing_start_is_made_up():
    assert read_bytes(stream(delta({"type": "text_delta", "text": "a"}), STOPPED, STOP)) == [
        Start(),
        TextDelta("a"),
        Stop(),
        UsageReport(Usage(output=3)),
        End(),
    ]


def test_things_said_twice_count_once():
    body = stream(STOPPED, STOPPED, STOP, STOP, delta({"type": "text_delta", "text": "late"}))
    events = read_bytes(body)
    assert [type(event) for event in events] == [Start, Stop, UsageReport, UsageReport, End]
    start = load("streams", "text").split(b"\n\n")[0] + b"\n\n"
    assert read_bytes(start + start + stream(STOPPED))[:2] == [START, Stop()]


def test_a_reason_that_is_not_told_follows_from_the_answer():
    assert Stop("tool_calls") in read_bytes(stream(begin(CALL), STOP))
    assert Stop() in read_bytes(stream(STOP))


def test_nulls_of_compatible_servers():
    stop = {**STOPPED, "message": None, "error": None, "content_block": None, "index": None}
    piece = delta({"type": "text_delta", "text": "a", "partial_json": None, "citation": None}, message=None, usage=None)
    start = {"type": "message_start", "message": {"id": None, "model": None, "usage": None}, "delta": None}
    assert read_bytes(stream(start, piece, stop, STOP)) == [
        Start(),
        TextDelta("a"),
        Stop(),
        UsageReport(Usage(output=3)),
        End(),
    ]


def test_counts_that_are_not_told_are_not_made_up():
    events = read_bytes(
        stream(
            {"type": "message_start", "message": {"id": "x", "usage": {"input_tokens": 0, "output_tokens": 0}}},
            {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": None},
            STOP,
        )
    )
    assert events == [Start("x"), Stop(), End()]


def test_input_that_comes_with_the_start_of_a_call():
    whole = {**CALL, "input": {"a": 1}}
    assert ToolCallDelta(0, '{"a":1}') in read_bytes(stream(begin(whole), STOP))
    piece = delta({"type": "input_json_delta", "partial_json": '{"a":1}'})
    assert read_bytes(stream(begin(whole), piece, STOP)).count(ToolCallDelta(0, '{"a":1}')) == 1


def test_a_call_without_an_id_gets_one():
    events = read_bytes(stream(begin({"type": "tool_use", "name": "f"}), begin({"type": "tool_use"}, index=1), STOP))
    starts = [event for event in events if isinstance(event, ToolCallStart)]
    assert len({start.id for start in starts}) == 2


def test_deltas_without_an_index_belong_to_the_block_before():
    piece = {"type": "content_block_delta", "delta": {"type": "input_json_delta", "partial_json": "{}"}}
    assert ToolCallDelta(0, "{}") in read_bytes(stream(begin(CALL, index=4), piece, STOP))


def test_text_and_thoughts_that_come_with_the_start_of_a_block():
    assert TextDelta("a", part=2) in read_bytes(stream(begin({"type": "text", "text": "a"}, index=2), STOP))
    block = {"type": "thinking", "thinking": "a", "signature": "b"}
    assert read_bytes(stream(begin(block), STOP))[1:3] == [
        ReasoningDelta("a"),
        ReasoningDelta(signature="b", format="anthropic-claude-v1"),
    ]


def test_a_call_made_by_a_server_tool_is_opaque():
    call = {**CALL, "caller": {"type": "code_execution_20250825", "tool_id": "srvtoolu_1"}}
    piece = delta({"type": "input_json_delta", "partial_json": '{"a":1}'})
    assert OpaqueDelta("anthropic_messages", {**call, "input": {"a": 1}}) in read_bytes(
        stream(begin(call), piece, STOP)
    )


def test_a_block_that_breaks_where_the_next_begins_ends_it():
    hidden = begin({"type": "server_tool_use"})
    half = delta({"type": "input_json_delta", "partial_json": "{"})
    for after in (begin({"type": "redacted_thinking", "data": "x"}), STOPPED, STOP):
        assert [type(event) for event in read_bytes(stream(hidden, half, after))] == [Start, Failure]


@pytest.mark.parametrize(
    "body",
    [
        b"data: {\n\n",
        b"data: []\n\n",
        b"data: null\n\n",
        b"data: {}\n\n",
        b'data: {"type":1}\n\n',
        b'data: {"type":"content_block_delta","index":0,"delta":5}\n\n',
        b'data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":5}}\n\n',
        b'data: {"type":"message_start","message":[]}\n\n',
        b"data: \xff\n\n",
        b'data: {"type":"message_start","message":{"\xff":1}}\n\n',
        b'data: {"type":"message_delta","delta":{"stop_reason":"end_turn","\xff":1}}\n\n',
        stream(delta({"type": "input_json_delta", "partial_json": "{"})),
        stream(
            begin({"type": "server_tool_use"}),
            delta({"type": "input_json_delta", "partial_json": "{"}),
            {"type": "content_block_stop", "index": 0},
        ),
    ],
)
def test_what_is_not_of_the_dialect_is_malformed_and_ends_it(body):
    reader = DIALECT.stream_reader()
    failure = reader.feed(body)[-1]
    assert isinstance(failure, Failure)
    assert failure.kind == "malformed"
    assert reader.feed(load("streams", "text")) == []
    assert reader.close() == []


def test_memory_is_bounded():
    reader = DIALECT.stream_reader()
    piece = b"data: " + b"x" * (1024 * 1024)
    events = [event for _ in range(MAX_EVENT // len(piece) + 2) for event in reader.feed(piece)]
    assert [type(event) for event in events] == [Failure]

    hidden = stream(begin({"type": "hologram"}))
    grow = stream(delta({"type": "hologram_delta", "data": "x" * (1024 * 1024)}))
    events = read_bytes(hidden + grow * 17)
    assert events[-1] == Failure("The provider sent a block that is too large.", "malformed")

    events = read_bytes(stream(*(begin(CALL, index=index) for index in range(2000))))
    assert events[-1] == Failure("The provider began more parts than an answer can have.", "malformed")
