"""Prices of a workspace's own."""

from __future__ import annotations

from trunkline.core.chat import Usage
from trunkline.core.price import Price, Rate
from trunkline.core.price_override import UNITS, PriceOverride, find_override
from trunkline.core.terms import USUAL, Terms

LISTED = Price(input=Rate(1_000_000), output=Rate(4_000_000), cached=Rate(100_000), source="list")


def override(**fields: object) -> PriceOverride:
    base: dict[str, object] = {"id": "1", "provider": "openai", "model": "m", "amounts": {"input": 2_000_000}}
    return PriceOverride(**{**base, **fields})  # pyright: ignore[reportArgumentType] - the tests' own fields


def test_what_it_says_replaces_the_list_and_the_rest_stays() -> None:
    price = override().lay_over(LISTED)
    assert price.cost(Usage(input=3, output=5, cached=1)) == 2 * 2 + 4 * 5
    assert price.source == "workspace"


def test_without_a_listed_price_the_rest_costs_nothing() -> None:
    price = override(amounts={"request": 7}).lay_over(None)
    assert price.cost(Usage(input=1000, output=1000)) == 7
    unknown = Price(input=Rate(1_000_000), output=Rate(0), unknown=("serviceTier",))
    assert override().lay_over(unknown).lacks(Usage(input=1)) == ()


def test_each_unit_is_a_field_of_a_price() -> None:
    assert set(UNITS.values()) <= set(Price.__struct_fields__)
    price = override(amounts=dict.fromkeys(UNITS, 1)).lay_over(None)
    assert price.cached == Rate(1)
    assert price.per_search == 1


def test_it_holds_for_its_tier_and_its_time() -> None:
    held = override(starts_at=10, ends_at=20)
    assert [held.concerns("openai", "m", USUAL, at) for at in (9, 10, 19, 20)] == [False, True, True, False]
    assert not held.concerns("azure-openai", "m", USUAL, 10)
    assert not held.concerns("openai", "m", Terms(tier="flex"), 10)
    assert not held.concerns("openai", "m", Terms(speed="fast"), 10)
    assert override(tier="flex").concerns("openai", "m", Terms(tier="flex"), 10)
    assert held.concerns("openai", "m", Terms(geo="us"), 10)


def test_the_one_that_began_last_counts_and_the_model_that_answered_first() -> None:
    old, new, dated = override(id="1"), override(id="2", starts_at=5), override(id="3", model="m-2026")
    prices = (new, old, dated)
    assert find_override(prices, "openai", ("m-2026", "m"), USUAL, 9) is dated
    assert find_override(prices, "openai", ("m-2025", "m"), USUAL, 9) is new
    assert find_override(prices, "openai", ("m",), USUAL, 4) is old
    assert find_override(prices, "openai", ("other",), USUAL, 4) is None
