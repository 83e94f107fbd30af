"""One provider and one gateway for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.realtime.talk import make_gateway
from tests.upstreams import realtime
from tests.upstreams.realtime import Provider


@pytest.fixture
def provider() -> Iterator[Provider]:
    with realtime.start() as running:
        yield running


@pytest.fixture
def bare(provider: Provider) -> Iterator[CallServer]:
    with make_gateway(provider).serve() as running:
        yield running
