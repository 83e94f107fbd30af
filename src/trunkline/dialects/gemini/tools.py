"""Tools and the choice among them.

https://ai.google.dev/api/caching#Tool: functions stand under ``functionDeclarations``; every other kind of tool
(``googleSearch``, ``codeExecution``, ``urlContext``…) is Gemini's own and travels in ``extra``.
"""

from __future__ import annotations

from typing import Final

from trunkline.core.chat import JsonValue, Tool, ToolChoice
from trunkline.core.errors import InvalidInput
from trunkline.dialects.gemini.fields import Fields
from trunkline.dialects.gemini.schema import read_schema

_MODES: Final = {"AUTO": "auto", "VALIDATED": "auto", "ANY": "required", "NONE": "none"}


def read_tools(values: list[JsonValue]) -> tuple[tuple[Tool, ...], list[JsonValue]]:
    """The functions, and the tools that only Gemini knows."""
    functions: list[Tool] = []
    others: list[JsonValue] = []
    for index, value in enumerate(values):
        entry = Fields(value, f"tools.{index}")
        where = entry.at("functionDeclarations")
        for place, declaration in enumerate(entry.array("functionDeclarations")):
            functions.append(_read_function(Fields(declaration, f"{where}.{place}")))
        if entry.rest():
            others.append(entry.rest())
    return tuple(functions), others


def _read_function(fields: Fields) -> Tool:
    name = fields.text("name")
    if not name:
        raise InvalidInput.of(fields.at("name"), "is required: the name of the function")
    parameters = fields.object("parametersJsonSchema")
    if parameters is None:
        described = fields.object("parameters")
        parameters = None if described is None else read_schema(described)
    description = fields.text("description")
    rest = fields.rest()
    return Tool(name, description, parameters, extra={"gemini": rest} if rest else {})


def write_tools(tools: tuple[Tool, ...], others: JsonValue, dropped: dict[str, None]) -> list[JsonValue]:
    """``tools`` for the wire. Parameters are written as JSON Schema, which is what they are."""
    declarations: list[JsonValue] = []
    for tool in tools:
        if tool.strict:
            dropped["tools.strict"] = None
        if tool.cache is not None:
            dropped["cache"] = None
        declaration: dict[str, JsonValue] = {**tool.extra.get("gemini", {}), "name": tool.name}
        for dialect, fields in tool.extra.items():
            if dialect != "gemini":
                dropped.update({f"tools.extra.{name}": None for name in fields})
        if tool.description is not None:
            declaration["description"] = tool.description
        if tool.parameters is not None:
            declaration["parametersJsonSchema"] = tool.parameters
        declarations.append(declaration)
    out: list[JsonValue] = [{"functionDeclarations": declarations}] if declarations else []
    if isinstance(others, list):
        out.extend(others)
    return out


def read_choice(config: Fields) -> tuple[ToolChoice | None, dict[str, JsonValue]]:
    """The choice in a ``toolConfig``, and what is left of it.

    ``VALIDATED`` (calls are checked against the schema, as always elsewhere) is ``auto``, and remembered.
    """
    calling = config.fields("functionCallingConfig")
    rest = dict(config.rest())
    if calling is None:
        return None, rest
    mode = (calling.text("mode") or "MODE_UNSPECIFIED").upper()
    names = calling.texts("allowedFunctionNames")
    left: dict[str, JsonValue] = dict(calling.rest())
    choice: ToolChoice | None = None
    match _MODES.get(mode):
        case "auto":
            choice = ToolChoice("auto", names)
            if mode == "VALIDATED" and not names:
                left["mode"] = mode
        case "required":
            choice = ToolChoice("required", names)
        case "none":
            choice = ToolChoice("none")
        case _ if mode != "MODE_UNSPECIFIED":
            raise InvalidInput.of(calling.at("mode"), "must be AUTO, ANY, NONE or VALIDATED")
        case _:
            pass
    if left:
        rest["functionCallingConfig"] = left
    return choice, rest


def write_choice(choice: ToolChoice | None, rest: JsonValue) -> dict[str, JsonValue]:
    """A ``toolConfig``; empty when nothing was said. Names that may be used while text may be answered as well need
    the mode ``VALIDATED`` (https://ai.google.dev/gemini-api/docs/function-calling#function_calling_modes)."""
    out: dict[str, JsonValue] = dict(rest) if isinstance(rest, dict) else {}
    left = out.get("functionCallingConfig")
    calling: dict[str, JsonValue] = dict(left) if isinstance(left, dict) else {}
    if choice is not None:
        match choice.mode:
            case "auto" if choice.names:
                calling["mode"] = "VALIDATED"
            case "auto":
                calling.setdefault("mode", "AUTO")
            case "required":
                calling["mode"] = "ANY"
            case "none":
                calling["mode"] = "NONE"
        if choice.names and choice.mode != "none":
            calling["allowedFunctionNames"] = list(choice.names)
    if calling:
        out["functionCallingConfig"] = calling
    return out
