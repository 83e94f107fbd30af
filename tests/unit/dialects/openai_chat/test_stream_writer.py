"""Streams for clients."""

from __future__ import annotations

from typing import Any

import msgspec
import openai
import pytest
from openai._streaming import SSEDecoder

from trunkline.core.chat import ChatRequest, Citation, Media, Usage
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
from trunkline.dialects.openai_chat import DIALECT
from trunkline.dialects.openai_chat.stream_writer import write_failure
from trunkline.dialects.sse import EventReader

START = Start("chatcmpl-1", "gpt-x", 1700000000)
USAGE = UsageReport(Usage(input=3, output=5, reasoning=2))


def write(*events: ChatEvent, usage: bool = False) -> list[Any]:
    """The chunks, decoded; ``[DONE]`` as its text."""
    writer = DIALECT.stream_writer(ChatRequest(model="m", messages=(), stream=True, stream_usage=usage))
    body = b"".join(writer.write(event) for event in events)
    return [
        "[DONE]" if event.data == b"[DONE]" else msgspec.json.decode(event.data) for event in EventReader().feed(body)
    ]


def deltas(*events: ChatEvent) -> list[Any]:
    """The deltas of choice 0 after the one that gives its role."""
    return [chunk["choices"][0]["delta"] for chunk in write(START, *events)[1:]]


def test_a_stream() -> None:
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1700000000, "model": "gpt-x"}
    assert write(START, TextDelta('Hi "you"\n'), Stop(), End()) == [
        {**head, "choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}]},
        {**head, "choices": [{"index": 0, "delta": {"content": 'Hi "you"\n'}, "finish_reason": None}]},
        {**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
        "[DONE]",
    ]


def test_usage_only_when_asked_for() -> None:
    asked = write(START, USAGE, Stop(), USAGE, End(), usage=True)
    assert [chunk["usage"] for chunk in asked[:-2]] == [None, None]
    assert asked[-2]["choices"] == []
    assert asked[-2]["usage"] == {
        "prompt_tokens": 3,
        "completion_tokens": 5,
        "total_tokens": 8,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 2, "audio_tokens": 0},
    }
    assert all("usage" not in chunk for chunk in write(START, USAGE, Stop(), End()))
    assert len(write(START, Stop(), End(), usage=True)) == 3  # nothing is made up


def test_what_the_start_knew_counts_when_nothing_later_is_told() -> None:
    start = msgspec.structs.replace(START, usage=Usage(input=9))
    assert write(start, Stop(), End(), usage=True)[-2]["usage"]["prompt_tokens"] == 9


def test_every_choice_gets_its_role_once() -> None:
    chunks = write(START, TextDelta("a"), TextDelta("b", 1), TextDelta("c", 1))
    roles = [chunk["choices"][0]["index"] for chunk in chunks if "role" in chunk["choices"][0]["delta"]]
    assert roles == [0, 1]


def test_a_call_without_arguments_gets_the_empty_object() -> None:
    calls = deltas(ToolCallStart(0, "a", "f"), ToolCallStart(1, "b", "g"), ToolCallDelta(1, "{}"), Stop("tool_calls"))
    assert calls == [
        {"tool_calls": [{"index": 0, "id": "a", "type": "function", "function": {"name": "f", "arguments": ""}}]},
        {"tool_calls": [{"index": 1, "id": "b", "type": "function", "function": {"name": "g", "arguments": ""}}]},
        {"tool_calls": [{"index": 1, "function": {"arguments": "{}"}}]},
        {"tool_calls": [{"index": 0, "function": {"arguments": "{}"}}]},
        {},
    ]


def test_thoughts_stand_in_both_forms_so_that_a_signature_has_its_text() -> None:
    assert deltas(ReasoningDelta("Hm"), ReasoningDelta(signature="s"), ReasoningDelta(redacted="r", part=1)) == [
        {"reasoning_content": "Hm", "reasoning_details": [{"type": "reasoning.text", "text": "Hm", "index": 0}]},
        {"reasoning_details": [{"type": "reasoning.text", "text": "", "signature": "s", "index": 0}]},
        {"reasoning_details": [{"type": "reasoning.encrypted", "data": "r", "index": 1}]},
    ]


def test_googles_signature() -> None:
    extra = {"google": {"thought_signature": "s"}}
    text, call = deltas(TextDelta("x", signature="s"), ToolCallStart(0, "a", "f", signature="s"))
    assert text == {"content": "x", "extra_content": extra}
    assert call["tool_calls"][0]["extra_content"] == extra


@pytest.mark.parametrize(
    ("reason", "before", "finish"),
    [
        ("stop_sequence", None, "stop"),
        ("pause", None, "stop"),
        ("refusal", None, "content_filter"),
        ("refusal", RefusalDelta("No."), "stop"),
        ("tool_calls", None, "tool_calls"),
        ("length", None, "length"),
    ],
)
def test_reasons(reason: Any, before: ChatEvent | None, finish: str) -> None:
    chunks = write(START, *([before] if before else []), Stop(reason))
    assert chunks[-1]["choices"][0]["finish_reason"] == finish


def test_what_the_wire_cannot_say_is_left_out() -> None:
    assert deltas(OpaqueDelta("gemini", {}), CitationDelta(Citation(title="a book"))) == []


def test_pictures_without_a_type_are_taken_for_png() -> None:
    (delta,) = deltas(ImageDelta(Media(data="QQ==")))
    assert delta["images"][0]["image_url"]["url"] == "data:image/png;base64,QQ=="


def test_a_failure_is_an_error_then_done_and_nothing_after() -> None:
    failure = Failure("It broke.", "overloaded", "busy")
    assert write(START, failure, TextDelta("x"), End())[1:] == [
        {"error": {"message": "It broke.", "type": "server_error", "param": None, "code": "busy"}},
        "[DONE]",
    ]
    assert write(failure)[0]["error"]["message"] == "It broke."


def test_openais_client_raises_a_failure() -> None:
    class Response:
        def iter_bytes(self) -> Any:
            yield write_failure(Failure("It broke.", "server"))

        def close(self) -> None: ...

    class Client:
        def _make_sse_decoder(self) -> SSEDecoder:
            return SSEDecoder()

        def _process_response_data(self, *, data: object, **_: object) -> object:
            return data

    stream: Any = openai.Stream(cast_to=object, response=Response(), client=Client())  # type: ignore[arg-type] - fakes
    stream.response.request = None
    with pytest.raises(openai.APIError, match="It broke"):
        list(stream)


def test_events_before_a_start_get_an_empty_one() -> None:
    (first, text) = write(TextDelta("x"))
    assert (first["id"], text["choices"][0]["delta"]) == ("", {"content": "x"})


def test_a_second_start_changes_nothing() -> None:
    assert write(START, Start("other"), Stop()) == write(START, Stop())
