"""The gateway in front of one scripted provider per wire."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import configuration
from tests.contract.v1.matrix.cell_runner import SECRET, CellRunner
from tests.contract.v1.matrix.vendors import VENDORS
from tests.upstreams import scripted


@pytest.fixture(scope="session")
def cell_runner() -> Iterator[CellRunner]:
    with scripted.start() as upstream:
        configurations = [
            configuration(
                vendor.name,
                vendor.provider,
                model=vendor.model,
                base_url=upstream.url + vendor.base,
                api_key=SECRET if vendor.key else None,
            )
            for vendor in VENDORS.values()
        ]
        with CallServer(configurations).serve() as bare:
            yield CellRunner(bare, upstream)
