"""Answers for clients that declare functions, whole and streamed, as OpenAI's SDK reads them."""

from __future__ import annotations

from openai.types.chat import ChatCompletion, ChatCompletionChunk

from trunkline.core.chat import ChatRequest, ChatResponse, Choice, Text, ToolCall
from trunkline.core.chat_events import ChatEvent, End, Start, Stop, TextDelta, ToolCallDelta, ToolCallStart
from trunkline.dialects.openai_chat.functions import FUNCTIONS
from trunkline.dialects.sse import EventReader

START = Start("c", "m", 1)


def write(*events: ChatEvent) -> list[ChatCompletionChunk]:
    writer = FUNCTIONS.stream_writer(ChatRequest(model="m", messages=(), stream=True, functions=True))
    body = b"".join(writer.write(event) for event in events)
    return [
        ChatCompletionChunk.model_validate_json(event.data)
        for event in EventReader().feed(body)
        if event.data != b"[DONE]"
    ]


def heard(chunks: list[ChatCompletionChunk]) -> tuple[list[tuple[str | None, str | None]], str | None]:
    """Names and pieces of arguments, and why it ended."""
    calls = [call for chunk in chunks if (call := chunk.choices[0].delta.function_call) is not None]
    assert all(chunk.choices[0].delta.tool_calls is None for chunk in chunks)
    return [(call.name, call.arguments) for call in calls], chunks[-1].choices[0].finish_reason


def test_a_whole_answer_calls_one_function() -> None:
    parts = (Text("Let me see."), ToolCall("call_1", "look", '{"a":1}'), ToolCall("call_2", "look", '{"a":2}'))
    body = FUNCTIONS.write_response(ChatResponse(id="c", model="m", choices=(Choice(parts, "tool_calls"),)))
    (choice,) = ChatCompletion.model_validate_json(body).choices
    call = choice.message.function_call
    assert call is not None
    assert (call.name, call.arguments, choice.finish_reason) == ("look", '{"a":1}', "function_call")
    assert (choice.message.content, choice.message.tool_calls) == ("Let me see.", None)


def test_an_answer_without_a_call_is_the_usual_one() -> None:
    body = FUNCTIONS.write_response(ChatResponse(id="c", model="m", choices=(Choice((Text("Hi"),)),)))
    (choice,) = ChatCompletion.model_validate_json(body).choices
    assert (choice.message.content, choice.message.function_call, choice.finish_reason) == ("Hi", None, "stop")


def test_a_stream_calls_one_function() -> None:
    chunks = write(
        START,
        TextDelta("Let me see."),
        ToolCallStart(0, "call_1", "look"),
        ToolCallDelta(0, '{"a":'),
        ToolCallStart(1, "call_2", "look"),
        ToolCallDelta(1, '{"b":2}'),
        ToolCallDelta(0, "1}"),
        Stop("tool_calls"),
        End(),
    )
    assert heard(chunks) == ([("look", ""), (None, '{"a":'), (None, "1}")], "function_call")
    assert [chunk.choices[0].delta.content for chunk in chunks][:2] == ["", "Let me see."]


def test_a_streamed_call_without_arguments_has_the_empty_object() -> None:
    chunks = write(START, ToolCallStart(0, "call_1", "look"), Stop("tool_calls"), End())
    assert heard(chunks) == ([("look", ""), (None, "{}")], "function_call")


def test_nothing_comes_after_the_end() -> None:
    late = (ToolCallStart(0, "call_1", "look"), ToolCallDelta(0, "{}"), Stop("tool_calls"))
    assert len(write(START, Stop(), End(), *late)) == 2
