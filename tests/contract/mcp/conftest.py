"""MCP servers to register, and who registers them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.contract.live_server import LiveServer
from tests.contract.local_installation import Person
from tests.contract.mcp.upstream import Reference, Scripted, serve_reference, serve_scripted


@pytest.fixture
async def reference() -> AsyncIterator[Reference]:
    async with serve_reference() as running:
        yield running


@pytest.fixture
async def scripted() -> AsyncIterator[Scripted]:
    async with serve_scripted() as running:
        yield running


@pytest.fixture
async def admin(live: LiveServer) -> Person:
    return await live.admin()
