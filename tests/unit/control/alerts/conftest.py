from __future__ import annotations

import pytest
from tests.unit.control.alerts.world import World

from trunkline.storage.database import Database


@pytest.fixture
async def world(database: Database) -> World:
    """Once on each kind of database."""
    built = World(database)
    await built.build()
    return built
