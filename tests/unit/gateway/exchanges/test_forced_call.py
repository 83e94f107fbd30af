"""An answer that fits a tool's parameters becomes the call of that tool, streamed and whole alike."""

from __future__ import annotations

import pytest

from trunkline.core.chat import ChatResponse, Choice, Reasoning, StopReason, Text, ToolCall
from trunkline.core.chat_events import (
    ChatEvent,
    End,
    ReasoningDelta,
    Start,
    Stop,
    TextDelta,
    ToolCallDelta,
    ToolCallStart,
)
from trunkline.gateway.exchanges.forced_call import ForcedReader, call_of

OBJECT = '{"age": 25}'


class _Scripted:
    def __init__(self, events: list[ChatEvent]) -> None:
        self._events = events

    def feed(self, data: bytes) -> list[ChatEvent]:
        return [self._events.pop(0)] if self._events else []

    def close(self) -> list[ChatEvent]:
        left, self._events = self._events, []
        return left


def read(*events: ChatEvent) -> list[ChatEvent]:
    reader = ForcedReader(_Scripted(list(events)), "Person")
    out = [event for _ in events[:-1] for event in reader.feed(b"")]
    return out + reader.close()


def streamed(*texts: str, reason: StopReason = "stop") -> tuple[str, str, StopReason]:
    """The text and the arguments that a client gets of an answer in these pieces, and why it ended."""
    events = read(Start(), *(TextDelta(text) for text in texts), Stop(reason), End())
    said = "".join(event.text for event in events if isinstance(event, TextDelta))
    arguments = "".join(event.arguments for event in events if isinstance(event, ToolCallDelta))
    names = [event.name for event in events if isinstance(event, ToolCallStart)]
    assert names == (["Person"] if arguments else [])
    (stop,) = [event.reason for event in events if isinstance(event, Stop)]
    return said, arguments, stop


def live(*texts: str, reason: StopReason = "stop") -> tuple[str, str, StopReason]:
    choice = Choice(tuple(Text(text) for text in texts), reason)
    (told,) = call_of(ChatResponse(id="", model="m", choices=(choice,)), "Person").choices
    said = "".join(part.text for part in told.parts if isinstance(part, Text))
    calls = [part for part in told.parts if isinstance(part, ToolCall)]
    assert [call.name for call in calls] == ["Person"] * len(calls)
    return said, "".join(call.arguments for call in calls), told.stop


@pytest.mark.parametrize("told", [streamed, live])
@pytest.mark.parametrize(
    ("texts", "reason", "right"),
    [
        ([OBJECT], "stop", ("", OBJECT, "tool_calls")),
        (['{"a', 'ge"', ": 25}"], "stop", ("", OBJECT, "tool_calls")),
        (["\n", " ", OBJECT], "stop", ("", OBJECT, "tool_calls")),
        (["```json\n", OBJECT, "\n```"], "stop", ("", OBJECT, "tool_calls")),
        (["Here it is: ", OBJECT, "."], "stop", ("", OBJECT, "tool_calls")),
        (['{"age": '], "length", ("", '{"age":', "length")),
        (["I cannot", " do that."], "stop", ("I cannot do that.", "", "stop")),
        (["a {b} c"], "stop", ("a {b} c", "", "stop")),
        (["[1]"], "stop", ("[1]", "", "stop")),
        ([], "stop", ("", "", "stop")),
    ],
)
def test_an_object_is_a_call(told: object, texts: list[str], reason: StopReason, right: tuple[str, str, StopReason]):
    assert callable(told)
    said, arguments, stop = told(*texts, reason=reason)
    assert (said, arguments.strip(), stop) == right


def test_the_call_is_told_as_it_comes():
    reader = ForcedReader(_Scripted([TextDelta('{"age"'), TextDelta(": 25")]), "Person")
    first = reader.feed(b"")
    assert isinstance(first[0], ToolCallStart)
    assert first[1:] == [ToolCallDelta(0, '{"age"')]
    assert reader.feed(b"") == [ToolCallDelta(0, ": 25")]


def test_thoughts_stay():
    assert read(ReasoningDelta("hm"), TextDelta(OBJECT), Stop(), End())[0] == ReasoningDelta("hm")
    choice = Choice((Reasoning("hm"), Text(OBJECT)))
    told = call_of(ChatResponse(id="", model="m", choices=(choice,)), "Person").choices[0]
    assert told.parts[0] == Reasoning("hm")


def test_a_call_that_the_model_made_itself_stays():
    own = [ToolCallStart(0, "a", "look"), ToolCallDelta(0, "{}")]
    assert read(*own, TextDelta(OBJECT), Stop("tool_calls"), End()) == [
        *own,
        TextDelta(OBJECT),
        Stop("tool_calls"),
        End(),
    ]
    choice = Choice((ToolCall("a", "look", "{}"), Text(OBJECT)), "tool_calls")
    assert call_of(ChatResponse(id="", model="m", choices=(choice,)), "Person").choices == (choice,)


def test_a_call_of_its_own_after_the_object_is_the_second():
    events = read(TextDelta(OBJECT), ToolCallStart(0, "a", "look"), ToolCallDelta(0, "{}"), Stop("tool_calls"), End())
    assert [event.index for event in events if isinstance(event, ToolCallStart)] == [0, 1]
