"""Streamed answers, read and written."""

from __future__ import annotations

import json

import pytest

from trunkline.core.chat import ChatRequest, Media, Usage
from trunkline.core.chat_events import (
    AudioDelta,
    ChatEvent,
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
from trunkline.dialects.bedrock_converse import DIALECT
from trunkline.dialects.bedrock_converse.event_stream import FrameReader
from trunkline.dialects.bedrock_converse.seal import SEALED, SIGNED

from .fixture import frame, load, names, parse


def read(body: bytes) -> list[ChatEvent]:
    reader = DIALECT.stream_reader()
    return reader.feed(body) + reader.close()


def write(*events: ChatEvent) -> list[tuple[str, dict]]:
    writer = DIALECT.stream_writer(ChatRequest(model="m", messages=()))
    body = b"".join(writer.write(event) for event in events)
    return [(f.header(":event-type"), json.loads(f.payload)) for f in FrameReader().feed(body)]


def test_text():
    assert read(load("streams", "text")) == [
        Start(),
        TextDelta("Hel"),
        TextDelta("lo — 你好"),
        Stop("stop"),
        UsageReport(Usage(input=125, output=60)),
        End(),
    ]


def test_tool_calls():
    assert read(load("streams", "tool"))[2:6] == [
        ToolCallStart(0, "tooluse_1", "top_song"),
        ToolCallDelta(0, '{"si'),
        ToolCallDelta(0, 'gn": "WZPZ"}'),
        Stop("tool_calls"),
    ]
    calls = [event for event in read(load("streams", "tools_parallel")) if isinstance(event, ToolCallStart)]
    assert [(call.index, call.id) for call in calls] == [(0, "tooluse_1"), (1, "tooluse_2")]


def test_thoughts():
    assert read(load("streams", "reasoning"))[1:6] == [
        ReasoningDelta("27 * 453"),
        ReasoningDelta(" = 12231"),
        ReasoningDelta(signature="EqoBCkgIARABGAI=", format=SIGNED),
        ReasoningDelta(redacted="RW13S0Fo", format=SEALED, part=1),
        TextDelta("12231", part=2),
    ]


def test_pictures_come_whole():
    image = next(event for event in read(load("streams", "image")) if isinstance(event, ImageDelta))
    whole = "".join(
        payload["delta"]["image"]["source"]["bytes"]
        for kind, payload in parse("streams", "image")
        if "delta" in payload
    )
    assert image.media == Media(data=whole, media_type="image/png")


def test_the_services_own_tools_come_whole():
    opaque = [event.value for event in read(load("streams", "server_tool")) if isinstance(event, OpaqueDelta)]
    assert opaque == [
        {
            "toolUse": {
                "toolUseId": "tooluse_1",
                "name": "nova_grounding",
                "type": "server_tool_use",
                "input": {"q": "x"},
            }
        },
        {
            "toolResult": {
                "toolUseId": "tooluse_1",
                "type": "nova_grounding_result",
                "status": "success",
                "content": [{"json": {"a": 1}}],
            }
        },
    ]


@pytest.mark.parametrize(
    ("name", "stop"),
    [
        ("stop_sequence", Stop("stop_sequence", "three")),
        ("guardrail", Stop("content_filter", extra={"bedrock_converse": {"stopReason": "guardrail_intervened"}})),
    ],
)
def test_stops(name: str, stop: Stop):
    assert stop in read(load("streams", name))


def test_cached_input_is_added_to_the_total():
    assert read(load("streams", "cache"))[-2] == UsageReport(Usage(input=2360, output=5, cached=2048, cache_write=300))


def test_a_stream_without_its_last_event_is_whole():
    assert read(load("streams", "no_metadata"))[-2:] == [Stop("stop"), End()]


def test_a_stream_that_was_cut_off_is_not():
    (*_, failure) = read(load("streams", "cut_off"))
    assert failure == Failure("The provider ended the stream early.", "malformed")
    assert isinstance(read(load("streams", "no_metadata") + load("streams", "text")[:30])[-1], Failure)
    assert isinstance(read(b"")[-1], Failure)


def test_exceptions_in_the_stream():
    (*_, failure) = read(load("streams", "throttled"))
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.code) == ("rate_limit", "ThrottlingException")
    assert "Too many tokens" in failure.message
    (failure,) = read(load("streams", "model_error"))
    assert isinstance(failure, Failure)
    assert failure.kind == "server"


def test_a_key_in_an_exception_is_taken_out():
    (failure,) = read(frame("!validationException", {"message": "bad key AKIAIOSFODNN7EXAMPLE1"}))
    assert isinstance(failure, Failure)
    assert "AKIA" not in failure.message


def test_what_follows_the_end_is_ignored():
    body = load("streams", "text")
    assert read(body + body) == read(body)


def test_unknown_events_are_passed_over():
    body = frame("somethingNew", {"x": 1}) + load("streams", "text")
    assert read(body) == read(load("streams", "text"))


def test_a_recorded_stream_is_written_as_the_service_does():
    for name in names("streams"):
        events = read(load("streams", name))
        if not isinstance(events[-1], End) or name in ("guardrail", "no_metadata", "image", "server_tool"):
            continue
        expected = []
        for kind, payload in parse("streams", name):
            kept = {key: value for key, value in payload.items() if key != "p"}
            if kind == "metadata":
                kept["metrics"] = {"latencyMs": 0}
                kept["usage"].pop("totalTokens")
            if kind != "contentBlockDelta" or kept["delta"] not in ({"text": ""}, {"toolUse": {"input": ""}}):
                expected.append((kind, kept))
        written = write(*events)
        for _, payload in written:
            payload.get("usage", {}).pop("totalTokens", None)
            payload.get("usage", {}).pop("cacheDetails", None)
        assert written == expected, name


def test_blocks_follow_each_other_whatever_order_their_pieces_come_in():
    written = write(
        Start(),
        ToolCallStart(0, "a", "f"),
        ToolCallStart(1, "b", "g"),
        ToolCallDelta(1, '{"y"'),
        ToolCallDelta(0, "{"),
        TextDelta("wait"),
        ToolCallDelta(1, ":1}"),
        ToolCallDelta(0, "}"),
        ToolCallDelta(7, "lost"),
        Stop("tool_calls"),
        End(),
    )
    blocks = [(kind[12:], payload["contentBlockIndex"]) for kind, payload in written if "contentBlockIndex" in payload]
    assert blocks == [
        *[("Start", 0), ("Delta", 0), ("Delta", 0), ("Stop", 0)],
        *[("Delta", 1), ("Stop", 1)],
        *[("Start", 2), ("Delta", 2), ("Stop", 2)],
    ]
    deltas = [payload["delta"] for kind, payload in written if kind == "contentBlockDelta"]
    assert deltas == [
        {"toolUse": {"input": "{"}},
        {"toolUse": {"input": "}"}},
        {"text": "wait"},
        {"toolUse": {"input": '{"y":1}'}},
    ]


def test_what_the_wire_has_no_word_for_becomes_text():
    written = write(RefusalDelta("no"), RefusalDelta("pe"), AudioDelta("AA==", "hello"), AudioDelta("AA=="), End())
    assert [payload["delta"]["text"] for kind, payload in written if kind == "contentBlockDelta"] == [
        "no",
        "pe",
        "hello",
    ]
    assert [kind for kind, _ in written][-2:] == ["messageStop", "metadata"]
    assert write(ImageDelta(Media(url="https://a.example")))[1][1]["delta"] == {"text": "https://a.example"}


def test_other_choices_are_left_out():
    assert write(Start(), TextDelta("x", choice=1), Stop("stop", choice=1)) == [("messageStart", {"role": "assistant"})]
