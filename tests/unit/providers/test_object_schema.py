from __future__ import annotations

from trunkline.core.chat import ChatRequest, Tool
from trunkline.providers import adapt, quirk

OLLAMA = quirk("ollama", "qwen3")


def fit(parameters: dict[str, object]) -> object:
    request = ChatRequest(model="m", messages=(), tools=(Tool("f", parameters=parameters),))  # type: ignore[arg-type]
    return adapt(request, OLLAMA)[0].tools[0].parameters


def test_a_schema_that_is_true_or_false_is_said_in_objects() -> None:
    given = {"type": "object", "properties": {"a": True, "b": False, "c": {"type": "array", "items": True}}}
    assert fit(given) == {
        "type": "object",
        "properties": {"a": {}, "b": {"not": {}}, "c": {"type": "array", "items": {}}},
    }


def test_what_is_said_in_objects_stays_and_so_do_other_booleans() -> None:
    given = {"type": "object", "properties": {"a": {"type": "boolean", "default": True}}, "additionalProperties": False}
    assert fit(given) == given


def test_choices_are_schemas_too() -> None:
    assert fit({"type": "object", "properties": {"a": {"anyOf": [True, {"type": "null"}]}}}) == {
        "type": "object",
        "properties": {"a": {"anyOf": [{}, {"type": "null"}]}},
    }
