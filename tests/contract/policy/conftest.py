"""What the suites of this face share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.contract.configurations.upstream import Upstream, start
from tests.contract.live_server import LiveServer
from tests.contract.policy.place import Place, settle


@pytest.fixture
async def place(live: LiveServer) -> Place:
    """A workspace on SQLite."""
    return await settle(live)


@pytest.fixture
async def place_on_each(whole_on_each: LiveServer) -> Place:
    """The same, once on each kind of database."""
    return await settle(whole_on_each)


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    """A provider on this machine."""
    async with start() as running:
        yield running
