from __future__ import annotations

import pytest
from tests.unit.control.alerts.alerting_workspace import AlertingWorkspace

from trunkline.storage.database import Database


@pytest.fixture
async def alerting(database: Database) -> AlertingWorkspace:
    """Once on each kind of database."""
    built = AlertingWorkspace(database)
    await built.build()
    return built
