"""What the suites of applications' configurations share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.contract.configurations.upstream import Upstream, start
from tests.contract.live_server import LiveServer
from tests.contract.model_configs.program import Program


@pytest.fixture
async def program(live_on_each: LiveServer) -> Program:
    """An application that nobody has made yet, once on each kind of database."""
    admin = await live_on_each.admin()
    return Program(live_on_each, admin, admin.client)


@pytest.fixture
async def local(live: LiveServer) -> Program:
    """The same on SQLite alone, for what has nothing to do with the database."""
    admin = await live.admin()
    return Program(live, admin, admin.client)


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    """A provider on this machine."""
    async with start() as started:
        yield started
