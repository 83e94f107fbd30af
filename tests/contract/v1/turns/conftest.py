"""The gateway in front of one scripted server that is every provider."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import configuration
from tests.contract.v1.turns.play import Stage
from tests.contract.v1.turns.provider import PROVIDERS
from tests.unit.providers.fakes import reply
from tests.upstreams import scripted
from trunkline.outbound import Client, OutgoingRequest, Transport
from trunkline.providers.service_account import TOKEN_URL

SECRET = "ABSKsecret-abcdefghijklmnop-7Qd"


class Tokens:
    """The real client, but for Google's token endpoint."""

    def __init__(self) -> None:
        self._client: Client

    def over(self, client: Client) -> Transport:
        self._client = client
        return self

    async def send(self, request: OutgoingRequest, *given: Any) -> Any:
        if str(request.url) == TOKEN_URL:
            return reply({"access_token": SECRET, "expires_in": 3599})
        return await self._client.send(request, *given)


def _account() -> str:
    account = {
        "type": "service_account",
        "client_email": "robot@p.iam.gserviceaccount.com",
        "private_key_id": "kid",
        "private_key": RSAKey.generate_key(2048, private=True).as_pem(private=True).decode(),
        "token_uri": TOKEN_URL,
    }
    return json.dumps(account)


@pytest.fixture(scope="package")
def stage() -> Iterator[Stage]:
    with scripted.start() as upstream:
        configurations = [
            configuration(
                provider.name,
                provider.id,
                model=provider.model,
                base_url=upstream.url + provider.base,
                api_key=(_account() if provider.id == "vertex" else SECRET) if provider.key else None,
                **({"parameters": {"project": "p", "location": "europe-west4"}} if provider.id == "vertex" else {}),
            )
            for provider in PROVIDERS.values()
        ]
        with CallServer(configurations, transport=Tokens().over).serve() as bare:
            yield Stage(bare.url, upstream)
