"""Tools, and the choice among them: ``toolConfig``.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolConfiguration.html. Tools of the service itself
(``systemTool``) stay whole in ``extra["bedrock_converse"]["tools"]``.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from trunkline.core.chat import ChatRequest, JsonObject, JsonValue, Message, Tool, ToolCall, ToolChoice, ToolResult
from trunkline.core.errors import InvalidInput, Unsupported
from trunkline.dialects.bedrock_converse.block_reading import read_cache
from trunkline.dialects.bedrock_converse.block_writing import Blocks
from trunkline.dialects.bedrock_converse.field import NAME, flag, listing, mapping, required, text
from trunkline.dialects.field_reader import join, optional

_KNOWN = frozenset({"name", "description", "inputSchema", "strict"})


def read_tools(config: JsonObject) -> tuple[tuple[Tool, ...], list[JsonValue]]:
    """The client's tools, and those of the service as they came."""
    tools: list[Tool] = []
    own: list[JsonValue] = []
    for index, item in enumerate(listing(config.get("tools") or [], "toolConfig.tools")):
        path = f"toolConfig.tools.{index}"
        entry = mapping(item, path)
        if "cachePoint" in entry and tools and not own and tools[-1].cache is None:
            cache = read_cache(entry["cachePoint"], join(path, "cachePoint"))
            tools[-1] = msgspec.structs.replace(tools[-1], cache=cache)
        elif "toolSpec" in entry:
            tools.append(_read_tool(required(entry, "toolSpec", path, mapping), join(path, "toolSpec")))
        else:
            own.append(entry)
    return tuple(tools), own


def _read_tool(spec: JsonObject, path: str) -> Tool:
    schema = required(spec, "inputSchema", path, mapping)
    rest = {key: value for key, value in spec.items() if key not in _KNOWN}
    return Tool(
        required(spec, "name", path, text),
        description=optional(spec, "description", path, text),
        parameters=required(schema, "json", join(path, "inputSchema"), mapping),
        strict=optional(spec, "strict", path, flag),
        extra={NAME: rest} if rest else {},
    )


def read_choice(config: JsonObject) -> ToolChoice | None:
    """The choice; None when it is not said."""
    choice = optional(config, "toolChoice", "toolConfig", mapping)
    if choice is None:
        return None
    if "auto" in choice:
        return ToolChoice()
    if "any" in choice:
        return ToolChoice("required")
    if "tool" in choice:
        tool = required(choice, "tool", "toolConfig.toolChoice", mapping)
        return ToolChoice("required", (required(tool, "name", "toolConfig.toolChoice.tool", text),))
    raise InvalidInput.of("toolConfig.toolChoice", "must have one of the members auto, any and tool")


def write_tools(request: ChatRequest, own: JsonValue, dropped: set[str]) -> JsonObject | None:
    """The ``toolConfig``; None where there are no tools.

    The wire knows no choice of none: the tools are left out then, and so are those outside a choice that narrows. It
    demands the tools of earlier turns, though: where the caller left those out, they are named without parameters;
    where the caller forbids them, the request is :class:`~trunkline.core.errors.Unsupported`.
    """
    choice = request.tool_choice
    called = _called(request.messages)
    if choice is not None and choice.mode == "none":
        if called:
            raise Unsupported.of(
                "tool_choice", "Bedrock cannot forbid tools once some were called. Leave the choice to the model."
            )
        return None
    blocks = Blocks(dropped)
    wire: list[JsonValue] = []
    narrow = choice is not None and choice.names and (choice.mode == "auto" or len(choice.names) > 1)
    for tool in request.tools:
        if not narrow or (choice is not None and tool.name in choice.names):
            wire.append({"toolSpec": _write_tool(tool, dropped)})
            if tool.cache is not None:
                wire.append(blocks.cache_point(tool.cache))
    if isinstance(own, list):
        wire.extend(own)
    if not wire:
        if choice is not None and choice.mode == "required":
            raise Unsupported.of("tool_choice", "It demands a tool, but there are none of those that it allows.")
        wire = [{"toolSpec": _write_tool(Tool(name), dropped)} for name in called]
        if not wire:
            return None
    config: JsonObject = {"tools": wire}
    if choice is not None:
        config["toolChoice"] = _write_choice(choice)
    return config


def _write_choice(choice: ToolChoice) -> JsonObject:
    if choice.mode == "auto":
        return {"auto": {}}
    return {"tool": {"name": choice.names[0]}} if len(choice.names) == 1 else {"any": {}}


def _write_tool(tool: Tool, dropped: set[str]) -> JsonObject:
    # The wire demands a type, which callers of others leave out.
    schema: JsonObject = {"type": "object", **(tool.parameters or {"properties": {}})}
    spec: JsonObject = {"name": tool.name}
    if tool.description:
        spec["description"] = tool.description
    spec["inputSchema"] = {"json": schema}
    if tool.strict is not None:
        spec["strict"] = tool.strict
    for dialect, fields in tool.extra.items():
        if dialect == NAME:
            spec = {**fields, **spec}
        else:
            dropped.update(f"tools.extra.{field}" for field in fields)
    return spec


def _called(messages: Sequence[Message]) -> list[str]:
    """The names of the tools that were called, each once; of a result without its call, the id."""
    names: dict[str, None] = {}
    known: set[str] = set()
    for message in messages:
        for part in message.parts:
            if isinstance(part, ToolCall):
                names[part.name] = None
                known.add(part.id)
            elif isinstance(part, ToolResult) and part.call_id not in known:
                names[part.name or "tool"] = None
    return list(names)
