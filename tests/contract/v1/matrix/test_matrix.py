"""Every client's wire with every provider's, through the gateway."""

from __future__ import annotations

import pytest

from tests.contract.v1.matrix.capability import CAPABILITIES, Capability
from tests.contract.v1.matrix.cell_runner import CellRunner
from tests.contract.v1.matrix.clients import CLIENTS
from tests.contract.v1.matrix.clients.client import Client
from tests.contract.v1.matrix.expectation import ROWS, expect
from tests.contract.v1.matrix.vendors import VENDORS
from tests.contract.v1.matrix.vendors.vendor import Vendor

PAIRS = [
    (client, vendor)
    for client in CLIENTS.values()
    for vendor in VENDORS.values()
    if not vendor.clients or client.name in vendor.clients
]


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("capability", CAPABILITIES, ids=lambda capability: capability.name)
@pytest.mark.parametrize(("client", "vendor"), PAIRS, ids=lambda side: side.name)
def test_cell(cell_runner: CellRunner, client: Client, vendor: Vendor, capability: Capability, streamed: bool) -> None:
    expected = expect(client, vendor, capability)
    outcome = cell_runner.run(client, vendor, capability, streamed, expected.lost, expected.later)
    assert outcome.differs == ""
    assert outcome.kind == expected.kind, outcome.told
    if expected.kind == "refused":
        assert all(f" {name}: " in outcome.told for name in expected.told), outcome.told
    else:
        assert sorted(filter(None, outcome.told.split(", "))) == sorted(expected.told)


def test_every_exception_is_of_something() -> None:
    names = {capability.name for capability in CAPABILITIES}
    for row in ROWS:
        assert set(row.vendors) <= VENDORS.keys(), row
        assert set(row.clients) <= CLIENTS.keys(), row
        assert set(row.capabilities) <= names, row
