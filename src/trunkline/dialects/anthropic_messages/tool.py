"""Tools, and the choice among them.

https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/overview. Tools of the client are neutral tools; the
vendor's own (``web_search_20250305`` and so on) stay whole in ``extra["anthropic_messages"]["tools"]``.
"""

from __future__ import annotations

from trunkline.core.chat import JsonObject, JsonValue, Tool, ToolChoice
from trunkline.core.errors import InvalidInput, Unsupported
from trunkline.dialects.anthropic_messages.block_reading import NAME, read_cache
from trunkline.dialects.anthropic_messages.block_writing import write_cache
from trunkline.dialects.anthropic_messages.field import flag, listing, mapping, required, text
from trunkline.dialects.field_reader import join, optional

KNOWN = frozenset({"type", "name", "description", "input_schema", "strict", "cache_control"})


def read_tools(value: JsonValue) -> tuple[tuple[Tool, ...], list[JsonValue]]:
    """The client's tools, and the vendor's own as they came."""
    tools: list[Tool] = []
    own: list[JsonValue] = []
    for index, item in enumerate(listing(value, "tools")):
        path = f"tools.{index}"
        source = mapping(item, path)
        kind = optional(source, "type", path, text)
        if kind is not None and kind != "custom":
            own.append(source)
            continue
        rest: JsonObject = {key: field for key, field in source.items() if key not in KNOWN}
        tools.append(
            Tool(
                required(source, "name", path, text),
                description=optional(source, "description", path, text),
                parameters=required(source, "input_schema", path, mapping),
                strict=optional(source, "strict", path, flag),
                cache=read_cache(source, path),
                extra={NAME: rest} if rest else {},
            )
        )
    return tuple(tools), own


def write_tools(
    tools: tuple[Tool, ...], own: JsonValue, choice: ToolChoice | None, dropped: set[str]
) -> list[JsonValue]:
    """The list of tools: the client's first, then the vendor's ``own``.

    A choice that narrows to several tools, or narrows ``auto``, has no word on the wire: the tools outside it are not
    sent, which comes to the same.
    """
    wire: list[JsonValue] = [_tool(tool, dropped) for tool in tools]
    if isinstance(own, list):
        wire.extend(own)
    if choice is not None and choice.names and (choice.mode == "auto" or len(choice.names) > 1):
        wire = [tool for tool in wire if isinstance(tool, dict) and tool.get("name") in choice.names]
        if not wire:
            raise Unsupported.of("tool_choice", "None of the tools that it allows is among the tools.")
    return wire


def read_choice(value: JsonValue) -> tuple[ToolChoice, bool | None]:
    """The choice, and whether tools may be called in parallel (None when it is not said)."""
    source = mapping(value, "tool_choice")
    kind = required(source, "type", "tool_choice", text)
    single = optional(source, "disable_parallel_tool_use", "tool_choice", flag)
    parallel = None if single is None else not single
    if kind == "auto":
        return ToolChoice(), parallel
    if kind == "none":
        return ToolChoice("none"), parallel
    if kind == "any":
        return ToolChoice("required"), parallel
    if kind == "tool":
        return ToolChoice("required", (required(source, "name", "tool_choice", text),)), parallel
    raise InvalidInput.of(join("tool_choice", "type"), "Input should be 'auto', 'any', 'tool' or 'none'")


def write_choice(choice: ToolChoice | None, parallel: bool | None) -> JsonObject | None:
    """The ``tool_choice``; None when the default says the same. Calls in parallel are allowed by default."""
    if choice is None:
        return {"type": "auto", "disable_parallel_tool_use": True} if parallel is False else None
    if choice.mode == "none":
        return {"type": "none"}
    wire: JsonObject = {"type": "auto" if choice.mode == "auto" else "any"}
    if choice.mode == "required" and len(choice.names) == 1:
        wire = {"type": "tool", "name": choice.names[0]}
    if parallel is not None:
        wire["disable_parallel_tool_use"] = not parallel
    return wire


def _tool(tool: Tool, dropped: set[str]) -> JsonObject:
    # The wire demands a type, which callers of others leave out.
    schema: JsonObject = {"type": "object", **(tool.parameters or {"properties": {}})}
    wire: JsonObject = {"name": tool.name, "input_schema": schema}
    if tool.description is not None:
        wire["description"] = tool.description
    if tool.strict is not None:
        wire["strict"] = tool.strict
    control = write_cache(tool.cache, dropped)
    if control is not None:
        wire["cache_control"] = control
    for dialect, fields in tool.extra.items():
        if dialect == NAME:
            wire = {**fields, **wire}
        else:
            dropped.update(f"tools.extra.{field}" for field in fields)
    return wire
