"""Tools for Ollama, which reads each property of their parameters as an object, and never ``true`` or ``false``
(``ToolProperty`` in https://github.com/ollama/ollama/blob/main/api/types.go)."""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import ChatRequest, JsonObject, JsonValue, Tool

_NOTHING: Final[JsonObject] = {"not": {}}


def fit_tools(request: ChatRequest) -> tuple[ChatRequest, list[str]]:
    """``request`` whose tools have schemas that say the same in objects, and nothing that was left out."""
    tools = tuple(map(_fit, request.tools))
    changed = any(tool is not given for tool, given in zip(tools, request.tools, strict=True))
    return (msgspec.structs.replace(request, tools=tools) if changed else request), []


def _fit(tool: Tool) -> Tool:
    if tool.parameters is None:
        return tool
    parameters = _members(tool.parameters)
    return tool if parameters == tool.parameters else msgspec.structs.replace(tool, parameters=parameters)


def _members(schema: JsonObject) -> JsonObject:
    """``schema`` with objects for the schemas in it."""
    fitted = dict(schema)
    if isinstance(properties := schema.get("properties"), dict):
        fitted["properties"] = {name: _schema(inner) for name, inner in properties.items()}
    for name in ("anyOf", "oneOf", "allOf", "prefixItems"):
        if isinstance(inner := schema.get(name), list):
            fitted[name] = [_schema(one) for one in inner]
    if "items" in schema:
        fitted["items"] = _schema(schema["items"])
    return fitted


def _schema(value: JsonValue) -> JsonValue:
    """https://json-schema.org/draft/2020-12/json-schema-core#name-boolean-json-schemas"""
    if isinstance(value, bool):
        return {} if value else dict(_NOTHING)
    return _members(value) if isinstance(value, dict) else value
