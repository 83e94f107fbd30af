from __future__ import annotations

import pytest

from trunkline.core.chat import ChatRequest, JsonObject, Message, ResponseFormat, Text, Tool
from trunkline.core.errors import Unsupported
from trunkline.providers import adapt, quirk
from trunkline.providers.closed_schema import loosened


def close(schema: JsonObject, provider: str = "anthropic") -> tuple[JsonObject, tuple[str, ...]]:
    wanted = ResponseFormat("json_schema", schema=schema)
    request = ChatRequest(model="claude-sonnet-4-5", messages=(Message("user", (Text("hi"),)),), response_format=wanted)
    adapted, told = adapt(request, quirk(provider, "anthropic.claude-sonnet-4-5"))
    assert adapted.response_format is not None
    assert adapted.response_format.schema is not None
    return adapted.response_format.schema, told


def thing(**properties: JsonObject) -> JsonObject:
    return {"type": "object", "properties": {**properties}}


@pytest.mark.parametrize("provider", ["anthropic", "bedrock"])
def test_objects_are_closed_wherever_they_stand(provider: str) -> None:
    inner = thing(b={"type": "string"})
    schema = {
        **thing(a=inner, many={"type": "array", "items": inner}, either={"anyOf": [inner, {"type": "null"}]}),
        "$defs": {"D": inner},
    }
    closed, told = close(schema, provider)
    shut = {**inner, "additionalProperties": False}
    assert closed == {
        "type": "object",
        "properties": {
            "a": shut,
            "many": {"type": "array", "items": shut},
            "either": {"anyOf": [shut, {"type": "null"}]},
        },
        "$defs": {"D": shut},
        "additionalProperties": False,
    }
    assert told == ()


def test_what_is_right_is_not_touched() -> None:
    schema = {**thing(a={"type": "string", "format": "date"}), "required": ["a"], "additionalProperties": False}
    assert close(schema) == (schema, ())


@pytest.mark.parametrize(
    ("bound", "value", "of"),
    [
        ("minimum", 1, "integer"),
        ("maximum", 9, "number"),
        ("exclusiveMinimum", 0, "number"),
        ("multipleOf", 2, "integer"),
        ("minLength", 1, "string"),
        ("maxLength", 5, "string"),
        ("format", "ipv9", "string"),
        ("pattern", "(?=x)x", "string"),
        ("minItems", 2, "array"),
        ("maxItems", 3, "array"),
        ("uniqueItems", True, "array"),
    ],
)
def test_bounds_that_are_refused_become_words_and_are_told(bound: str, value: object, of: str) -> None:
    closed, told = close(thing(a={"type": of, bound: value, "description": "An a."}))
    a = closed["properties"]["a"]
    assert bound not in a
    assert a["description"].startswith("An a.\n\n{")
    assert f'"{bound}":' in a["description"]
    assert told == (f"response_format.schema.{bound}",)


@pytest.mark.parametrize(
    ("bound", "value"), [("minItems", 1), ("minItems", 0), ("pattern", "^a+$"), ("format", "uuid")]
)
def test_bounds_that_are_taken_stay(bound: str, value: object) -> None:
    closed, told = close(thing(a={"type": "array", bound: value}))
    assert (closed["properties"]["a"][bound], told) == (value, ())


def test_a_property_may_be_called_like_a_bound() -> None:
    closed, told = close(thing(minimum={"type": "string"}, pattern={"type": "integer"}))
    assert set(closed["properties"]) == {"minimum", "pattern"}
    assert told == ()


def test_one_of_becomes_any_of() -> None:
    closed, _ = close(thing(a={"oneOf": [{"type": "string"}, {"type": "null"}]}))
    assert closed["properties"]["a"] == {"anyOf": [{"type": "string"}, {"type": "null"}]}


def test_open_objects_are_closed_and_told() -> None:
    closed, told = close({**thing(a={"type": "string"}), "additionalProperties": True})
    assert closed["additionalProperties"] is False
    assert told == ("response_format.schema.additionalProperties",)


def test_an_object_of_free_names_is_refused() -> None:
    with pytest.raises(Unsupported, match=r"response_format\.schema\.additionalProperties"):
        close(thing(a={"type": "object", "additionalProperties": {"type": "integer"}}))


@pytest.mark.parametrize(
    "schema",
    [
        {**thing(next={"$ref": "#"})},
        {"$ref": "#/$defs/A", "$defs": {"A": thing(b={"$ref": "#/$defs/B"}), "B": thing(a={"$ref": "#/$defs/A"})}},
    ],
)
def test_a_schema_within_itself_is_refused(schema: JsonObject) -> None:
    with pytest.raises(Unsupported, match="refers to itself"):
        close(schema)


def test_strict_tools_are_closed_and_others_are_free() -> None:
    schema = thing(a={"type": "integer", "minimum": 1})
    tools = (Tool("s", parameters=schema, strict=True), Tool("f", parameters=schema))
    request = ChatRequest(model="m", messages=(), tools=tools)
    adapted, told = adapt(request, quirk("anthropic", "claude-sonnet-4-5"))
    assert adapted.tools[0].parameters is not None
    assert adapted.tools[0].parameters["additionalProperties"] is False
    assert adapted.tools[1] == tools[1]
    assert told == ("tools.parameters.minimum",)


def test_others_get_schemas_as_they_are() -> None:
    request = ChatRequest(model="m", messages=(), response_format=ResponseFormat("json_schema", schema=thing()))
    assert adapt(request, quirk("openai", "gpt-5.1"))[0] is request


def test_only_the_strict_are_held_to_the_whole_schema() -> None:
    whole, loose = ResponseFormat("json_schema", schema={"minimum": 1}, strict=True), ResponseFormat("json_schema")
    assert loosened(whole, loose) == {"minimum": 1}
    assert loosened(whole, whole) is None
    assert loosened(ResponseFormat("json_schema", schema={"minimum": 1}), loose) is None
