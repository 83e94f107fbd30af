"""Revisions of MCP: the current one, whose requests say all themselves, and the earlier ones, which shake hands first.

https://modelcontextprotocol.io/specification/2026-07-28/basic/versioning
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Final, Literal

from trunkline.control.mcp.json_rpc import HEADER_MISMATCH, INVALID_PARAMS, UNSUPPORTED_VERSION, Message, RpcError
from trunkline.core.chat import JsonValue

MODERN: Final = ("2026-07-28",)
"""Revisions without a handshake, the newest first."""

LEGACY: Final = ("2025-11-25", "2025-06-18", "2025-03-26")
"""Those with one: ``initialize``. Without a header it is the last one that is meant."""

SUPPORTED: Final = (*MODERN, *LEGACY)

META_VERSION: Final = "io.modelcontextprotocol/protocolVersion"
META_CAPABILITIES: Final = "io.modelcontextprotocol/clientCapabilities"
META_SERVER: Final = "io.modelcontextprotocol/serverInfo"

VERSION_HEADER: Final = "mcp-protocol-version"
METHOD_HEADER: Final = "mcp-method"
NAME_HEADER: Final = "mcp-name"

_NAMED: Final = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}
"""The parameter that ``Mcp-Name`` repeats."""

_BEGIN, _END = "=?base64?", "?="

Era = Literal["modern", "legacy"]


def find_era(message: Message, headers: Mapping[str, str]) -> Era:
    """By which rules a message is served. Raises :class:`RpcError` where its revision is not known, or where what its
    headers say is not what its body says.

    https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#server-validation
    """
    version = headers.get(VERSION_HEADER)
    if version in MODERN or META_VERSION in message.meta:
        if message.id is not None:
            _require_metadata(message, headers)
        return "modern"
    # A client that shakes hands may say already what it hopes for.
    if version is not None and version not in LEGACY and message.method != "initialize":
        raise _unsupported(message, version)
    return "legacy"


def negotiate(wanted: JsonValue) -> str:
    """The revision that a handshake ends with: the one that the client ``wanted``, or the newest of them.

    https://modelcontextprotocol.io/specification/2025-11-25/basic/lifecycle#version-negotiation
    """
    return wanted if isinstance(wanted, str) and wanted in LEGACY else LEGACY[0]


def read_name(header: str | None) -> str | None:
    """The value of ``Mcp-Name``, which is in base64 where it is not plain ASCII. None for a broken one."""
    if header is None or not (header.startswith(_BEGIN) and header.endswith(_END)):
        return header
    try:
        return base64.b64decode(header[len(_BEGIN) : -len(_END)], validate=True).decode()
    except (binascii.Error, ValueError):
        return None


def _require_metadata(message: Message, headers: Mapping[str, str]) -> None:
    for name in (META_VERSION, META_CAPABILITIES):
        if name not in message.meta:
            raise RpcError(INVALID_PARAMS, f"params._meta: {name} is missing.", request_id=message.id)
    version = message.meta[META_VERSION]
    if not isinstance(version, str):
        raise RpcError(INVALID_PARAMS, f"params._meta: {META_VERSION} must be a text.", request_id=message.id)
    _require_header(message, headers.get(VERSION_HEADER), version, "MCP-Protocol-Version")
    _require_header(message, headers.get(METHOD_HEADER), message.method, "Mcp-Method")
    named = _NAMED.get(message.method)
    if named is not None and isinstance(value := message.params.get(named), str):
        _require_header(message, read_name(headers.get(NAME_HEADER)), value, "Mcp-Name")
    if version not in MODERN:
        raise _unsupported(message, version)


def _require_header(message: Message, said: str | None, meant: str, name: str) -> None:
    if said != meant:
        words = "is missing" if said is None else "differs from what the body says"
        raise RpcError(HEADER_MISMATCH, f"The header {name} {words}.", request_id=message.id)


def _unsupported(message: Message, version: str) -> RpcError:
    data: JsonValue = {"supported": list(SUPPORTED), "requested": version}
    words = f"This revision of MCP is not served. Those that are: {', '.join(SUPPORTED)}."
    return RpcError(UNSUPPORTED_VERSION, words, data, request_id=message.id)
