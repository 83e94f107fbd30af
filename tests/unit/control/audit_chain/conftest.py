"""A log to work on."""

from __future__ import annotations

import pytest
from tests.unit.control.audit_chain.audit_log import BEN, Log

from trunkline.storage.database import Database


@pytest.fixture
async def log(database: Database) -> Log:
    """Five events of a workspace, three of another, one of none, all linked; and one that waits."""
    log = Log(database)
    await log.record(5)
    await log.record(3, BEN)
    await log.record(1, None)
    await log.linking.link()
    await log.record(1)
    return log
