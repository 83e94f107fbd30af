"""Keys by reference: found when they are needed, asked for again, and kept for a time while their store is away."""

from __future__ import annotations

import asyncio

import pytest

from trunkline.core.errors import InvalidInput, UpstreamError
from trunkline.core.referenced_key import ReferencedKey
from trunkline.core.secret import Secret
from trunkline.external_secrets.reference_rule import ReferenceRule
from trunkline.external_secrets.reference_stores import Fetched
from trunkline.external_secrets.references import RETRY_SECONDS, References
from trunkline.external_secrets.service_call import ServiceFailed

ORIGIN = "https://api.openai.com:443"
NAME = "env:OPENAI_API_KEY"


class Store:
    """One value, which can be changed, and taken away."""

    def __init__(self) -> None:
        self.value: str | None = "sk-1"
        self.seconds: float | None = None
        self.asked = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, name: str, field: str | None) -> Fetched:
        self.asked += 1
        await self.gate.wait()
        if self.value is None:
            raise ServiceFailed("It is away.", refused=False)
        return Fetched(Secret(self.value), self.seconds)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def references(store: Store, clock: Clock) -> References:
    rules = ReferenceRule.parse_all("env:OPENAI_* for https://api.openai.com, vault:secret/*")
    return References(rules, refresh=60, keep=600, clock=clock, stores={"env": store, "vault": store})


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_key_is_asked_for_once_and_again_when_it_is_old(
    references: References, store: Store, clock: Clock
) -> None:
    store.gate.clear()
    waiting = [asyncio.ensure_future(references.resolve(NAME, ORIGIN)) for _ in range(3)]
    await settle()
    store.gate.set()
    first, second, _ = [await each for each in waiting]
    assert first is second
    assert (first.reveal(), store.asked) == ("sk-1", 1)
    clock.now += 59
    assert await references.resolve(NAME, ORIGIN) is first
    assert store.asked == 1
    clock.now += 1
    store.value = "sk-2"
    assert (await references.resolve(NAME, ORIGIN)).reveal() == "sk-1", "nobody waits for what is only old"
    await settle()
    assert (await references.resolve(NAME, ORIGIN)).reveal() == "sk-2"
    assert store.asked == 2


async def test_the_last_value_serves_until_it_ends(references: References, store: Store, clock: Clock) -> None:
    await references.resolve(NAME, ORIGIN)
    assert references.find_failure(NAME) is None
    store.value = None
    clock.now += 60
    await references.resolve(NAME, ORIGIN)
    await settle()
    assert references.find_failure(NAME) == "It is away."
    assert (await references.resolve(NAME, ORIGIN)).reveal() == "sk-1"
    assert store.asked == 2, "it is not asked at each call"
    clock.now += RETRY_SECONDS
    await references.resolve(NAME, ORIGIN)
    await settle()
    assert store.asked == 3
    clock.now = 1000 + 600
    with pytest.raises(UpstreamError, match=r"env:OPENAI_API_KEY cannot be had\. It is away") as refused:
        await references.resolve(NAME, ORIGIN)
    assert refused.value.kind == "unreachable"
    store.value = "sk-3"
    assert (await references.resolve(NAME, ORIGIN)).reveal() == "sk-3"
    assert references.find_failure(NAME) is None


async def test_a_store_may_say_that_it_ends_sooner(references: References, store: Store, clock: Clock) -> None:
    store.seconds = 10
    await references.resolve(NAME, ORIGIN)
    clock.now += 10
    store.value = "sk-2"
    assert (await references.resolve(NAME, ORIGIN)).reveal() == "sk-2"


async def test_a_caller_who_leaves_takes_nothing_from_the_others(references: References, store: Store) -> None:
    store.gate.clear()
    leaving = asyncio.ensure_future(references.resolve(NAME, ORIGIN))
    staying = asyncio.ensure_future(references.resolve(NAME, ORIGIN))
    await settle()
    leaving.cancel()
    await settle()
    store.gate.set()
    assert (await staying).reveal() == "sk-1"


@pytest.mark.parametrize(
    ("reference", "origin", "told"),
    [
        ("env:HOME", ORIGIN, "is not among the references that this server allows"),
        (NAME, "https://evil.example:443", "may not be sent to https://evil.example:443"),
        ("env:", ORIGIN, "is no reference that can be followed"),
        ("file:/run/../etc/passwd", ORIGIN, "is no reference that can be followed"),
    ],
)
async def test_what_is_not_allowed_is_neither_taken_nor_followed(
    references: References, store: Store, reference: str, origin: str, told: str
) -> None:
    with pytest.raises(InvalidInput, match=told):
        references.require(Secret(reference), (origin,))
    with pytest.raises(UpstreamError):
        await references.resolve(reference, origin)
    assert store.asked == 0


def test_keys_are_left_alone(references: References) -> None:
    key = Secret("sk-proj-1")
    references.require(key, (ORIGIN,))
    assert references.bind(key) is key
    bound = references.bind(Secret(NAME))
    assert isinstance(bound, ReferencedKey)
    assert bound.reveal() == NAME


async def test_nothing_is_allowed_unless_it_is_said(store: Store) -> None:
    with pytest.raises(InvalidInput, match="TRUNKLINE_SECRET_REFERENCES"):
        References((), stores={"env": store}).require(Secret(NAME), (ORIGIN,))
