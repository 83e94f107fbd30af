"""Streamed answers as clients of the Gemini API get them."""

from __future__ import annotations

import msgspec
from google.genai import types

from trunkline.core.chat import ChatRequest, Usage
from trunkline.core.chat_events import (
    AudioDelta,
    ChatEvent,
    End,
    Failure,
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
from trunkline.dialects.gemini import DIALECT

from .fixture import fixture

ASKED = ChatRequest(model="m", messages=())


def write(*events: ChatEvent) -> list[dict]:
    writer = DIALECT.stream_writer(ASKED)
    body = b"".join(writer.write(event) for event in events)
    assert body.endswith(b"\n\n")
    return [msgspec.json.decode(piece.removeprefix(b"data: ")) for piece in body.split(b"\n\n")[:-1]]


def parts(piece: dict) -> list[dict]:
    return piece["candidates"][0]["content"]["parts"]


def test_every_piece_names_the_answer_and_the_last_one_tells_why_it_ended() -> None:
    first, last = write(
        Start("r-1", "gemini-x"), TextDelta("Hi ☀"), Stop("length"), UsageReport(Usage(input=3, output=2)), End()
    )
    named = {"modelVersion": "gemini-x", "responseId": "r-1"}
    assert first == {"candidates": [{"content": {"parts": [{"text": "Hi ☀"}], "role": "model"}, "index": 0}], **named}
    assert last == {
        "candidates": [
            {"content": {"parts": [{"text": ""}], "role": "model"}, "finishReason": "MAX_TOKENS", "index": 0}
        ],
        "usageMetadata": {"promptTokenCount": 3, "candidatesTokenCount": 2, "totalTokenCount": 5},
        **named,
    }
    for piece in (first, last):
        types.GenerateContentResponse.model_validate(piece)


def test_arguments_are_gathered_until_the_call_is_whole() -> None:
    pieces = write(
        Start(),
        ToolCallStart(0, "a", "f"),
        ToolCallStart(1, "b", "g", signature="Sig="),
        ToolCallDelta(0, '{"x"'),
        ToolCallDelta(1, ""),
        ToolCallDelta(0, ":1}"),
        Stop("tool_calls"),
        End(),
    )
    assert parts(pieces[0]) == [
        {"functionCall": {"id": "a", "name": "f", "args": {"x": 1}}},
        {"functionCall": {"id": "b", "name": "g", "args": {}}, "thoughtSignature": "Sig="},
    ]
    assert pieces[1]["candidates"][0]["finishReason"] == "STOP"


def test_a_whole_call_keeps_its_place_before_later_text_and_an_unfinished_one_waits() -> None:
    pieces = write(
        ToolCallStart(0, "a", "f"),
        ToolCallDelta(0, "{}"),
        ToolCallStart(1, "b", "g"),
        ToolCallDelta(1, '{"y":'),
        TextDelta("Then"),
        ToolCallDelta(1, "2}"),
        Stop("tool_calls"),
        End(),
    )
    assert [list(part) for piece in pieces for part in parts(piece)] == [
        ["functionCall"],
        ["text"],
        ["functionCall"],
        ["text"],
    ]
    assert parts(pieces[2])[0]["functionCall"]["args"] == {"y": 2}


def test_a_call_cut_off_is_said_to_be_malformed() -> None:
    (last,) = write(ToolCallStart(0, "a", "f"), ToolCallDelta(0, '{"x":'), Stop("length"), End())
    assert last["candidates"][0]["finishReason"] == "MALFORMED_FUNCTION_CALL"


def test_thoughts_refusals_sound_and_own_parts() -> None:
    code = {"executableCode": {"language": "PYTHON", "code": "1"}}
    pieces = write(
        ReasoningDelta("Hm.", "Sig=", format="google-gemini-v1"),
        ReasoningDelta("", redacted="x"),
        RefusalDelta("No."),
        AudioDelta(transcript="only words"),
        AudioDelta("AAAA"),
        OpaqueDelta("gemini", code),
        OpaqueDelta("anthropic_messages", {}),
        Stop("refusal"),
        End(),
    )
    assert [part for piece in pieces for part in parts(piece)] == [
        {"text": "Hm.", "thought": True, "thoughtSignature": "Sig="},
        {"text": "No."},
        {"inlineData": {"mimeType": "audio/L16;codec=pcm;rate=24000", "data": "AAAA"}},
        code,
        {"text": ""},
    ]
    assert pieces[-1]["candidates"][0]["finishReason"] == "SAFETY"


def test_nothing_is_written_for_nothing() -> None:
    assert write(Start("r"), TextDelta(""), ReasoningDelta(""), TextDelta("a"))[0]["candidates"][0]["content"][
        "parts"
    ] == [{"text": "a"}]
    pieces = write(ToolCallStart(0, "a", "f"), TextDelta(""), TextDelta("b"), Stop("tool_calls"), End())
    assert [list(part) for piece in pieces for part in parts(piece)] == [["text"], ["functionCall"], ["text"]]


def test_a_failure_is_an_error_object() -> None:
    pieces = write(TextDelta("Half"), Failure("The provider is overloaded.", "overloaded"))
    assert pieces[1] == {"error": {"code": 503, "message": "The provider is overloaded.", "status": "UNAVAILABLE"}}


def test_a_client_of_gemini_gets_what_gemini_said() -> None:
    for name in ("blocked", "grounded", "safety"):
        body = fixture(f"streams/{name}.sse")
        reader = DIALECT.stream_reader()
        pieces = write(*reader.feed(body), *reader.close())
        (*_, said) = (msgspec.json.decode(line[6:]) for line in body.split(b"\r\n\r\n") if line)
        last = pieces[-1]
        assert last.get("promptFeedback") == said.get("promptFeedback")
        for got, recorded in zip(last.get("candidates", []), said.get("candidates", []), strict=True):
            assert got == {**recorded, "content": {"parts": [{"text": ""}], "role": "model"}}


def test_the_array_is_whole_also_after_a_failure_or_nothing() -> None:
    for events in ((End(),), (Failure("x"),), (TextDelta("a"), Failure("x")), (TextDelta("a"), Stop(), End())):
        writer = DIALECT.stream_writer(ASKED, array=True)
        assert len(msgspec.json.decode(b"".join(writer.write(event) for event in events))) == len(events) - (
            len(events) == 3
        )
