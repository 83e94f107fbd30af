"""JSON Schemas as Claude, and all that Bedrock serves, take them for structured answers and strict tools.

Objects are closed (``additionalProperties`` is false everywhere), and most bounds are an error with 400:
https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations and
https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html. As the vendor's own SDKs do it, a bound
that is taken out is put into the description beside it, where the model reads it.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from trunkline.core.chat import ChatRequest, JsonObject, JsonValue, ResponseFormat, Tool
from trunkline.core.errors import Unsupported
from trunkline.providers.schema_fitting import describe, fit_each

_KEPT: Final = frozenset(
    {"type", "enum", "const", "default", "description", "title", "required", "$ref", "$schema", "$id", "examples"}
)
_SCHEMAS: Final = frozenset({"items"})
_LISTS: Final = frozenset({"anyOf", "allOf"})
_NAMED: Final = frozenset({"properties", "$defs", "definitions"})
_DEFINED: Final = ("$defs", "definitions")
_FORMATS: Final = frozenset(
    {"date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"}
)
# Lookaround, back references and word boundaries are refused.
_REFUSED_PATTERN: Final = re.compile(r"\(\?[=!<]|\\[1-9bB]")


def fit_schemas(request: ChatRequest) -> tuple[ChatRequest, list[str]]:
    """``request`` with schemas that are taken, and the names of what was taken out of them.

    Raises Unsupported for what has no closed form: an object whose names are free, or a schema within itself.
    """
    return fit_each(request, schema=_fit_schema, tool=_fit_tool)


def loosened(before: ResponseFormat | None, after: ResponseFormat | None) -> JsonObject | None:
    """The schema that an answer must be held to by us, since the caller is strict and the model got a looser one, or
    none at all."""
    if before is None or before.strict is not True or (after is not None and before.schema == after.schema):
        return None
    return before.schema


def _fit_schema(schema: JsonObject, path: str, lost: set[str]) -> JsonObject:
    return _Closing(path, lost).close(schema)


def _fit_tool(tool: Tool, lost: set[str]) -> Tool:
    if not tool.strict or tool.parameters is None:
        return tool
    return msgspec.structs.replace(tool, parameters=_Closing("tools.parameters", lost).close(tool.parameters))


class _Closing:
    """Closes one schema. ``path`` is what it is called where something is told of it."""

    def __init__(self, path: str, lost: set[str]) -> None:
        self._path = path
        self._lost = lost

    def close(self, schema: JsonObject) -> JsonObject:
        """The whole schema. One that is within itself has no form without reference."""
        if _is_recursive(schema):
            raise Unsupported.of(
                self._path, "A schema that refers to itself is not supported by this model: write out its levels."
            )
        return self._node(schema)

    def _node(self, schema: JsonObject) -> JsonObject:
        out: JsonObject = {}
        aside: JsonObject = {}
        for key, value in schema.items():
            if key in _NAMED and isinstance(value, dict):
                out[key] = {name: self._any(child) for name, child in value.items()}
            elif key in _SCHEMAS and isinstance(value, dict):
                out[key] = self._node(value)
            elif key in _LISTS and isinstance(value, list):
                out[key] = [self._any(child) for child in value]
            elif key == "oneOf" and isinstance(value, list):
                out.setdefault("anyOf", [self._any(child) for child in value])
            elif key == "additionalProperties":
                self._closed(schema, value)
            elif key in _KEPT or _is_taken(key, value):
                out[key] = value
            else:
                aside[key] = value
        if _is_object(schema):
            out.setdefault("properties", {})
            out["additionalProperties"] = False
        if aside:
            self._lost.update(f"{self._path}.{key}" for key in aside)
            describe(out, aside)
        return out

    def _any(self, value: JsonValue) -> JsonValue:
        return self._node(value) if isinstance(value, dict) else value

    def _closed(self, schema: JsonObject, value: JsonValue) -> None:
        if value is False:
            return
        if value != {} and value is not True and not schema.get("properties"):
            raise Unsupported.of(
                f"{self._path}.additionalProperties",
                "This model takes no object whose names are free: use an array of objects with a name and a value.",
            )
        self._lost.add(f"{self._path}.additionalProperties")


def _is_object(schema: JsonObject) -> bool:
    kind = schema.get("type")
    return kind == "object" or (isinstance(kind, list) and "object" in kind) or "properties" in schema


def _is_taken(key: str, value: JsonValue) -> bool:
    if key == "format":
        return value in _FORMATS
    if key == "minItems":
        return value in (0, 1)
    return key == "pattern" and isinstance(value, str) and _REFUSED_PATTERN.search(value) is None


def _is_recursive(schema: JsonObject) -> bool:
    """Whether a reference leads back to itself. References are followed to ``$defs``, ``definitions`` and the root."""
    targets: dict[str, JsonValue] = {"#": {key: value for key, value in schema.items() if key not in _DEFINED}}
    for place in _DEFINED:
        named = schema.get(place)
        if isinstance(named, dict):
            targets |= {f"#/{place}/{name}": child for name, child in named.items()}
    links = {name: _references(target) & targets.keys() for name, target in targets.items()}
    left = dict(links)
    while left:
        free = [name for name, refers in left.items() if not refers & left.keys()]
        if not free:
            return True
        for name in free:
            del left[name]
    return False


def _references(value: JsonValue) -> set[str]:
    found: set[str] = set()
    left: list[JsonValue] = [value]
    while left:
        item = left.pop()
        if isinstance(item, dict):
            ref = item.get("$ref")
            if isinstance(ref, str):
                found.add(ref)
            left.extend(item.values())
        elif isinstance(item, list):
            left.extend(item)
    return found
