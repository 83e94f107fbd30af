"""The reference client (https://github.com/modelcontextprotocol/python-sdk) and plain messages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client

MODERN = "2026-07-28"
LEGACY = "2025-11-25"
READS = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}


@asynccontextmanager
async def connect(url: str, key: str, mode: str = "auto") -> AsyncIterator[Client]:
    """The client, connected: ``mode`` is ``auto``, ``legacy`` (a handshake) or a revision without one."""
    async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {key}"}, trust_env=False, timeout=30) as http:
        async with Client(streamable_http_client(url, http_client=http), mode=mode) as client:
            yield client


def write_modern(method: str, params: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """A request of the current revision: its body and its headers, as ``post`` takes them."""
    meta = {
        "io.modelcontextprotocol/protocolVersion": MODERN,
        "io.modelcontextprotocol/clientCapabilities": {},
        **changes.pop("meta", {}),
    }
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {**(params or {}), "_meta": meta}}
    headers = {**READS, "MCP-Protocol-Version": MODERN, "Mcp-Method": method}
    if "name" in (params or {}):
        headers["Mcp-Name"] = (params or {})["name"]
    headers.update(changes.pop("headers", {}))
    assert not changes
    return {"json": body, "headers": {name: value for name, value in headers.items() if value is not None}}


def write_legacy(method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
    """A request of an earlier revision."""
    body: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": method}
    if params is not None:
        body["params"] = params
    return {"json": body, "headers": {**READS, "MCP-Protocol-Version": LEGACY}}
