"""Lists of models: fetched once for all who wait, remembered for ten minutes, and outlived by the last good one."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest
from tests.unit.providers.fakes import FakeResponse, FakeTransport, reply

from trunkline.control.configurations.credentials import Credentials
from trunkline.control.configurations.provider_models import ModelListing, ProviderModels
from trunkline.control.configurations.reach import Reach
from trunkline.control.features.catalogue import FAILED_SECONDS, FRESH_SECONDS, Catalogue, ModelFilter, read_capability
from trunkline.control.prices.price_list_making import make_price_list
from trunkline.control.prices.prices import PriceBook
from trunkline.core.actor import Actor
from trunkline.core.errors import Unavailable
from trunkline.core.ids import new_id
from trunkline.outbound import OutgoingRequest, Timeouts
from trunkline.outbound.transport import DEFAULT_TIMEOUTS
from trunkline.providers.model_info import ModelInfo
from trunkline.providers.provider import Provider
from trunkline.storage.database import Database
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.root_key import RootKey
from trunkline.vault.vault import Vault

ONE = {"data": [{"id": "a/one", "pricing": {"prompt": "1", "completion": "1"}}]}
TWO = {"data": [{"id": "a/one"}, {"id": "a/two"}]}
DOWN = {"error": {"code": 503, "message": "down"}}


class Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


class NothingBundled(ProviderModels):
    def bundled(self, provider: Provider) -> ModelListing:
        return ModelListing(provider=provider.id, source="catalogue", models=())


class Gated(FakeTransport):
    """Answers when the gate is open."""

    def __init__(self, *answers: FakeResponse | Exception) -> None:
        super().__init__(*answers)
        self.gate = asyncio.Event()

    async def send(self, request: OutgoingRequest, timeouts: Timeouts = DEFAULT_TIMEOUTS) -> FakeResponse:
        await self.gate.wait()
        return await super().send(request, timeouts)


def make(database: Database, transport: FakeTransport, *, bundled: bool = True) -> tuple[Catalogue, Clock]:
    reach = Reach(Credentials(Vault(KeyRing.create(RootKey.generate()))), transport, {})
    models = (ProviderModels if bundled else NothingBundled)(database, reach, PriceBook(make_price_list()))
    clock = Clock()
    return Catalogue(database, reach, models, clock=clock), clock


ACTOR = Actor(user_id=new_id(), workspace_id=new_id(), role="viewer", scope="call")


async def test_an_open_list_needs_no_key_and_is_remembered_for_ten_minutes(database: Database) -> None:
    transport = FakeTransport(reply(ONE), reply(TWO))
    catalogue, clock = make(database, transport)
    first = await catalogue.read(ACTOR, "openrouter")
    assert (first.source, first.stale, [model.id for model in first.models]) == ("live", False, ["a/one"])
    assert "authorization" not in {name.lower() for name, _ in transport.requests[0].headers}
    clock.seconds += FRESH_SECONDS - 1
    again = await catalogue.read(ACTOR, "openrouter")
    assert (first.cached, again.cached, again.models, again.fetched_at) == (False, True, first.models, first.fetched_at)
    assert len(transport.requests) == 1
    clock.seconds += 2
    assert len((await catalogue.read(ACTOR, "openrouter")).models) == 2


async def test_a_refresh_asks_although_a_list_is_remembered_or_the_provider_has_just_failed(database: Database) -> None:
    transport = FakeTransport(reply(ONE), reply(DOWN, 503), reply(TWO))
    catalogue, _ = make(database, transport)
    await catalogue.read(ACTOR, "openrouter")
    failed = await catalogue.read(ACTOR, "openrouter", refresh=True)
    assert (failed.stale, failed.cached, failed.age_seconds) == (True, True, 0)
    refreshed = await catalogue.read(ACTOR, "openrouter", refresh=True)
    assert (refreshed.stale, refreshed.cached, len(refreshed.models)) == (False, False, 2)


async def test_the_last_good_list_is_given_as_stale_and_a_failing_provider_is_left_alone(database: Database) -> None:
    transport = FakeTransport(reply(ONE), reply(DOWN, 503), reply(TWO))
    catalogue, clock = make(database, transport)
    first = await catalogue.read(ACTOR, "openrouter")
    clock.seconds += FRESH_SECONDS + 1
    for _ in range(3):
        stale = await catalogue.read(ACTOR, "openrouter")
        assert (stale.stale, stale.models, stale.fetched_at) == (True, first.models, first.fetched_at)
        assert stale.problem
    assert len(transport.requests) == 2
    clock.seconds += FAILED_SECONDS + 1
    assert not (await catalogue.read(ACTOR, "openrouter")).stale


async def test_without_a_list_and_nothing_bundled_it_is_unavailable(database: Database) -> None:
    catalogue, _ = make(database, FakeTransport(reply(DOWN, 503), reply(DOWN, 503)), bundled=False)
    with pytest.raises(Unavailable, match="OpenRouter"):
        await catalogue.read(ACTOR, "openrouter")


async def test_many_who_wait_are_answered_by_one_question(database: Database) -> None:
    transport = Gated(reply(ONE))
    catalogue, _ = make(database, transport)
    waiting = [asyncio.ensure_future(catalogue.read(ACTOR, "openrouter")) for _ in range(10)]
    await asyncio.sleep(0)
    transport.gate.set()
    listings = await asyncio.gather(*waiting)
    assert len(transport.requests) == 1
    assert {listing.fetched_at for listing in listings} == {listings[0].fetched_at}


async def test_who_is_impatient_gets_what_is_known(database: Database) -> None:
    transport = Gated(reply(ONE))
    catalogue, clock = make(database, transport)
    listing = await catalogue.read(ACTOR, "openrouter", patience=0)
    assert (listing.source, listing.stale) == ("catalogue", True)
    assert listing.problem == "OpenRouter has not answered yet."
    # Meanwhile nobody waits again; the answer is still waited for, and counts when it comes.
    assert (await catalogue.read(ACTOR, "openrouter")).stale
    transport.gate.set()
    clock.seconds += FAILED_SECONDS + 1
    assert (await catalogue.read(ACTOR, "openrouter")).source == "live"
    assert len(transport.requests) == 1


def test_filters_let_through_what_they_say() -> None:
    model = ModelInfo(
        id="a/Big-Model",
        name="Acme: Big",
        capabilities=("text", "vision"),
        context_length=1000,
        price={"prompt": "0.000002"},
    )
    unknown = ModelInfo(id="a/unknown", name="Unknown")
    for wanted, fits in (
        (ModelFilter(), True),
        (ModelFilter(capability="vision"), True),
        (ModelFilter(capability="image"), False),
        (ModelFilter(text="acme BIG"), True),
        (ModelFilter(text="acme small"), False),
        (ModelFilter(max_price=Decimal(2)), True),
        (ModelFilter(max_price=Decimal("1.99")), False),
        (ModelFilter(min_context=1000), True),
        (ModelFilter(min_context=1001), False),
    ):
        assert wanted.lets_through(model) is fits, wanted
    assert not ModelFilter(max_price=Decimal(100)).lets_through(unknown)
    assert not ModelFilter(min_context=1).lets_through(unknown)
    assert read_capability(" Embedding") == "embeddings"
