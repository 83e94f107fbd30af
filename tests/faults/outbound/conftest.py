from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
import uvloop

from trunkline.outbound import Client, Guard, LocalUpstreams


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Every test of this room runs on both loops: their transports differ in many small ways."""
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    client = Client(Guard(LocalUpstreams(loopback=True)))
    yield client
    await client.close()
