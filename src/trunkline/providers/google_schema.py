"""JSON Schemas as Gemini takes them, for structured answers and the parameters of functions.

``responseJsonSchema`` and ``parametersJsonSchema`` know a part of JSON Schema: what is listed at
https://ai.google.dev/api/generate-content#FIELDS.response_json_schema. There a ``$ref`` stands alone ("no other
properties, except for those starting as a $, may be set") and values of ``enum`` are strings and numbers. What has
another form that means the same gets that; the rest is put into the description beside it, where the model reads it.
"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import ChatRequest, JsonObject, JsonValue, Tool
from trunkline.providers.schema_fitting import describe, fit_each

_KEPT: Final = frozenset(
    {"$id", "$anchor", "type", "title", "description", "minItems", "maxItems", "minimum", "maximum", "required"}
) | {"propertyOrdering"}
_CHOICES: Final = frozenset({"anyOf", "oneOf"})
_LISTS: Final = frozenset({"anyOf", "oneOf", "prefixItems"})
_NAMED: Final = frozenset({"properties", "$defs"})
_SILENT: Final = frozenset({"$schema", "$comment", "discriminator"})
"""What says nothing to a model."""
_FORMATS: Final = frozenset({"date-time", "date", "time", "int32", "int64", "float", "double"})
"""https://ai.google.dev/gemini-api/docs/structured-output#json_schema_support"""


def fit_schemas(request: ChatRequest) -> tuple[ChatRequest, list[str]]:
    """``request`` with schemas that are taken, and the names of what was put into descriptions."""
    return fit_each(request, schema=_fit_schema, tool=_fit_tool)


def _fit_schema(schema: JsonObject, path: str, lost: set[str]) -> JsonObject:
    return _Fitting(path, lost).fit(schema)


def _fit_tool(tool: Tool, lost: set[str]) -> Tool:
    if tool.parameters is None:
        return tool
    fitted = _Fitting("tools.parameters", lost).fit(_root(tool.parameters))
    # The parameters of a function are an object, which callers of others may leave out.
    return msgspec.structs.replace(tool, parameters=fitted if "type" in fitted else {"type": "object", **fitted})


def _root(schema: JsonObject) -> JsonObject:
    """``schema`` with what its own ``$ref`` names in the place of that."""
    _, place, name = str(schema.get("$ref", "")).partition("#/$defs/")
    named = schema.get("$defs")
    target = named.get(name) if place and isinstance(named, dict) else None
    if not isinstance(target, dict):
        return schema
    return {**target, **{key: value for key, value in schema.items() if key != "$ref"}}


class _Fitting:
    """Fits one schema. ``path`` is what it is called where something is told of it."""

    def __init__(self, path: str, lost: set[str]) -> None:
        self._path = path
        self._lost = lost

    def fit(self, schema: JsonObject) -> JsonObject:
        """The whole schema. The root keeps definitions beside its ``$ref``."""
        return self._node(schema)

    def _any(self, value: JsonValue) -> JsonValue:
        """A schema within another. ``true`` is any value."""
        if value is True:
            return {}
        return self._node(value) if isinstance(value, dict) else value

    def _node(self, schema: JsonObject) -> JsonObject:
        out: JsonObject = {}
        aside: JsonObject = {}
        given = _merged(schema)
        for key, value in given.items():
            if key in _NAMED and isinstance(value, dict):
                out[key] = {name: self._any(child) for name, child in value.items()}
            elif key in _LISTS and isinstance(value, list):
                out[key] = [self._any(child) for child in value]
            elif key in ("items", "additionalProperties"):
                self._inner(key, value, out)
            elif key == "const" or (key == "enum" and isinstance(value, list)):
                _choose(key, value if isinstance(value, list) and key == "enum" else [value], out, aside)
            elif key in ("exclusiveMinimum", "exclusiveMaximum"):
                _bound(key, value, given, out, aside)
            elif key == "$ref":
                (aside if not _CHOICES.isdisjoint(given) else out)[key] = _moved(value)
            elif key in _KEPT or (key == "format" and value in _FORMATS):
                out.setdefault(key, value)
            elif key not in _SILENT and (key, value) != ("default", None):
                aside[key] = value
        if aside:
            self._lost.update(f"{self._path}.{key}" for key in aside)
            describe(out, aside)
        return _alone(out)

    def _inner(self, key: str, value: JsonValue, out: JsonObject) -> None:
        if key == "items" and isinstance(value, list):
            out["prefixItems"] = [self._any(child) for child in value]
        elif key == "additionalProperties" and isinstance(value, bool):
            out[key] = value
        else:
            out[key] = self._any(value)


def _merged(schema: JsonObject) -> JsonObject:
    """``schema`` with the parts of its ``allOf`` in itself, where no two differ, and with words of this age."""
    renewed = {"$defs" if key == "definitions" else key: value for key, value in schema.items()}
    kind = renewed.get("type")
    if renewed.pop("nullable", None) is True and isinstance(kind, str):
        renewed["type"] = [kind, "null"]
    parts = renewed.get("allOf")
    if not isinstance(parts, list):
        return renewed
    whole = {key: value for key, value in renewed.items() if key != "allOf"}
    for part in parts:
        if not isinstance(part, dict):
            return renewed
        for key, value in _merged(part).items():
            there = whole.get(key)
            if key not in whole or there == value:
                whole[key] = value
            elif key == "properties" and isinstance(there, dict) and isinstance(value, dict):
                if any(there.get(name, child) != child for name, child in value.items()):
                    return renewed
                whole[key] = {**there, **value}
            elif key == "required" and isinstance(there, list) and isinstance(value, list):
                whole[key] = [*there, *(name for name in value if name not in there)]
            elif key not in ("description", "title"):
                return renewed
    return whole


def _choose(key: str, values: list[JsonValue], out: JsonObject, aside: JsonObject) -> None:
    """The values that may be: strings or numbers, beside null, which is a type. Yes and no are a type as well."""
    said = [value for value in values if value is not None]
    if any(isinstance(value, bool | list | dict) for value in said):
        if not all(isinstance(value, bool) for value in said):
            aside[key] = values[0] if key == "const" else values
            return
        if len({*map(str, said)}) == 1:
            aside[key] = said[0]
    elif said:
        out["enum"] = list[JsonValue](said)
    kinds: list[JsonValue] = [*dict.fromkeys(_kind(value) for value in values)]
    if len(said) < len(values) or "enum" not in out or key == "const":
        out["type"] = kinds[0] if len(kinds) == 1 else kinds


def _kind(value: JsonValue) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    return "string" if isinstance(value, str) else "integer" if isinstance(value, int) else "number"


def _bound(key: str, value: JsonValue, schema: JsonObject, out: JsonObject, aside: JsonObject) -> None:
    """An exclusive bound of a whole number has an inclusive one beside it."""
    if schema.get("type") != "integer" or not isinstance(value, int) or isinstance(value, bool):
        aside[key] = value
    elif key == "exclusiveMinimum":
        out["minimum"] = value + 1
    else:
        out["maximum"] = value - 1


def _moved(reference: JsonValue) -> JsonValue:
    if isinstance(reference, str) and reference.startswith("#/definitions/"):
        return reference.replace("#/definitions/", "#/$defs/", 1)
    return reference


def _alone(node: JsonObject) -> JsonObject:
    """``node`` with its ``$ref`` as the only choice, where something stands beside it that may not."""
    if "$ref" not in node or all(key.startswith("$") for key in node):
        return node
    rest: JsonObject = {key: value for key, value in node.items() if key != "$ref"}
    return {**rest, "anyOf": [{"$ref": node["$ref"]}]}
