"""A provider with a pace of the test's own, and somebody who talks with it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.contract.conversations import upstream
from tests.contract.conversations.talk import Talk, begin
from tests.contract.conversations.upstream import Upstream
from tests.contract.live_server import open_live_server


@pytest.fixture
async def provider() -> AsyncIterator[Upstream]:
    """The provider."""
    async with upstream.start() as started:
        yield started


@pytest.fixture
async def talk(tmp_path: Path, provider: Upstream) -> AsyncIterator[Talk]:
    """A conversation on SQLite."""
    async with open_live_server(tmp_path / "whole", drain_seconds=0) as live:
        yield await begin(live, provider)


@pytest.fixture
async def talk_on_each(database_url: str, tmp_path: Path, provider: Upstream) -> AsyncIterator[Talk]:
    """A conversation, once on each kind of database."""
    async with open_live_server(tmp_path / "whole", database_url, drain_seconds=0) as live:
        yield await begin(live, provider)
