from __future__ import annotations

import pytest

from trunkline.core.chat import ChatRequest, JsonObject, JsonValue, Message, ResponseFormat, Text, Tool
from trunkline.providers import adapt, quirk
from trunkline.providers.closed_schema import loosened

HI = (Message("user", (Text("hi"),)),)
STRING: JsonObject = {"type": "string"}


def fit(schema: JsonObject, provider: str = "gemini") -> tuple[JsonObject, tuple[str, ...]]:
    wanted = ResponseFormat("json_schema", schema=schema)
    request = ChatRequest(model="gemini-3-pro-preview", messages=HI, response_format=wanted)
    adapted, told = adapt(request, quirk(provider, request.model))
    assert adapted.response_format is not None
    assert adapted.response_format.schema is not None
    return adapted.response_format.schema, told


def of(value: JsonObject) -> tuple[JsonValue, tuple[str, ...]]:
    """What becomes of a property."""
    schema, told = fit({"type": "object", "properties": {"a": value}})
    assert isinstance(schema["properties"], dict)
    return schema["properties"]["a"], told


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "enum": ["a", "b"], "title": "A", "description": "which"},
        {"type": ["integer", "null"], "minimum": 1, "maximum": 9},
        {"type": "array", "items": STRING, "minItems": 1, "maxItems": 3},
        {"type": "array", "prefixItems": [STRING, {"type": "number"}]},
        {"type": "object", "additionalProperties": {"type": "number"}},
        {"type": "object", "properties": {"b": STRING}, "required": ["b"], "additionalProperties": False},
        {"anyOf": [STRING, {"type": "null"}]},
        {"oneOf": [STRING, {"type": "number"}]},
        {"$ref": "#/$defs/B"},
        {"type": "string", "format": "date-time"},
        {"enum": [1, 2.5]},
    ],
)
def test_what_is_known_is_not_touched(schema: JsonObject) -> None:
    assert of(schema) == (schema, ())


@pytest.mark.parametrize(
    ("schema", "fitted"),
    [
        ({"const": "a"}, {"enum": ["a"], "type": "string"}),
        ({"const": 3, "type": "integer"}, {"enum": [3], "type": "integer"}),
        ({"const": None}, {"type": "null"}),
        ({"type": ["string", "null"], "enum": ["a", None]}, {"type": ["string", "null"], "enum": ["a"]}),
        ({"enum": [True, False]}, {"type": "boolean"}),
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"type": "integer", "exclusiveMinimum": 0}, {"type": "integer", "minimum": 1}),
        ({"type": "integer", "exclusiveMaximum": 9}, {"type": "integer", "maximum": 8}),
        ({"$ref": "#/$defs/B", "description": "of it"}, {"description": "of it", "anyOf": [{"$ref": "#/$defs/B"}]}),
        ({"allOf": [{"$ref": "#/$defs/B"}], "title": "T"}, {"title": "T", "anyOf": [{"$ref": "#/$defs/B"}]}),
        ({"allOf": [STRING, {"description": "a"}]}, {"type": "string", "description": "a"}),
        (
            {"type": "object", "allOf": [{"properties": {"b": STRING}}, {"properties": {"c": STRING}}]},
            {"type": "object", "properties": {"b": STRING, "c": STRING}},
        ),
        ({"required": ["a"], "allOf": [{"required": ["b", "a"]}]}, {"required": ["a", "b"]}),
        ({"type": "array", "items": [STRING]}, {"type": "array", "prefixItems": [STRING]}),
        ({"type": "array", "items": True}, {"type": "array", "items": {}}),
        ({"type": "integer", "default": None}, {"type": "integer"}),
    ],
)  # fmt: skip
def test_what_has_another_word_gets_that(schema: JsonObject, fitted: JsonObject) -> None:
    assert of(schema) == (fitted, ())


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("pattern", "^a", "string"),
        ("minLength", 1, "string"),
        ("maxLength", 9, "string"),
        ("format", "email", "string"),
        ("multipleOf", 2, "integer"),
        ("exclusiveMinimum", 0.5, "number"),
        ("uniqueItems", True, "array"),
        ("patternProperties", {"^x": STRING}, "object"),
        ("propertyNames", {"pattern": "^x"}, "object"),
        ("not", {"const": 1}, "integer"),
        ("default", "a", "string"),
        ("const", True, "boolean"),
    ],
)
def test_what_is_unknown_is_told_to_the_model_and_the_caller(name: str, value: JsonValue, kind: str) -> None:
    fitted, told = of({"type": kind, name: value, "description": "D."})
    assert isinstance(fitted, dict)
    assert fitted.keys() == {"type", "description"}
    assert str(fitted["description"]).startswith(f'D.\n\n{{"{name}":')
    assert told == (f"response_format.schema.{name}",)


def test_parts_that_differ_stay_together_in_words() -> None:
    fitted, told = of({"allOf": [{"type": "string"}, {"type": "number"}]})
    assert isinstance(fitted, dict)
    assert (fitted.keys(), told) == ({"description"}, ("response_format.schema.allOf",))


def test_older_definitions_get_their_new_place() -> None:
    schema, told = fit({"$schema": "x", "$ref": "#/definitions/B", "definitions": {"B": {"const": 1}}})
    assert schema == {"$ref": "#/$defs/B", "$defs": {"B": {"enum": [1], "type": "integer"}}}
    assert told == ()


class TestParametersOfTools:
    @staticmethod
    def fit(parameters: JsonObject | None, provider: str = "gemini") -> tuple[JsonObject | None, tuple[str, ...]]:
        request = ChatRequest(model="gemini-3-flash", messages=HI, tools=(Tool("look", parameters=parameters),))
        adapted, told = adapt(request, quirk(provider, request.model))
        return adapted.tools[0].parameters, told

    @pytest.mark.parametrize("provider", ["gemini", "vertex"])
    def test_are_fitted_whether_strict_or_not(self, provider: str) -> None:
        fitted, told = self.fit({"type": "object", "properties": {"a": {"const": "b", "minLength": 1}}}, provider)
        text = {"enum": ["b"], "type": "string", "description": '{"minLength":1}'}
        assert fitted == {"type": "object", "properties": {"a": text}}
        assert told == ("tools.parameters.minLength",)

    def test_are_an_object(self) -> None:
        assert self.fit({"properties": {"a": STRING}})[0] == {"type": "object", "properties": {"a": STRING}}

    def test_of_a_reference_are_what_it_names(self) -> None:
        named: JsonObject = {"B": {"type": "object", "properties": {"b": {"$ref": "#/$defs/B"}}}}
        assert self.fit({"$ref": "#/$defs/B", "$defs": named})[0] == {**named["B"], "$defs": named}  # pyright: ignore

    def test_may_be_none(self) -> None:
        assert self.fit(None) == (None, ())


def test_a_strict_caller_is_held_to_the_whole_schema() -> None:
    before = ResponseFormat("json_schema", schema={"type": "string", "minLength": 2}, strict=True)
    request = ChatRequest(model="gemini-3-flash", messages=HI, response_format=before)
    adapted, _ = adapt(request, quirk("gemini", request.model))
    assert loosened(before, adapted.response_format) == before.schema
