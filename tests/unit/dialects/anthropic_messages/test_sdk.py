"""The vendor's own library accepts what we write, and puts it together to what was said."""

from __future__ import annotations

from typing import Any

import msgspec
from anthropic.lib.streaming._messages import accumulate_event
from anthropic.types import Message as WireMessage
from anthropic.types import MessageTokensCount, RawMessageStreamEvent
from anthropic.types.message_create_params import MessageCreateParamsNonStreaming, MessageCreateParamsStreaming
from anthropic.types.shared import ErrorResponse
from hypothesis import given, settings
from pydantic import TypeAdapter

from trunkline.core.chat import ChatRequest, ChatResponse, Usage
from trunkline.core.chat_events import ChatEvent, End, Start, Stop, TextDelta, ToolCallDelta, ToolCallStart, UsageReport
from trunkline.core.errors import NotFound
from trunkline.dialects.anthropic_messages import DIALECT
from trunkline.dialects.anthropic_messages.count import write_count_tokens_response
from trunkline.dialects.sse import EventReader

from . import strategies
from .fixture import load, names

EVENTS: TypeAdapter[Any] = TypeAdapter(RawMessageStreamEvent)
WHOLE: TypeAdapter[Any] = TypeAdapter(MessageCreateParamsNonStreaming)
STREAMED: TypeAdapter[Any] = TypeAdapter(MessageCreateParamsStreaming)


def accept(body: bytes) -> None:
    wire = msgspec.json.decode(body)
    # Lists in the library's types are checked as they are walked through, which dumping does.
    adapter = STREAMED if wire.get("stream") else WHOLE
    adapter.dump_python(adapter.validate_python(wire), warnings="error")


@given(strategies.requests())
@settings(max_examples=60, deadline=None)
def test_requests(request: ChatRequest):
    accept(DIALECT.write_request(request).body)


def test_recorded_requests():
    for name in names("requests"):
        accept(DIALECT.write_request(DIALECT.read_request(load("requests", name))).body)


@given(strategies.responses)
@settings(max_examples=60, deadline=None)
def test_answers(response: ChatResponse):
    WireMessage.model_validate_json(DIALECT.write_response(response))


@given(strategies.streams())
@settings(max_examples=60, deadline=None)
def test_streams(events: list[ChatEvent]):
    assemble(events)


def assemble(events: list[ChatEvent]) -> WireMessage:
    writer = DIALECT.stream_writer(ChatRequest(model="m", messages=()))
    body = b"".join(writer.write(event) for event in events)
    message, buffers = None, {}
    for event in EventReader().feed(body):
        message = accumulate_event(event=EVENTS.validate_json(event.data), current_snapshot=message, json_bufs=buffers)
    assert message is not None
    return message


def test_a_stream_comes_together_to_the_answer():
    message = assemble(
        [
            Start("msg_1", "claude", usage=Usage(input=9, cached=4)),
            TextDelta("Hel"),
            TextDelta("lo"),
            ToolCallStart(0, "toolu_1", "f"),
            ToolCallDelta(0, '{"x":'),
            ToolCallDelta(0, "[1]}"),
            Stop("tool_calls"),
            UsageReport(Usage(input=9, cached=4, output=5, reasoning=2)),
            End(),
        ]
    )
    text, call = message.content
    assert (text.type, text.text) == ("text", "Hello")
    assert (call.type, call.name, call.input) == ("tool_use", "f", {"x": [1]})
    assert message.stop_reason == "tool_use"
    assert message.usage.output_tokens == 5
    assert message.usage.input_tokens == 5
    assert message.usage.cache_read_input_tokens == 4


def test_errors_and_counts():
    error = ErrorResponse.model_validate_json(DIALECT.write_error(NotFound("model: x"), 404, "req_1"))
    assert (error.error.type, error.error.message, error.request_id) == ("not_found_error", "model: x", "req_1")
    assert MessageTokensCount.model_validate_json(write_count_tokens_response(7)).input_tokens == 7
