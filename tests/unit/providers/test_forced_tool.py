"""A server that cannot be told to call a tool is asked for an answer that fits the tool's parameters."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from trunkline.core.chat import ChatRequest, Message, ResponseFormat, Text, Tool, ToolChoice
from trunkline.core.errors import InvalidInput
from trunkline.providers.forced_tool import fit_forced_tool
from trunkline.providers.quirks import quirk

OLLAMA = quirk("ollama", "qwen3")
SCHEMA: dict[str, Any] = {"type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"]}
PERSON, OTHER = Tool("Person", "Somebody.", SCHEMA), Tool("Other")


def request(choice: ToolChoice | None, *tools: Tool, **more: Any) -> ChatRequest:
    messages = (Message("system", (Text("Be brief."),)), Message("user", (Text("Jo is 25."),)))
    return ChatRequest(model="m", messages=messages, tools=tools, tool_choice=choice, **more)


@pytest.mark.parametrize(
    ("choice", "tools"),
    [(ToolChoice("required", ("Person",)), (PERSON, OTHER)), (ToolChoice("required"), (PERSON,))],
)
def test_one_tool_to_be_called_is_the_form_of_the_answer(choice: ToolChoice, tools: tuple[Tool, ...]):
    forced = fit_forced_tool(request(choice, *tools), OLLAMA)
    assert (forced.name, forced.dropped) == ("Person", ())
    assert forced.request.response_format == ResponseFormat("json_schema", name="Person", schema=SCHEMA)
    assert forced.request.tools == ()
    assert forced.request.tool_choice is None


def test_the_model_is_told_of_the_tool_after_the_callers_own_instructions():
    told = fit_forced_tool(request(ToolChoice("required"), PERSON), OLLAMA).request.messages
    assert [message.role for message in told] == ["system", "system", "user"]
    assert told[0].text == "Be brief."
    for word in ("Person", "Somebody.", msgspec.json.encode(SCHEMA).decode()):
        assert word in told[1].text


def test_a_tool_that_takes_nothing_is_an_empty_object():
    forced = fit_forced_tool(request(ToolChoice("required"), OTHER), OLLAMA)
    assert forced.request.response_format is not None
    assert forced.request.response_format.schema == {"type": "object", "properties": {}}


@pytest.mark.parametrize("names", [(), ("Person", "Other")])
def test_among_several_tools_the_model_chooses_and_the_caller_is_told(names: tuple[str, ...]):
    forced = fit_forced_tool(request(ToolChoice("required", names), PERSON, OTHER), OLLAMA)
    assert forced.request.tool_choice == ToolChoice("auto", names)
    assert forced.request.tools == (PERSON, OTHER)
    assert (forced.name, forced.dropped) == (None, ("tool_choice",))


def test_a_form_of_the_answer_gives_way_to_the_tool_and_that_is_told():
    other = ResponseFormat("json_schema", name="x", schema={"type": "object"})
    forced = fit_forced_tool(request(ToolChoice("required"), PERSON, response_format=other), OLLAMA)
    assert forced.dropped == ("response_format",)


@pytest.mark.parametrize("choice", [None, ToolChoice(), ToolChoice("none"), ToolChoice("auto", ("Person",))])
def test_a_free_choice_stays(choice: ToolChoice | None):
    asked = request(choice, PERSON)
    assert fit_forced_tool(asked, OLLAMA).request is asked


def test_who_can_be_told_is_told():
    asked = request(ToolChoice("required"), PERSON)
    assert fit_forced_tool(asked, quirk("openai", "gpt-4.1")).request is asked


@pytest.mark.parametrize("tools", [(), (OTHER,)])
def test_a_tool_that_is_not_there_cannot_be_called(tools: tuple[Tool, ...]):
    with pytest.raises(InvalidInput, match="tool_choice"):
        fit_forced_tool(request(ToolChoice("required", ("Person",)), *tools), OLLAMA)
