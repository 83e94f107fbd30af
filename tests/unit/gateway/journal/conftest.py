"""What the tests of the journal share."""

from __future__ import annotations

import pytest
from tests.unit.gateway.journal.disk import Disk


@pytest.fixture
def disk() -> Disk:
    return Disk()
