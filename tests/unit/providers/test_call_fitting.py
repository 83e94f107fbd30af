"""Requests get ids and names that their provider takes, everywhere alike."""

from __future__ import annotations

import msgspec
import pytest

from trunkline.core.chat import ChatRequest, Message, Text, Tool, ToolCall, ToolChoice, ToolResult
from trunkline.dialects.history_ids import NINE_LETTERS, SHORT_ID
from trunkline.providers.call_fitting import find_names, fit_calls
from trunkline.providers.call_forms import CallForms, NameForm

STRICT = CallForms(SHORT_ID, NameForm())


def request(*names: str, called: str | None = None, chosen: str | None = None) -> ChatRequest:
    messages = [Message("user", (Text("Look."),))]
    if called is not None:
        messages += [
            Message("assistant", (ToolCall("c", called, "{}"),)),
            Message("tool", (ToolResult("c", (Text("fine"),), name=called),)),
        ]
    choice = None if chosen is None else ToolChoice("required", (chosen,))
    return ChatRequest(
        model="m", messages=tuple(messages), tools=tuple(Tool(name) for name in names), tool_choice=choice
    )


def test_a_request_that_fits_is_the_same_object():
    asked = request("look", called="look", chosen="look")
    assert fit_calls(asked, STRICT) is asked


def test_a_name_is_changed_in_tools_history_and_choice():
    fitted = fit_calls(request("calendar.list", called="calendar.list", chosen="calendar.list"), STRICT)
    assert fitted.tools == (Tool("calendar_list"),)
    assert fitted.tool_choice == ToolChoice("required", ("calendar_list",))
    assert fitted.messages[1].parts == (ToolCall("c", "calendar_list", "{}"),)
    assert fitted.messages[2].parts == (ToolResult("c", (Text("fine"),), name="calendar_list"),)


def test_a_name_that_only_the_history_knows_is_changed_too():
    assert find_names(request("look", called="functions look"), NameForm()) == {"functions look": "functions_look"}


def test_no_two_tools_get_the_same_name():
    names = find_names(request("a.b", "a_b", "a b", "a/b"), NameForm())
    sent = [names.get(name, name) for name in ("a.b", "a_b", "a b", "a/b")]
    assert len(set(sent)) == 4
    assert sent[1] == "a_b"
    assert all(NameForm().fits(name) for name in sent)


def test_long_names_that_begin_alike_stay_apart():
    long = ["x" * 70 + "1", "x" * 70 + "2"]
    names = find_names(request(*long), NameForm())
    assert len(set(names.values())) == 2
    assert all(NameForm().fits(name) for name in names.values())


def test_half_a_character_in_a_name_is_no_fault():
    assert set(find_names(request("a\ud83d", "a\ud83e"), NameForm()).values()) >= {"a_"}


def test_where_any_name_will_do_none_is_changed():
    assert find_names(request("calendar.list"), None) == {}


def test_ids_take_the_form_that_is_demanded_call_and_result_alike():
    fitted = fit_calls(request("look", called="look"), CallForms(NINE_LETTERS))
    call, result = fitted.messages[1].parts[0], fitted.messages[2].parts[0]
    assert isinstance(call, ToolCall)
    assert isinstance(result, ToolResult)
    assert call.id == result.call_id
    assert NINE_LETTERS.fits(call.id)


@pytest.mark.parametrize("turns", [1, 2])
def test_calls_in_neighbouring_turns_of_the_assistant_count_as_one_round(turns: int):
    calls = (ToolCall("x", "look", "{}"), ToolCall("x", "look", "{}"))
    said = (Message("assistant", calls),) if turns == 1 else tuple(Message("assistant", (call,)) for call in calls)
    results = Message("tool", (ToolResult("x", (Text("1"),)), ToolResult("x", (Text("2"),))))
    asked = msgspec.structs.replace(request("look"), messages=(*said, results))
    answered = [part.call_id for part in fit_calls(asked, STRICT).messages[-1].parts if isinstance(part, ToolResult)]
    assert answered == ["x", "x_2"]
