"""What the suites of this face share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.contract.configurations.upstream import Upstream, start
from tests.contract.live_server import LiveServer
from tests.contract.policy.policy_workspace import PolicyWorkspace, make_policy_workspace


@pytest.fixture
async def team(live: LiveServer) -> PolicyWorkspace:
    """A workspace on SQLite."""
    return await make_policy_workspace(live)


@pytest.fixture
async def team_on_each(live_on_each: LiveServer) -> PolicyWorkspace:
    """The same, once on each kind of database."""
    return await make_policy_workspace(live_on_each)


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    """A provider on this machine."""
    async with start() as running:
        yield running
