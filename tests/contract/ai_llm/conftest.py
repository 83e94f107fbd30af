"""A provider on this machine for the suites of this face."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.contract.configurations import upstream as upstreams
from tests.contract.configurations.upstream import Upstream


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    async with upstreams.start() as running:
        yield running
