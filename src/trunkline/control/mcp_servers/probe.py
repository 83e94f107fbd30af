"""Asking an MCP server for its tools: to see that it works, and what it has."""

from __future__ import annotations

import time
from typing import Any, Final, cast

import msgspec

from trunkline import __version__
from trunkline.control.mcp.revision import LEGACY, META_CAPABILITIES, META_VERSION, MODERN
from trunkline.control.mcp_servers.answer import is_stream, read_answer, read_events
from trunkline.control.mcp_servers.session import HEADER
from trunkline.control.mcp_servers.upstream import Upstreams
from trunkline.core.chat import JsonObject
from trunkline.core.errors import UpstreamError
from trunkline.outbound import IncomingResponse
from trunkline.storage.tables import McpServerRow

_TOOLS: Final = 1_000
_TEXT: Final = 2_000
_ACCEPT: Final = [("accept", "application/json, text/event-stream"), ("content-type", "application/json")]
_CLIENT: Final[JsonObject] = {"name": "trunkline", "version": __version__}


class ProbedTool(msgspec.Struct, frozen=True):
    """A tool, as the server describes it; texts are cut."""

    name: str
    description: str | None


class ProbeRecord(msgspec.Struct, frozen=True, kw_only=True):
    """How it went: ``reason`` says what is wrong, ``revision`` which one of MCP the server speaks."""

    ok: bool
    reason: str | None = None
    revision: str | None = None
    tools: tuple[ProbedTool, ...] = ()
    duration_ms: int = 0


async def probe(upstreams: Upstreams, server: McpServerRow) -> ProbeRecord:
    """List its tools, by the current revision, or by a handshake where the server knows no other way."""
    begun = time.monotonic()
    try:
        revision, result = await _list_modern(upstreams, server) or await _list_legacy(upstreams, server)
    except UpstreamError as error:
        return ProbeRecord(ok=False, reason=error.message, duration_ms=_since(begun))
    tools = _read_tools(result)
    return ProbeRecord(ok=True, revision=revision, tools=tools, duration_ms=_since(begun))


async def _list_modern(upstreams: Upstreams, server: McpServerRow) -> tuple[str, JsonObject] | None:
    """None: it does not know the revision."""
    version = MODERN[0]
    headers = [*_ACCEPT, ("mcp-protocol-version", version), ("mcp-method", "tools/list")]
    meta: JsonObject = {META_VERSION: version, META_CAPABILITIES: {}, "io.modelcontextprotocol/clientInfo": _CLIENT}
    response = await _post(upstreams, server, headers, "tools/list", {"_meta": meta})
    if response.status >= 400:
        response.abort()
        return None
    answer = await _read(server, response)
    result = answer.get("result")
    return (version, result) if isinstance(result, dict) else None


async def _list_legacy(upstreams: Upstreams, server: McpServerRow) -> tuple[str, JsonObject]:
    """https://modelcontextprotocol.io/specification/2025-11-25/basic/lifecycle#initialization"""
    hello: JsonObject = {"protocolVersion": LEGACY[0], "capabilities": {}, "clientInfo": _CLIENT}
    response = await _post(upstreams, server, _ACCEPT, "initialize", hello)
    session = response.headers.get(HEADER)
    version = _require_result(server, await _read(server, response), "initialize").get("protocolVersion")
    version = version if isinstance(version, str) else LEGACY[0]
    headers = [*_ACCEPT, ("mcp-protocol-version", version), *([(HEADER, session)] if session else [])]
    try:
        told = msgspec.json.encode({"jsonrpc": "2.0", "method": "notifications/initialized"})
        (await upstreams.send(server, "POST", headers, told)).abort()
        answer = await _read(server, await _post(upstreams, server, headers, "tools/list", {}))
        return version, _require_result(server, answer, "tools/list")
    finally:
        if session:
            (await upstreams.send(server, "DELETE", headers[2:])).abort()


async def _post(
    upstreams: Upstreams, server: McpServerRow, headers: list[tuple[str, str]], method: str, params: JsonObject
) -> IncomingResponse:
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    return await upstreams.send(server, "POST", headers, msgspec.json.encode(body))


async def _read(server: McpServerRow, response: IncomingResponse) -> JsonObject:
    if not is_stream(response):
        return await read_answer(server, response, 1)
    # The last one is the reply, or there is an error.
    return [event async for event in read_events(server, response, 1)][-1]


def _require_result(server: McpServerRow, answer: JsonObject, method: str) -> JsonObject:
    result = answer.get("result")
    if isinstance(result, dict):
        return result
    error = answer.get("error")
    words = error.get("message") if isinstance(error, dict) else None
    said = f": {str(words)[:_TEXT]}" if words else ""
    raise UpstreamError(
        f"The MCP server {server.name!r} refuses {method}{said}", kind="bad_request", provider=server.name
    )


def _read_tools(result: JsonObject) -> tuple[ProbedTool, ...]:
    given: Any = result.get("tools")
    listed = cast("list[Any]", given) if isinstance(given, list) else []
    tools = [cast("dict[str, Any]", tool) for tool in listed[:_TOOLS] if isinstance(tool, dict)]
    return tuple(
        ProbedTool(tool["name"][:_TEXT], str(tool["description"])[:_TEXT] if tool.get("description") else None)
        for tool in tools
        if isinstance(tool.get("name"), str)
    )


def _since(begun: float) -> int:
    return round((time.monotonic() - begun) * 1000)
