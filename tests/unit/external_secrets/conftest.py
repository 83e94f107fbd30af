"""The services that keep keys and secrets, each running for as long as the tests of a file need it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from tests.upstreams import aws_server, vault_server

from trunkline.external_secrets.service_call import make_client
from trunkline.outbound import Client


@pytest.fixture(scope="module")
def vault() -> Iterator[vault_server.RunningVault]:
    with vault_server.start() as running:
        yield running


@pytest.fixture(scope="module")
def aws() -> Iterator[aws_server.RunningAws]:
    with aws_server.start() as running:
        yield running


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    made = make_client()
    yield made
    await made.close()
