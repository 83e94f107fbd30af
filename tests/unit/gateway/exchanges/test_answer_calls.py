"""Callers see their own names of tools, and ids that they have not seen in the conversation."""

from __future__ import annotations

import pytest

from trunkline.core.chat import ChatRequest, ChatResponse, Choice, Message, Text, Tool, ToolCall
from trunkline.core.chat_events import ChatEvent, TextDelta, ToolCallDelta, ToolCallStart
from trunkline.gateway.exchanges.answer_calls import AnswerCalls, RestoringReader

ASKED = ChatRequest(
    model="m",
    messages=(Message("assistant", (ToolCall("call_0", "look", "{}"),)),),
    tools=(Tool("calendar.list"),),
)
NAMES = {"calendar_list": "calendar.list"}


class _Scripted:
    def __init__(self, *events: ChatEvent) -> None:
        self._events = list(events)

    def feed(self, data: bytes) -> list[ChatEvent]:
        return self._events

    def close(self) -> list[ChatEvent]:
        return []


def restore(streamed: bool, *calls: ToolCall) -> list[tuple[str, str]]:
    known = AnswerCalls(ASKED, NAMES)
    if not streamed:
        whole = known.restore(ChatResponse(id="", model="m", choices=(Choice((Text("a"), *calls)),)))
        return [(part.id, part.name) for part in whole.choices[0].parts if isinstance(part, ToolCall)]
    events: list[ChatEvent] = [TextDelta("a")]
    for index, call in enumerate(calls):
        events += [ToolCallStart(index, call.id, call.name), ToolCallDelta(index, "{}")]
    told = RestoringReader(_Scripted(*events), known).feed(b"")
    return [(event.id, event.name) for event in told if isinstance(event, ToolCallStart)]


@pytest.mark.parametrize("streamed", [True, False])
def test_a_tool_is_called_by_its_callers_name(streamed: bool):
    assert restore(streamed, ToolCall("a", "calendar_list"), ToolCall("b", "unknown")) == [
        ("a", "calendar.list"),
        ("b", "unknown"),
    ]


@pytest.mark.parametrize("streamed", [True, False])
def test_an_id_that_the_conversation_knows_becomes_a_new_one(streamed: bool):
    ((identity, _),) = restore(streamed, ToolCall("call_0", "look"))
    assert identity.startswith("call_0_look_")


@pytest.mark.parametrize("streamed", [True, False])
def test_an_id_that_comes_twice_in_an_answer_becomes_a_new_one(streamed: bool):
    (first, _), (second, _) = restore(streamed, ToolCall("x", "look"), ToolCall("x", "look"))
    assert first == "x"
    assert second != "x"


def test_choices_may_share_an_id():
    choice = Choice((ToolCall("x", "look"),))
    whole = AnswerCalls(ASKED, {}).restore(ChatResponse(id="", model="m", choices=(choice, choice)))
    assert whole.choices == (choice, choice)
