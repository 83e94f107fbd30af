"""Tools and which of them may be used: https://platform.openai.com/docs/api-reference/responses/create#responses-create-tools."""

from __future__ import annotations

from typing import Final

from trunkline.core.chat import JsonValue, Tool, ToolChoice
from trunkline.dialects.fields import Fields
from trunkline.dialects.openai_responses.citation import NAME

_KNOWN: Final = frozenset({"type", "name", "description", "parameters", "strict"})


def read_tools(fields: Fields) -> tuple[tuple[Tool, ...], list[JsonValue]]:
    """The functions; and the tools of other kinds (``web_search``, ``mcp``, ``custom`` …), as they came."""
    tools: list[Tool] = []
    others: list[JsonValue] = []
    for tool in fields.objects("tools"):
        if tool.needed("type") != "function":
            others.append(tool.values)
            continue
        if tool.value("function") is not None and tool.value("name") is None:
            raise tool.wrong("name", "is required beside type: this API takes a function's fields without a wrapper")
        parameters = tool.object("parameters")
        tools.append(
            Tool(
                tool.needed("name"),
                tool.text("description"),
                None if parameters is None else parameters.values,
                tool.flag("strict"),
                extra=tool.rest(NAME, _KNOWN),
            )
        )
    return tuple(tools), others


def write_tool(tool: Tool) -> JsonValue:
    """One function. Here a function whose ``strict`` is left out is strict, on no other wire: so it is always said."""
    wire: dict[str, JsonValue] = {
        "type": "function",
        "name": tool.name,
        "parameters": tool.parameters,
        "strict": bool(tool.strict),
    }
    if tool.description is not None:
        wire["description"] = tool.description
    return {**tool.extra.get(NAME, {}), **wire}


def read_tool_choice(fields: Fields) -> ToolChoice | None:
    """``tool_choice``. None too for a choice of other tools than functions, which stays extra."""
    value = fields.value("tool_choice")
    if value is None or is_foreign_choice(value):
        return None
    if isinstance(value, str):
        match value:
            case "auto" | "none" | "required":
                return ToolChoice(value)
            case _:
                raise fields.wrong("tool_choice", "must be auto, none, required, or an object that names a tool")
    choice = Fields.of(value, "tool_choice")
    if choice.needed("type") == "function":
        return ToolChoice("required", (choice.needed("name"),))
    mode = choice.text("mode") or "auto"
    if mode not in {"auto", "required"}:
        raise choice.wrong("mode", "must be auto or required")
    names = tuple(tool.needed("name") for tool in choice.objects("tools"))
    return ToolChoice("required" if mode == "required" else "auto", names)


def is_foreign_choice(value: JsonValue) -> bool:
    """Whether a choice names a tool that is no function."""
    if not isinstance(value, dict):
        return False
    tools = value.get("tools")
    if value.get("type") == "allowed_tools" and isinstance(tools, list):
        return any(isinstance(tool, dict) and tool.get("type", "function") != "function" for tool in tools)
    kind = value.get("type")
    return isinstance(kind, str) and kind not in {"function", "allowed_tools"}


def write_tool_choice(choice: ToolChoice) -> JsonValue:
    """The shortest form that says it."""
    if choice.mode == "none" or not choice.names:
        return choice.mode
    named: list[JsonValue] = [{"type": "function", "name": name} for name in choice.names]
    if choice.mode == "required" and len(named) == 1:
        return named[0]
    return {"type": "allowed_tools", "mode": choice.mode, "tools": named}
