"""Where a model takes tools or a form of the answer, the tools stay and it is told of the form in words."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from trunkline.core.chat import ChatRequest, Message, ResponseFormat, Text, Tool, ToolChoice
from trunkline.providers.adaptation import adapt
from trunkline.providers.closed_schema import loosened
from trunkline.providers.format_beside_tools import fit_format
from trunkline.providers.quirks import quirk

SCHEMA: dict[str, Any] = {"type": "object", "properties": {"age": {"type": "integer"}}}
WANTED = ResponseFormat("json_schema", name="Person", schema=SCHEMA, strict=True)


def request(wanted: ResponseFormat | None, *tools: Tool, choice: ToolChoice | None = None) -> ChatRequest:
    messages = (Message("system", (Text("Be brief."),)), Message("user", (Text("Jo is 25."),)))
    return ChatRequest(model="m", messages=messages, tools=tools, tool_choice=choice, response_format=wanted)


@pytest.mark.parametrize(
    ("provider", "model"),
    [("ollama", "qwen3"), ("gemini", "gemini-2.5-flash"), ("vertex", "gemini-2.0-flash"), ("gemini", "gemma-3-27b-it")],
)
def test_the_form_is_told_in_words_and_that_is_told(provider: str, model: str):
    fitted, dropped = adapt(request(WANTED, Tool("look")), quirk(provider, model))
    assert fitted.response_format is None
    assert fitted.tools == (Tool("look"),)
    assert "response_format" in dropped
    assert [message.role for message in fitted.messages] == ["system", "system", "user"]
    assert msgspec.json.encode(SCHEMA).decode() in fitted.messages[1].text


def test_json_without_a_schema_is_told_in_words_too():
    fitted, dropped = fit_format(request(ResponseFormat("json"), Tool("look")), quirk("ollama", "qwen3"))
    assert "JSON object" in fitted.messages[1].text
    assert dropped == ("response_format",)


@pytest.mark.parametrize(
    "asked",
    [
        request(WANTED),
        request(None, Tool("look")),
        request(ResponseFormat("text"), Tool("look")),
        request(WANTED, Tool("look"), choice=ToolChoice("none")),
    ],
)
def test_one_of_them_alone_stays(asked: ChatRequest):
    assert fit_format(asked, quirk("ollama", "qwen3")) == (asked, ())


@pytest.mark.parametrize(
    ("provider", "model"), [("gemini", "gemini-3-pro-preview"), ("anthropic", "claude-opus-4-6"), ("openai", "gpt-5.2")]
)
def test_who_takes_both_gets_both(provider: str, model: str):
    asked = request(WANTED, Tool("look"))
    assert fit_format(asked, quirk(provider, model)) == (asked, ())


def test_a_strict_callers_answer_is_held_to_the_schema_all_the_same():
    assert loosened(WANTED, None) == SCHEMA
