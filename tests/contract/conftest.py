"""What the contract suites of the management faces share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.contract.whole import Whole, open_whole
from tests.contract.world import Person, World, open_world


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """An installation at its first start, once on each kind of database."""
    async with open_world(database_url, tmp_path / "data") as opened:
        yield opened


@pytest.fixture
async def local(tmp_path: Path) -> AsyncIterator[World]:
    """An installation on SQLite alone, for what has nothing to do with the database."""
    async with open_world(f"sqlite+aiosqlite:///{tmp_path}/data/trunkline.db", tmp_path / "data") as opened:
        yield opened


@pytest.fixture
async def admin(world: World) -> Person:
    """The first administrator, who has finished set-up."""
    return await world.set_up()


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Whole]:
    """A whole installation on SQLite, over real HTTP."""
    async with open_whole(tmp_path / "whole") as opened:
        yield opened


@pytest.fixture
async def whole_on_each(database_url: str, tmp_path: Path) -> AsyncIterator[Whole]:
    """The same, once on each kind of database."""
    async with open_whole(tmp_path / "whole", database_url) as opened:
        yield opened
