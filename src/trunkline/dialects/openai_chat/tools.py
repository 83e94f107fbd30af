"""Tools and which of them may be used: https://platform.openai.com/docs/api-reference/chat/create#chat-create-tools."""

from __future__ import annotations

from trunkline.core.chat import JsonValue, Tool, ToolChoice
from trunkline.dialects.fields import Fields
from trunkline.dialects.openai_chat.content import read_cache, write_cache


def read_tools(fields: Fields) -> tuple[tuple[Tool, ...], list[JsonValue]]:
    """The functions of ``tools`` and of the older ``functions``; and the tools of other kinds, as they came."""
    tools: list[Tool] = []
    others: list[JsonValue] = []
    for tool in fields.objects("tools"):
        function = tool.object("function")
        if function is not None:
            tools.append(_read_function(function, tool))
        elif tool.text("type") in {None, "function"}:
            raise tool.wrong("function", "is required, as an object with the function's name and parameters")
        else:
            others.append(tool.values)
    tools.extend(_read_function(function, function) for function in fields.objects("functions"))
    return tuple(tools), others


def _read_function(function: Fields, tool: Fields) -> Tool:
    parameters = function.object("parameters")
    return Tool(
        function.needed("name"),
        function.text("description"),
        None if parameters is None else parameters.values,
        function.flag("strict"),
        read_cache(tool),
    )


def write_tool(tool: Tool, *, cache_hints: bool) -> JsonValue:
    """One function."""
    function: dict[str, JsonValue] = {"name": tool.name}
    if tool.description is not None:
        function["description"] = tool.description
    if tool.parameters is not None:
        function["parameters"] = tool.parameters
    if tool.strict is not None:
        function["strict"] = tool.strict
    wire: dict[str, JsonValue] = {"type": "function", "function": function}
    if cache_hints and tool.cache is not None:
        wire["cache_control"] = write_cache(tool.cache)
    return wire


def read_tool_choice(fields: Fields) -> ToolChoice | None:
    """``tool_choice`` or the older ``function_call``. None too for the choice of a custom tool, which stays extra."""
    name = "tool_choice" if fields.value("tool_choice") is not None else "function_call"
    value = fields.value(name)
    if value is None:
        return None
    if isinstance(value, str):
        match value:
            case "auto" | "none" | "required":
                return ToolChoice(value)
            case "any":  # Mistral
                return ToolChoice("required")
            case _:
                raise fields.wrong(name, "must be auto, none, required, or an object that names a tool")
    choice = Fields.of(value, fields.at(name))
    if name == "function_call":
        return ToolChoice("required", (choice.needed("name"),))
    if is_custom_choice(value):
        return None
    allowed = choice.object("allowed_tools")
    if allowed is not None:
        mode = allowed.text("mode") or "auto"
        if mode not in {"auto", "required"}:
            raise allowed.wrong("mode", "must be auto or required")
        return ToolChoice("required" if mode == "required" else "auto", tuple(map(_name_of, allowed.objects("tools"))))
    return ToolChoice("required", (_name_of(choice),))


def is_custom_choice(value: JsonValue) -> bool:
    """Whether a choice names a custom tool."""
    return isinstance(value, dict) and value.get("type") == "custom"


def write_tool_choice(choice: ToolChoice) -> JsonValue:
    """The shortest form that says it."""
    if choice.mode == "none" or not choice.names:
        return choice.mode
    named: list[JsonValue] = [{"type": "function", "function": {"name": name}} for name in choice.names]
    if choice.mode == "required" and len(named) == 1:
        return named[0]
    return {"type": "allowed_tools", "allowed_tools": {"mode": choice.mode, "tools": named}}


def _name_of(tool: Fields) -> str:
    function = tool.object("function")
    if function is None:
        raise tool.wrong("function", "is required, as an object with the function's name")
    return function.needed("name")
