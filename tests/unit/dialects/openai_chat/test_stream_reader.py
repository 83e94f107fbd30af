"""Streams of providers, careful and careless ones."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.strategies.chat import cuts

from trunkline.core.chat import Media, Usage
from trunkline.core.chat_events import (
    AudioDelta,
    ChatEvent,
    End,
    Failure,
    ImageDelta,
    ReasoningDelta,
    RefusalDelta,
    Start,
    Stop,
    TextDelta,
    ToolCallDelta,
    ToolCallStart,
    UsageReport,
)
from trunkline.dialects.openai_chat import DIALECT
from trunkline.dialects.openai_chat.stream_reader import MAX_CHOICES
from trunkline.dialects.openai_chat.tool_calls import MAX_CALLS, MAX_WAITING

from .fixtures import load, names

START = Start("chatcmpl-B9MHDbslfkBeAs8l4bebGdFOJ6PeG", "gpt-4o-2024-08-06", 1741570283, service_tier="default")
EARLY = Failure("The provider ended the stream early.", "malformed")
MALFORMED = Failure("The provider sent something that is not its own format.", "malformed")


def read(*pieces: bytes) -> list[ChatEvent]:
    reader = DIALECT.stream_reader()
    events = [event for piece in pieces for event in reader.feed(piece)]
    return events + reader.close()


def recorded(name: str) -> list[ChatEvent]:
    return read(load(f"streams/{name}.sse"))


def chunks(*deltas: object, done: bool = True) -> bytes:
    """A stream of chunks with these deltas in choice 0."""
    body = b"".join(
        b"data: %b\n\n"
        % msgspec.json.encode({"id": "a", "model": "m", "created": 1, "choices": [{"index": 0, "delta": delta}]})
        for delta in deltas
    )
    return body + b"data: [DONE]\n\n" * done


AB = Start("a", "m", 1)


@pytest.mark.parametrize(
    ("name", "events"),
    [
        (
            "text",
            [
                START,
                TextDelta("Hel"),
                TextDelta("lo, Zoë ✓"),
                Stop(),
                UsageReport(Usage(input=19, output=10, cached=4, reasoning=2)),
                End(),
            ],
        ),
        (
            "parallel_tools",
            [
                START,
                ToolCallStart(0, "call_a", "get_weather"),
                ToolCallDelta(0, '{"city":'),
                ToolCallDelta(0, '"Paris"}'),
                ToolCallStart(1, "call_b", "get_weather"),
                ToolCallDelta(1, '{"city":"Rome"}'),
                Stop("tool_calls"),
                End(),
            ],
        ),
        ("refusal", [START, RefusalDelta("I can"), RefusalDelta("not."), Stop("refusal"), End()]),
        (
            "two_choices",
            [
                START,
                TextDelta("A"),
                TextDelta("B", 1),
                TextDelta("C", 1),
                Stop(),
                Stop("length", choice=1),
                End(),
            ],
        ),
        (
            "audio",
            [
                START,
                AudioDelta("", "Hi", "audio_1"),
                AudioDelta("AAAA", "", "audio_1"),
                AudioDelta("", "", "audio_1", 1741577283),
                Stop(),
                End(),
            ],
        ),
        (
            "deepseek",
            [
                START,
                ReasoningDelta("Hm"),
                ReasoningDelta("m."),
                TextDelta("Yes"),
                Stop(),
                UsageReport(Usage(input=8, output=6, cached=2)),
                End(),
            ],
        ),
        ("azure", [START, TextDelta("Hi"), Stop("content_filter"), End()]),
        ("groq", [START, TextDelta("Hi"), Stop(), UsageReport(Usage(input=11, output=2)), End()]),
        (
            "mistral_thinking",
            [
                START,
                ReasoningDelta("Count."),
                TextDelta("Three."),
                Stop(),
                UsageReport(Usage(input=5, output=4)),
                End(),
            ],
        ),
        (
            "careless_tools",
            [
                START,
                ToolCallStart(0, "call_x", "look"),
                ToolCallDelta(0, '{"a"'),
                ToolCallDelta(0, ":1}"),
                ToolCallStart(1, "call_0_late_5a175a175a17", "late"),
                ToolCallDelta(1, "{}"),
                Stop("tool_calls"),
                End(),
            ],
        ),
        ("no_done", [START, TextDelta("Hi"), Stop(), End()]),
        ("cut_off", [START, TextDelta("Hi"), EARLY]),
        (
            "legacy_function",
            [
                START,
                ToolCallStart(0, "call_0_get_weather_5a175a175a17", "get_weather"),
                ToolCallDelta(0, '{"city":'),
                ToolCallDelta(0, '"Paris"}'),
                Stop("tool_calls"),
                End(),
            ],
        ),
        (
            "crlf",
            [START, TextDelta("Hi\u2028there"), Stop("length"), UsageReport(Usage(input=1, output=2)), End()],
        ),
    ],
)
def test_recorded_streams(name: str, events: list[ChatEvent]) -> None:
    assert recorded(name) == events


def test_openrouter() -> None:
    seal = "anthropic-claude-v1"
    assert recorded("openrouter") == [
        Start("gen-1750000000-xyz", "anthropic/claude-sonnet-4", 1750000000),
        ReasoningDelta("Let me", format=seal),
        ReasoningDelta(" think.", format=seal),
        ReasoningDelta("", "EqQBCgYI", format=seal),
        TextDelta("42"),
        Stop(),
        UsageReport(Usage(input=40, output=22, reasoning=15, cost_nanos=1_950_000)),
        End(),
    ]


def test_an_error_in_the_stream_ends_it_and_shows_no_key() -> None:
    *_, failure = recorded("openrouter_broken")
    assert failure == Failure(
        "The provider broke off: Provider disconnected unexpectedly, key [redacted]", "server", "server_error"
    )


def test_google_numbers_all_calls_zero() -> None:
    assert recorded("google_compat")[1:] == [
        ReasoningDelta("I wonder."),
        ToolCallStart(0, "fc-1", "get_weather", signature="CvcQ"),
        ToolCallDelta(0, '{"city":"Paris"}'),
        ToolCallStart(1, "fc-2", "get_weather"),
        ToolCallDelta(1, '{"city":"Rome"}'),
        Stop("tool_calls"),
        UsageReport(Usage(input=70, output=80, reasoning=50)),
        End(),
    ]


def test_white_space_is_no_arguments() -> None:
    begun = {"index": 0, "id": "a", "function": {"name": "f", "arguments": " \n"}}
    more = {"index": 0, "function": {"arguments": ' {"x": '}}, {"index": 0, "function": {"arguments": " 1}"}}
    events = read(chunks({"tool_calls": [begun]}, *({"tool_calls": [piece]} for piece in more)))
    assert [event.arguments for event in events if isinstance(event, ToolCallDelta)] == ['{"x": ', " 1}"]
    assert not any(isinstance(event, ToolCallDelta) for event in read(chunks({"tool_calls": [begun]})))


def test_pictures() -> None:
    (picture,) = [event for event in recorded("images") if isinstance(event, ImageDelta)]
    assert picture.media.media_type == "image/png"


@pytest.mark.parametrize("name", names("streams"))
@settings(max_examples=15, deadline=None)
@given(st.data())
def test_cuts_do_not_matter(name: str, data: st.DataObject) -> None:
    body = load(f"streams/{name}")
    assert read(*data.draw(cuts(body))) == read(body)


@pytest.mark.parametrize("name", names("streams"))
def test_one_byte_at_a_time(name: str) -> None:
    body = load(f"streams/{name}")
    assert read(*(body[place : place + 1] for place in range(len(body)))) == read(body)


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        ({"error": {"message": "x", "code": 429}}, "rate_limit", "429"),
        ({"error": {"message": "x", "code": "502"}}, "server", "502"),
        ({"error": {"message": "x", "type": "overloaded_error"}}, "overloaded", "overloaded_error"),
        ({"error": {"message": "x", "code": "context_length_exceeded"}}, "too_large", "context_length_exceeded"),
        ({"error": "x"}, "server", None),
        ({"object": "error", "message": "x", "code": 400}, "bad_request", "400"),
    ],
)
def test_kinds_of_errors_in_a_stream(error: object, kind: str, code: str | None) -> None:
    assert read(b"data: " + msgspec.json.encode(error) + b"\n\n") == [
        Failure("The provider broke off: x", kind, code)  # type: ignore[arg-type] - the table's texts are kinds
    ]


def test_an_event_named_error_is_one() -> None:
    assert read(b'event: error\ndata: {"message":"x"}\n\n') == [Failure("The provider broke off: x")]


def test_usage_told_before_a_failure_is_kept() -> None:
    body = chunks({"content": "Hi"}, done=False) + b'data: {"choices":[],"usage":{"prompt_tokens":3}}\n\n'
    assert read(body) == [AB, TextDelta("Hi"), UsageReport(Usage(input=3)), EARLY]


@pytest.mark.parametrize(
    "tail",
    [b"data: [DONE]", b"data: [DONE]\n", b"data:[DONE]\r\n\r", b"data: [DONE]\n\ndata: {}\n\ngarbage"],
)
def test_ends_that_lack_or_exceed(tail: bytes) -> None:
    assert read(chunks({"content": "Hi"}, done=False) + tail) == [AB, TextDelta("Hi"), Stop(), End()]


def test_a_last_chunk_without_its_blank_line_counts() -> None:
    body = load("streams/no_done.sse").rstrip(b"\n")
    assert read(body) == recorded("no_done")


def test_a_torn_last_event_is_no_harm_after_the_stop() -> None:
    assert read(load("streams/no_done.sse") + b'data: {"choi') == recorded("no_done")
    assert read(load("streams/cut_off.sse") + b'data: {"choi') == recorded("cut_off")


@pytest.mark.parametrize(
    "body", [b"", b"\n\n", b": hi\n\n", b"data: [DONE]\n\n", b"<html></html>", b'{"id":"x","choices":[]}']
)
def test_a_stream_without_chunks_ended_early(body: bytes) -> None:
    assert read(body) == [EARLY]


@pytest.mark.parametrize(
    "data",
    [b"nonsense", b"{", b"[]", b'{"choices":7}', b'{"choices":[{"delta":{"content":5}}]}', b"\xff\xfe", b"[" * 100_000],
)
def test_malformed_chunks_end_the_stream(data: bytes) -> None:
    body = chunks({"content": "Hi"}, done=False) + b"data: " + data + b"\n\n" + chunks({"content": "more"})
    assert read(body) == [AB, TextDelta("Hi"), MALFORMED]


def test_what_is_said_after_an_early_reason_still_counts() -> None:
    body = (
        b'data: {"id":"a","model":"m","created":1,"choices":[{"delta":{"content":"x"},"finish_reason":"stop"}]}\n\n'
        + chunks({"content": "y"}, {"tool_calls": [{"id": "c", "function": {"name": "f", "arguments": {"z": 1}}}]})
    )
    assert read(body) == [
        AB,
        TextDelta("x"),
        TextDelta("y"),
        ToolCallStart(0, "c", "f"),
        ToolCallDelta(0, '{"z":1}'),
        Stop("tool_calls"),
        End(),
    ]


def test_every_choice_must_have_ended() -> None:
    body = b"".join(
        b'data: {"id":"a","model":"m","created":1,"choices":[{"index":%d,"delta":{"content":"x"},"finish_reason":%b}]}'
        b"\n\n" % ending
        for ending in ((0, b'"stop"'), (1, b"null"))
    )
    assert read(body) == [AB, TextDelta("x"), TextDelta("x", 1), EARLY]


def test_the_first_of_several_reasons_counts() -> None:
    body = b"".join(
        b'data: {"id":"a","model":"m","created":1,"choices":[{"delta":{},"finish_reason":"%b"}]}\n\n' % reason
        for reason in (b"length", b"stop")
    )
    assert read(body) == [AB, Stop("length"), End()]


def test_a_repeated_name_begins_no_new_call() -> None:
    call = {"index": 0, "id": "c", "type": "function", "function": {"name": "f", "arguments": "{"}}
    again = {"index": 0, "id": "c", "function": {"name": "f", "arguments": "}"}}
    assert read(chunks({"tool_calls": [call]}, {"tool_calls": [again]})) == [
        AB,
        ToolCallStart(0, "c", "f"),
        ToolCallDelta(0, "{"),
        ToolCallDelta(0, "}"),
        Stop("tool_calls"),
        End(),
    ]


def test_calls_without_index_are_told_apart_by_id() -> None:
    pieces = [("a", "f", "1"), ("b", "g", "2"), ("a", None, "3")]
    deltas = [{"tool_calls": [{"id": i, "function": {"name": n, "arguments": t}}]} for i, n, t in pieces]
    events = read(chunks(*deltas))
    assert [event.index for event in events if isinstance(event, ToolCallDelta)] == [0, 1, 0]


def test_whole_calls_without_index_and_id_are_told_apart_by_their_names() -> None:
    calls = [{"function": {"name": name, "arguments": "{}"}} for name in ("f", "f")]
    assert read(chunks({"tool_calls": calls})) == [
        AB,
        ToolCallStart(0, "call_0_f_5a175a175a17", "f"),
        ToolCallDelta(0, "{}"),
        ToolCallStart(1, "call_1_f_5a175a175a17", "f"),
        ToolCallDelta(1, "{}"),
        Stop("tool_calls"),
        End(),
    ]


def test_a_call_that_never_gets_a_name_is_none() -> None:
    assert read(chunks({"tool_calls": [{"index": 0, "function": {"arguments": "{}"}}]})) == [AB, Stop(), End()]


def test_the_stop_sequence_of_vllm() -> None:
    body = b'data: {"id":"a","model":"m","created":1,"choices":[{"finish_reason":"stop","stop_reason":"\\n"}]}\n\n'
    assert read(body) == [AB, Stop("stop_sequence", "\n"), End()]


def test_memory_is_bounded() -> None:
    calls = [{"index": index, "function": {"name": "f", "arguments": ""}} for index in range(MAX_CALLS + 1)]
    assert read(chunks({"tool_calls": calls}))[-1] == MALFORMED
    silent = {"tool_calls": [{"index": 0, "function": {"arguments": "x" * 1000}}]}
    assert read(chunks(*[silent] * (MAX_WAITING // 1000 + 2)))[-1] == MALFORMED
    many = {"id": "a", "choices": [{"index": index, "delta": {"content": "x"}} for index in range(MAX_CHOICES + 1)]}
    assert read(b"data: " + msgspec.json.encode(many) + b"\n\n")[-1] == MALFORMED


def test_an_event_over_16_mib_is_malformed() -> None:
    reader = DIALECT.stream_reader()
    reader.feed(b"data: ")
    piece = b"x" * (1 << 20)
    events = [event for _ in range(20) for event in reader.feed(piece)]
    assert events == [MALFORMED]
    assert reader.feed(b"data: [DONE]\n\n") == []
    assert reader.close() == []


def test_inline_pictures_in_content_arrays() -> None:
    url = {"type": "image_url", "image_url": {"url": "https://x/y.png"}}
    assert read(chunks({"content": [url]}))[1] == ImageDelta(Media(url="https://x/y.png"))
