"""Trunkline as an MCP server: it has tools, and no state between requests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from trunkline import __version__
from trunkline.control.mcp.json_rpc import INVALID_PARAMS, METHOD_NOT_FOUND, Message, RpcError
from trunkline.control.mcp.revision import META_SERVER, SUPPORTED, Era, negotiate
from trunkline.control.mcp.tool import Tool
from trunkline.core.access import list_allowed
from trunkline.core.actor import Actor
from trunkline.core.chat import JsonObject

_INFO: Final[JsonObject] = {"name": "trunkline", "title": "Trunkline", "version": __version__}
_CAPABILITIES: Final[JsonObject] = {"tools": {}}
_INSTRUCTIONS: Final = (
    "Tools of an AI gateway: find out which models and features there are, ask a feature, and look into usage, cost,"
    " single requests and the status of providers. Costs are in US dollars, times in UTC."
)
_PRIVATE: Final[JsonObject] = {"ttlMs": 60_000, "cacheScope": "private"}
"""What a caller may do is different for each key, and may change."""


class OwnServer:
    """What Trunkline's own MCP server says to an actor. ``tools`` are all that there are."""

    def __init__(self, tools: Iterable[Tool[Any]]) -> None:
        self._tools = {tool.name: tool for tool in tools}

    def find_tools(self, actor: Actor) -> list[Tool[Any]]:
        """Those that ``actor`` may use."""
        allowed = set(list_allowed(actor))
        return [tool for tool in self._tools.values() if tool.action in allowed]

    def require_tool(self, actor: Actor, message: Message) -> tuple[Tool[Any], JsonObject]:
        """The tool that a ``tools/call`` names, and its arguments. Raises :class:`RpcError` for one that ``actor`` may
        not use as for one that there is not."""
        name, arguments = message.params.get("name"), message.params.get("arguments", {})
        if not isinstance(name, str):
            raise RpcError(INVALID_PARAMS, "params.name: must be the name of a tool.", request_id=message.id)
        if not isinstance(arguments, dict):
            raise RpcError(INVALID_PARAMS, "params.arguments: must be a JSON object.", request_id=message.id)
        tools = {tool.name: tool for tool in self.find_tools(actor)}
        tool = tools.get(name)
        if tool is None:
            words = f"This API key has no tool of that name. It has: {', '.join(tools) or 'none'}."
            raise RpcError(INVALID_PARAMS, words, request_id=message.id)
        return tool, arguments

    def answer(self, actor: Actor, message: Message, era: Era) -> JsonObject:
        """The result of anything but ``tools/call``. Raises :class:`RpcError` for a method that is not served."""
        match era, message.method:
            case _, "tools/list":
                return {"tools": [tool.description for tool in self.find_tools(actor)], **_hints(era)}
            case "modern", "server/discover":
                described: JsonObject = {"capabilities": _CAPABILITIES, "instructions": _INSTRUCTIONS}
                return {"supportedVersions": list(SUPPORTED), **described, **_PRIVATE}
            case "legacy", "initialize":
                return {
                    "protocolVersion": negotiate(message.params.get("protocolVersion")),
                    "capabilities": _CAPABILITIES,
                    "serverInfo": _INFO,
                    "instructions": _INSTRUCTIONS,
                }
            case "legacy", "ping":
                return {}
            case _:
                words = "This method is not served here: the server has tools alone."
                raise RpcError(METHOD_NOT_FOUND, words, request_id=message.id)


def write_tool_result(value: JsonObject) -> JsonObject:
    """What a tool gave: for programs as it is, and as text for a model."""
    text = msgspec.json.encode(value).decode()
    return {"content": [{"type": "text", "text": text}], "structuredContent": value, "isError": False}


def write_tool_failure(words: str) -> JsonObject:
    """What went wrong, for the model, which may do better at its next try.

    https://modelcontextprotocol.io/specification/2026-07-28/server/tools#error-handling
    """
    return {"content": [{"type": "text", "text": words}], "isError": True}


def complete(result: JsonObject, era: Era) -> JsonObject:
    """The result as the revision has it."""
    if era == "legacy":
        return result
    return {"resultType": "complete", **result, "_meta": {META_SERVER: _INFO}}


def _hints(era: Era) -> JsonObject:
    return _PRIVATE if era == "modern" else {}
