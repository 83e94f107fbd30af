"""Gemini's older schema language, read into JSON Schema."""

from __future__ import annotations

import pytest

from trunkline.core.chat import JsonValue
from trunkline.dialects.gemini.schema import read_schema


@pytest.mark.parametrize(
    ("schema", "read"),
    [
        ({"type": "STRING"}, {"type": "string"}),
        ({"type": "TYPE_UNSPECIFIED", "title": "T"}, {"title": "T"}),
        ({"type": "FUTURE"}, {"type": "FUTURE"}),
        ({"type": "STRING", "nullable": True}, {"type": ["string", "null"]}),
        ({"type": "STRING", "nullable": False}, {"type": "string"}),
        ({"nullable": True, "anyOf": [{"type": "NULL"}]}, {"anyOf": [{"type": "null"}, {"type": "null"}]}),
        ({"nullable": True}, {}),
        ({"type": "STRING", "format": "enum", "enum": ["a"]}, {"type": "string", "enum": ["a"]}),
        ({"type": "STRING", "format": "date-time"}, {"type": "string", "format": "date-time"}),
        (
            {"type": "ARRAY", "min_items": "2", "items": {"type": "NUMBER"}},
            {"type": "array", "minItems": 2, "items": {"type": "number"}},
        ),
        ({"max_length": 5, "maxItems": "many"}, {"maxLength": 5, "maxItems": "many"}),
        ({"additionalProperties": {"type": "STRING"}}, {"additionalProperties": {"type": "string"}}),
        ({"additionalProperties": False}, {"additionalProperties": False}),
        (
            {"properties": {"min_items": {"type": "STRING"}, "x": True}},
            {"properties": {"min_items": {"type": "string"}, "x": True}},
        ),
        (
            {"ref": "#/defs/A", "defs": {"A": {"type": "STRING"}}},
            {"$ref": "#/$defs/A", "$defs": {"A": {"type": "string"}}},
        ),
        ({"$defs": {"A": {"type": "STRING"}}}, {"$defs": {"A": {"type": "string"}}}),
        ({"example": 5, "propertyOrdering": ["a"]}, {"examples": [5]}),
    ],
)
def test_the_same_meaning_in_json_schema(schema: dict[str, JsonValue], read: dict[str, JsonValue]) -> None:
    assert read_schema(schema) == read
