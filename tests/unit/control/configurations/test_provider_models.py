"""What is learned from providers' lists, and from whose."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal

import pytest

from trunkline.control.configurations.credentials import Credentials
from trunkline.control.configurations.provider_models import ProviderModels, read_price
from trunkline.control.configurations.reach import Reach
from trunkline.control.usage.prices import PriceBook
from trunkline.core.actor import Actor
from trunkline.core.chat import Usage
from trunkline.core.ids import new_id
from trunkline.core.secret import Secret
from trunkline.outbound import OutgoingRequest, Timeouts, Timing
from trunkline.outbound.transport import DEFAULT_TIMEOUTS
from trunkline.providers.registry import find
from trunkline.storage.database import Database
from trunkline.storage.tables import Configuration, Credential, User, Workspace
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.root_key import RootKey
from trunkline.vault.vault import Vault

LISTED = {
    "id": "acme/new-model",
    "name": "New",
    "pricing": {
        "prompt": "0.00000015",
        "completion": "0.0000006",
        "request": "0.001",
        "input_cache_read": "0.00000001",
    },
    "top_provider": {"max_completion_tokens": 777},
}


class Headers:
    def get(self, name: str, /) -> str | None:
        return None

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(())


class Whole:
    """An answer that is there already."""

    status = 200
    headers = Headers()
    timing = Timing()
    peer = ""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def next_chunk(self) -> bytes:
        body, self._body = self._body, b""
        return body

    async def read(self, limit: int | None = None) -> bytes:
        return await self.next_chunk()

    async def close(self) -> None:
        return

    def abort(self) -> None:
        return


class Listing:
    """A transport that answers every request with the list."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def send(self, request: OutgoingRequest, timeouts: Timeouts = DEFAULT_TIMEOUTS) -> Whole:
        self.asked.append(str(request.url))
        return Whole(json.dumps({"data": [LISTED]}).encode())


@pytest.mark.parametrize(("base_url", "learns"), [(None, True), ("https://mirror.example.com/api/v1", False)])
async def test_limits_and_prices_are_learned_from_the_provider_itself_alone(
    database: Database, base_url: str | None, learns: bool
) -> None:
    user, workspace = User(id=new_id(), email="a@example.com"), Workspace(id=new_id(), name="w")
    row = Configuration(
        id=new_id(),
        workspace_id=workspace.id,
        user_id=user.id,
        name="c",
        provider="openrouter",
        base_url=base_url,
        parameters={},
    )
    vault = Vault(KeyRing.create(RootKey.generate()))
    credentials = Credentials(vault)
    async with database.write() as tx:
        tx.add_all([user, workspace])
        await tx.flush()
        origin = "https://openrouter.ai:443" if base_url is None else "https://mirror.example.com:443"
        row.credential_id = await credentials.seal(
            tx,
            workspace_id=workspace.id,
            owner=f"user:{user.id}",
            provider="openrouter",
            created_by=user.id,
            fields={"apiKey": Secret("sk-or-0123456789abcdefghij")},
            origins=[origin],
        )
        assert await tx.get(Credential, row.credential_id) is not None
        tx.add(row)
    prices = PriceBook()
    models = ProviderModels(database, Reach(credentials, Listing(), {}), prices)
    openrouter = find("openrouter")
    actor = Actor(user_id=user.id, workspace_id=workspace.id, role="owner")
    listing = await models.list(actor, "openrouter")
    assert (listing.source, [model.id for model in listing.models]) == ("live", ["acme/new-model"])
    price = prices.find(openrouter, "acme/new-model")
    assert (price is not None) is learns
    assert models.output_limit(openrouter, "acme/new-model") == (777 if learns else 128_000)


def test_openrouters_prices_are_read_to_the_nano_dollar() -> None:
    price = read_price({"prompt": "0.00000015", "completion": "0.0000006", "request": "0.001"})
    assert price is not None
    expected = Decimal("0.00000015") * 1000 + Decimal("0.0000006") * 10 + Decimal("0.001")
    assert price.cost(Usage(input=1000, output=10)) == expected * 1_000_000_000
    assert read_price({"prompt": "0.1"}) is None
