"""A form of the answer beside tools passes where the provider takes both, and is told in words where it does not."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from trunkline.providers.adaptation import adapt
from trunkline.providers.quirks import quirk

from .fixtures import edit

SCHEMA = {"type": "object", "properties": {"age": {"type": "integer"}}}
FORM = {"type": "json_schema", "json_schema": {"name": "Person", "schema": SCHEMA}}
TOOLS = [{"type": "function", "function": {"name": "look"}}]


def sent(provider: str, **fields: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    habits = quirk(provider, "m")
    body = msgspec.json.encode({"model": "m", "messages": [{"role": "user", "content": "hi"}], **fields})
    changed, dropped = edit(body, model="m", adapt=lambda request: adapt(request, habits))
    return msgspec.json.decode(changed), dropped


@pytest.mark.parametrize(("form", "words"), [(FORM, '"age"'), ({"type": "json_object"}, "JSON object")])
def test_where_both_are_refused_the_model_is_told_of_the_form_in_words(form: dict[str, Any], words: str) -> None:
    body, dropped = sent("groq", tools=TOOLS, response_format=form)
    assert dropped == ("response_format",)
    assert "response_format" not in body
    assert body["tools"] == TOOLS
    assert [message["role"] for message in body["messages"]] == ["system", "user"]
    assert words in body["messages"][0]["content"]


@pytest.mark.parametrize(
    "fields",
    [
        {"response_format": FORM},
        {"response_format": FORM, "tools": []},
        {"response_format": {"type": "text"}, "tools": TOOLS},
        {"response_format": FORM, "tools": TOOLS, "tool_choice": "none"},
        {"response_format": "xml", "tools": TOOLS},
        {"response_format": None, "tools": TOOLS},
    ],
)
def test_one_of_them_alone_passes(fields: dict[str, Any]) -> None:
    body, dropped = sent("groq", **fields)
    assert dropped == ()
    assert body == {"model": "m", "messages": [{"role": "user", "content": "hi"}], **fields}


def test_who_takes_both_gets_both() -> None:
    body, dropped = sent("mistral", tools=TOOLS, response_format=FORM)
    assert (body["response_format"], body["tools"], dropped) == (FORM, TOOLS, ())
