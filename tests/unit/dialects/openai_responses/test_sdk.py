"""OpenAI's own library accepts what we write, and puts it together to what was said."""

from __future__ import annotations

from typing import Any, get_args

import msgspec
import openai
import pytest
from hypothesis import given
from openai.lib.streaming.responses._responses import ResponseStreamState
from openai.types.responses import Response, ResponseStreamEvent
from openai.types.responses.response_create_params import (
    ResponseCreateParamsNonStreaming,
    ResponseCreateParamsStreaming,
)
from pydantic import TypeAdapter

from trunkline.core.chat import ChatRequest, ChatResponse, Text, Tool, ToolCall
from trunkline.core.chat_events import ChatEvent, End, Failure, Start, Stop, TextDelta, ToolCallDelta, ToolCallStart
from trunkline.dialects.openai_responses import DIALECT, echo_request
from trunkline.dialects.sse import EventReader, ServerEvent

from .fixture import load, names
from .strategies import NAME, requests, responses, streams
from .test_round_trip import RELAXED, write

EVENTS: dict[str, TypeAdapter[Any]] = {
    get_args(event.model_fields["type"].annotation)[0]: TypeAdapter(event)
    for event in get_args(get_args(ResponseStreamEvent)[0])
}
WHOLE: TypeAdapter[Any] = TypeAdapter(ResponseCreateParamsNonStreaming)
STREAMED: TypeAdapter[Any] = TypeAdapter(ResponseCreateParamsStreaming)


def read_event(event: ServerEvent) -> Any:
    return EVENTS[event.name].validate_json(event.data)


def accept(body: bytes) -> None:
    """The library's types demand fields that the API does without, and that we cannot know: these are filled in.

    They have no sound either, which OpenRouter takes and OpenAI does not yet.
    """
    wire = msgspec.json.decode(body)
    for item in wire.get("input", ()):
        content = item.get("content")
        if item.get("role") == "assistant" and isinstance(content, list):
            item.update(id="msg_1", status="completed")
        elif isinstance(content, list):
            content[:] = [part for part in content if part["type"] != "input_audio"]
        for part in (content or item.get("output") or ()) if item.get("type") != "reasoning" else ():
            if isinstance(part, dict) and part["type"] == "input_image":
                part.setdefault("detail", "auto")
    (STREAMED if wire.get("stream") else WHOLE).validate_python(wire)


@RELAXED
@given(requests())
def test_requests(request: ChatRequest) -> None:
    accept(DIALECT.write_request(request).body)


@pytest.mark.parametrize("name", names("requests"))
def test_recorded_requests(name: str) -> None:
    accept(DIALECT.write_request(DIALECT.read_request(load(f"requests/{name}"))).body)


@RELAXED
@given(responses())
def test_responses(response: ChatResponse) -> None:
    parsed = Response.model_validate_json(DIALECT.write_response(response), strict=True)
    said = "".join(part.text for part in response.choices[0].parts if isinstance(part, Text))
    assert parsed.output_text == said


@RELAXED
@given(requests(), responses())
def test_answers_repeat_their_requests(request: ChatRequest, response: ChatResponse) -> None:
    echoing = msgspec.structs.replace(response, extra={NAME: echo_request(request)})
    parsed = Response.model_validate_json(DIALECT.write_response(echoing))
    assert parsed.temperature == (1.0 if request.sampling.temperature is None else request.sampling.temperature)
    assert parsed.max_output_tokens == request.sampling.max_tokens
    functions = [tool.name for tool in parsed.tools if tool.type == "function"]
    assert functions == [tool.name for tool in request.tools]
    assert parsed.model == response.model
    assert parsed.previous_response_id == request.extra.get(NAME, {}).get("previous_response_id")


@RELAXED
@given(streams())
def test_events_and_what_becomes_of_them(events: list[ChatEvent]) -> None:
    state: ResponseStreamState[None] = ResponseStreamState(input_tools=openai.omit, text_format=openai.omit)
    numbers: list[int] = []
    last: Any = None
    for event in EventReader().feed(write(events)):
        last = read_event(event)
        assert last.type == event.name
        numbers.append(last.sequence_number)
        told = state.handle_event(last)
        assert len(told) == 1
    assert numbers == list(range(len(numbers)))
    assert last.type in {"response.completed", "response.incomplete"}
    # What the deltas add up to is what the last event says.
    snapshot = state.accumulate_event(last)
    for grown, whole in zip(snapshot.output, last.response.output, strict=True):
        assert grown.type == whole.type
        if grown.type == "message":
            texts = [part.text for part in grown.content if part.type == "output_text"]
            assert texts == [part.text for part in whole.content if part.type == "output_text"]
        elif grown.type == "function_call":
            assert (grown.arguments, grown.name, grown.call_id) == (whole.arguments, whole.name, whole.call_id)
    ids = [item.id for item in last.response.output]
    assert len(set(ids)) == len(ids)
    for item, whole in state._completed_output.items():
        assert last.response.output[item] == whole


def test_a_failure_is_accepted() -> None:
    body = write([Start("resp_1", "gpt-x", 1), TextDelta("Hal"), Failure("It broke off.", "rate_limit", "slow_down")])
    *_, error, failed = [read_event(event) for event in EventReader().feed(body)]
    assert (error.type, error.code, error.message) == ("error", "slow_down", "It broke off.")
    assert failed.type == "response.failed"
    assert failed.response.status == "failed"
    assert failed.response.error.code == "rate_limit_exceeded"
    assert failed.response.output[0].status == "incomplete"
    assert failed.response.output_text == "Hal"


def test_the_last_event_is_the_whole_answer() -> None:
    events: list[ChatEvent] = [
        Start("resp_1", "gpt-x", 1),
        TextDelta("Let me "),
        TextDelta("look."),
        ToolCallStart(0, "call_1", "weather"),
        ToolCallDelta(0, '{"city":'),
        ToolCallDelta(0, '"Rome"}'),
        Stop("tool_calls"),
        End(),
    ]
    final = read_event(EventReader().feed(write(events))[-1]).response
    assert final.output_text == "Let me look."
    call = final.output[1]
    assert (call.type, call.call_id, call.name) == ("function_call", "call_1", "weather")
    assert call.arguments == '{"city":"Rome"}'


def test_what_the_client_got_can_be_sent_back() -> None:
    answer = DIALECT.write_response(
        ChatResponse(
            id="resp_1",
            model="gpt-x",
            choices=DIALECT.read_response(load("responses/reasoning_tools.json")).choices,
        )
    )
    output = Response.model_validate_json(answer).model_dump(exclude_none=True)["output"]
    body = {"model": "gpt-x", "input": [{"role": "user", "content": "Weather?"}, *output]}
    request = DIALECT.read_request(msgspec.json.encode(body))
    parts = request.messages[1].parts
    assert parts == DIALECT.read_response(answer).choices[0].parts
    assert any(isinstance(part, ToolCall) for part in parts)


def test_tools_of_other_kinds_are_accepted_in_answers() -> None:
    request = ChatRequest(
        model="m",
        messages=(),
        tools=(Tool("f", parameters={"type": "object"}),),
        extra={NAME: {"tools": [{"type": "web_search"}], "tool_choice": {"type": "file_search"}}},
    )
    body = b"".join(DIALECT.stream_writer(request).write(event) for event in (Start("resp_1", "m"),))
    created = read_event(EventReader().feed(body)[0])
    assert [tool.type for tool in created.response.tools] == ["function", "web_search"]
    assert created.response.tool_choice.type == "file_search"
