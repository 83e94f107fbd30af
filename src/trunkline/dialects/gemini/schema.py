"""Gemini's older schema language, a subset of OpenAPI 3.0, read into JSON Schema.

https://ai.google.dev/api/caching#Schema: type names in capitals, ``nullable`` instead of a null type, 64-bit numbers as
strings, ``propertyOrdering``. On writing we use the fields that take JSON Schema itself (``parametersJsonSchema``,
``responseJsonSchema``), so there is no way back.
"""

from __future__ import annotations

from typing import Final

from trunkline.core.chat import JsonValue
from trunkline.dialects.gemini.fields import camel

_TYPES: Final = frozenset(("string", "number", "integer", "boolean", "array", "object", "null"))
_COUNTS: Final = frozenset(("minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties"))


def read_schema(schema: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """The same meaning in JSON Schema. What is not OpenAPI's is kept as it came."""
    out: dict[str, JsonValue] = {}
    nullable = False
    for key, value in schema.items():
        name = camel(key)
        match name, value:
            case "nullable", _:
                nullable = value is True
            case "propertyOrdering", _:
                continue
            case "type", str():
                lowered = value.lower()
                if lowered != "type_unspecified":
                    out["type"] = lowered if lowered in _TYPES else value
            case "properties", dict():
                out["properties"] = {key: _read_any(child) for key, child in value.items()}
            case "anyOf", list():
                out["anyOf"] = [_read_any(child) for child in value]
            case (("items" | "additionalProperties"), dict()):
                out[name] = read_schema(value)
            case (("defs" | "$defs"), dict()):
                out["$defs"] = {key: _read_any(child) for key, child in value.items()}
            case "ref", str():
                out["$ref"] = value.replace("#/defs/", "#/$defs/")
            case "example", _:
                out["examples"] = [value]
            case "format", "enum":
                continue
            case _, str() if name in _COUNTS and value.isdecimal():
                out[name] = int(value)
            case _:
                out[name] = value
    return _with_null(out) if nullable else out


def _read_any(value: JsonValue) -> JsonValue:
    return read_schema(value) if isinstance(value, dict) else value


def _with_null(schema: dict[str, JsonValue]) -> dict[str, JsonValue]:
    kind = schema.get("type")
    if isinstance(kind, str):
        schema["type"] = [kind, "null"]
        choices = schema.get("enum")
        if isinstance(choices, list):
            schema["enum"] = [*choices, None]
        return schema
    rivals = schema.get("anyOf")
    if isinstance(rivals, list):
        schema["anyOf"] = [*rivals, {"type": "null"}]
    return schema
