"""What is learned from providers' lists, and from whose."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal

import pytest

from trunkline.control.configurations.credentials import Credentials
from trunkline.control.configurations.provider_models import ProviderModels, read_price
from trunkline.control.configurations.reach import Reach
from trunkline.control.prices.price_list_making import make_price_list
from trunkline.control.prices.prices import PriceBook
from trunkline.core.actor import Actor
from trunkline.core.chat import Usage
from trunkline.core.errors import UpstreamError
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


class LiveServer:
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

    async def send(self, request: OutgoingRequest, timeouts: Timeouts = DEFAULT_TIMEOUTS) -> LiveServer:
        self.asked.append(str(request.url))
        return LiveServer(json.dumps({"data": [LISTED]}).encode())


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
    prices = PriceBook(make_price_list())
    models = ProviderModels(database, Reach(credentials, Listing(), {}), prices)
    openrouter = find("openrouter")
    actor = Actor(user_id=user.id, workspace_id=workspace.id, role="owner")
    listing = await models.list(actor, "openrouter")
    assert (listing.source, [model.id for model in listing.models]) == ("live", ["acme/new-model"])
    price = prices.find(openrouter, "acme/new-model")
    assert (price is not None) is learns
    assert models.output_limit(openrouter, "acme/new-model") == (777 if learns else 128_000)


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Failing(Listing):
    """One that fails as long as it is told to."""

    fails = False

    async def send(self, request: OutgoingRequest, timeouts: Timeouts = DEFAULT_TIMEOUTS) -> LiveServer:
        if self.fails:
            raise UpstreamError("Nothing at 10.1.2.3:8000.", kind="unreachable")
        return await super().send(request, timeouts)


async def make_two(database: Database, model: str | None = None) -> tuple[str, str, str, str]:
    """A user and their workspace, with two configurations of one server: the ids."""
    user, workspace = User(id=new_id(), email="a@example.com"), Workspace(id=new_id(), name="w")
    rows = [
        Configuration(
            id=new_id(),
            workspace_id=workspace.id,
            user_id=user.id,
            name=name,
            model=model,
            provider="custom",
            base_url="http://10.1.2.3:8000/v1",
            parameters={},
            is_shared=True,
        )
        for name in ("one", "two")
    ]
    async with database.write() as tx:
        tx.add_all([user, workspace])
        await tx.flush()
        tx.add_all(rows)
    return user.id, workspace.id, rows[0].id, rows[1].id


async def test_a_remembered_list_says_its_age_and_a_refresh_asks_anew(database: Database) -> None:
    user, workspace, one, _ = await make_two(database)
    clock, transport = Clock(), Failing()
    reach = Reach(Credentials(Vault(KeyRing.create(RootKey.generate()))), transport, {})
    models = ProviderModels(database, reach, PriceBook(make_price_list()), clock=clock)
    actor = Actor(user_id=user, workspace_id=workspace, role="owner")
    first = await models.list_local(actor, one)
    assert (first.cached, first.age_seconds, first.stale) == (False, 0, False)
    clock.seconds = 42.0
    second = await models.list_local(actor, one)
    assert (second.cached, second.age_seconds, second.fetched_at) == (True, 42, first.fetched_at)
    assert len(transport.asked) == 1
    third = await models.list(actor, "custom", one, refresh=True)
    assert (third.cached, third.age_seconds) == (False, 0)
    assert len(transport.asked) == 2


@pytest.mark.parametrize(
    ("model", "available", "nearest"),
    [
        ("acme/new-model", True, ()),
        ("acme/new-model:free", True, ()),
        ("acme/old-model", False, ("acme/new-model",)),
        (None, None, ()),
    ],
)
async def test_a_list_says_whether_it_has_the_model_of_the_configuration_that_was_named(
    database: Database, model: str | None, available: bool | None, nearest: tuple[str, ...]
) -> None:
    user, workspace, one, _ = await make_two(database, model)
    reach = Reach(Credentials(Vault(KeyRing.create(RootKey.generate()))), Listing(), {})
    models = ProviderModels(database, reach, PriceBook(make_price_list()))
    actor = Actor(user_id=user, workspace_id=workspace, role="owner")
    for listing in (await models.list_local(actor, one), await models.list(actor, "custom", one)):
        assert (listing.available, listing.nearest) == (available, nearest)
    unnamed = await models.list(actor, "custom")
    assert (unnamed.available, unnamed.nearest) == (None, ())


async def test_the_last_list_that_is_known_is_stale_where_the_provider_fails(database: Database) -> None:
    user, workspace, one, _ = await make_two(database)
    clock, transport = Clock(), Failing()
    reach = Reach(Credentials(Vault(KeyRing.create(RootKey.generate()))), transport, {})
    models = ProviderModels(database, reach, PriceBook(make_price_list()), clock=clock)
    actor = Actor(user_id=user, workspace_id=workspace, role="owner")
    await models.list_local(actor, one)
    transport.fails, clock.seconds = True, 3600.0
    last = await models.list(actor, "custom", one)
    assert (last.source, last.stale, last.cached, last.age_seconds) == ("live", True, True, 3600)
    assert [model.id for model in last.models] == ["acme/new-model"]
    assert "10.1.2.3" in (last.problem or "")
    somebody = Actor(user_id=new_id(), workspace_id=workspace, role="member")
    told = await models.list(somebody, "custom", one)
    assert "10.1.2.3" not in (told.problem or "10.1.2.3")
    with pytest.raises(UpstreamError) as failed:
        await models.list_local(somebody, one)
    assert "10.1.2.3" not in failed.value.words


async def test_what_changes_on_a_server_is_forgotten_for_all_that_point_to_it(database: Database) -> None:
    user, workspace, one, two = await make_two(database)
    transport = Failing()
    reach = Reach(Credentials(Vault(KeyRing.create(RootKey.generate()))), transport, {})
    models = ProviderModels(database, reach, PriceBook(make_price_list()))
    told: list[str] = []
    models.when_forgotten(lambda configuration_id, bases: told.append(f"{configuration_id} {len(bases)}"))
    actor = Actor(user_id=user, workspace_id=workspace, role="owner")
    for each in (one, two):
        await models.list_local(actor, each)
    models.forget(one)
    assert told == [f"{one} 1"]
    assert not (await models.list_local(actor, two)).cached
    assert len(transport.asked) == 3


def test_openrouters_prices_are_read_to_the_nano_dollar() -> None:
    price = read_price({"prompt": "0.00000015", "completion": "0.0000006", "request": "0.001"})
    assert price is not None
    expected = Decimal("0.00000015") * 1000 + Decimal("0.0000006") * 10 + Decimal("0.001")
    assert price.cost(Usage(input=1000, output=10)) == expected * 1_000_000_000
    assert read_price({"prompt": "0.1"}) is None
