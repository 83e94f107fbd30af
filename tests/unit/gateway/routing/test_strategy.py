from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.core.errors import UpstreamError
from trunkline.core.price import Price, Rate
from trunkline.core.price_override import PriceOverride
from trunkline.core.strategy import Strategy
from trunkline.gateway.hold import Hold
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.routing.strategy import TABLE, Strategies
from trunkline.gateway.snapshot import ConfigurationEntry, RouteEntry, RouteTargetEntry, WorkspacePart
from trunkline.providers.registry import PROVIDERS

PART = WorkspacePart(id="w", revision=1)
PRICES: dict[str, tuple[int, int]] = {"cheap": (1, 1), "dear": (9, 9), "input": (2, 9), "free": (0, 0)}


class Prices:
    def find(self, provider: object, model: str) -> Price | None:
        rates = PRICES.get(model)
        return None if rates is None else Price(input=Rate(rates[0]), output=Rate(rates[1]))


class Place:
    """Strategies over a clock that stands still."""

    def __init__(self, seed: int = 1) -> None:
        self.now = 0.0
        self.strategies = Strategies(Prices(), PROVIDERS, lambda: self.now, Random(seed))

    def order(self, candidates: list[Candidate], streams: bool = False) -> list[str]:
        return [one.entry.name for one in self.strategies.order(candidates, streams)]


def candidates(strategy: Any, *targets: tuple[str, int, int]) -> list[Candidate]:
    """Each by its name, which is its model too, with priority and weight."""
    route = RouteEntry(id="r", name="r", strategy=strategy, targets=())
    return [
        Candidate(
            ConfigurationEntry(id=name, workspace_id="w", owner_id="u", name=name, provider="openai"),
            name,
            PART,
            route,
            RouteTargetEntry(configuration_id=name, priority=priority, weight=weight),
        )
        for name, priority, weight in targets
    ]


def error(kind: Any) -> UpstreamError:
    return UpstreamError("no", kind=kind)


def test_as_listed_within_a_priority() -> None:
    given_ = candidates("priority", ("a", 1, 1), ("b", 0, 1), ("c", 1, 1), ("d", 0, 1))
    assert Place().order(given_) == ["b", "d", "a", "c"]


def test_the_chance_of_each_place_goes_by_weight() -> None:
    place, firsts, seconds = Place(seed=3), Counter[str](), Counter[str]()
    for _ in range(6_000):
        first, second, _third = place.order(candidates("weighted", ("a", 0, 6), ("b", 0, 3), ("c", 0, 1)))
        firsts[first] += 1
        seconds[first + second] += 1
    assert [round(firsts[name] / 6_000, 1) for name in "abc"] == [0.6, 0.3, 0.1]
    # Without the first, the others share by their weights again: of 6, 3 and 1 that is 3 to 1 behind "a".
    assert 0.70 <= seconds["ab"] / firsts["a"] <= 0.80


@given(st.integers(), st.lists(st.tuples(st.integers(0, 3), st.integers(1, 1000)), min_size=1, max_size=20))
def test_every_target_has_exactly_one_place_and_priorities_stand(seed: int, targets: list[tuple[int, int]]) -> None:
    for strategy in ("priority", "weighted", "cheapest", "fastest"):
        listed = candidates(strategy, *((str(place), *target) for place, target in enumerate(targets)))
        ordered = Place(seed).order(listed)
        assert sorted(ordered) == sorted(one.entry.name for one in listed)
        priorities = [targets[int(name)][0] for name in ordered]
        assert priorities == sorted(priorities)


def test_the_cheapest_by_input_and_output_and_the_unpriced_last() -> None:
    listed = candidates(
        "cheapest", ("odd", 0, 1), ("dear", 0, 1), ("input", 0, 1), ("cheap", 0, 1), ("free", 0, 1), ("odder", 0, 1)
    )
    assert Place().order(listed) == ["free", "cheap", "input", "dear", "odd", "odder"]


def test_the_cheapest_by_what_the_workspace_pays_itself() -> None:
    def own(model: str, amount: int, **fields: Any) -> PriceOverride:
        amounts = {"input": amount, "output": amount}
        return PriceOverride(id=f"{model}{amount}", provider="openai", model=model, amounts=amounts, **fields)

    prices = (own("dear", 0), own("odd", 3), own("cheap", 100, ends_at=1_000_000), own("input", 50, tier="batch"))
    part = msgspec.structs.replace(PART, prices=prices)
    listed = candidates("cheapest", ("odd", 0, 1), ("input", 0, 1), ("cheap", 0, 1), ("dear", 0, 1))
    place = Place()
    now = 2.0
    place.strategies = Strategies(Prices(), PROVIDERS, lambda: 0.0, Random(1), now=lambda: now)
    ours = [msgspec.structs.replace(one, part=part) for one in listed]
    assert place.order(ours) == ["dear", "cheap", "odd", "input"]
    now = 0.5
    assert place.order(ours) == ["dear", "odd", "input", "cheap"]


def test_the_fastest_after_those_that_were_not_tried() -> None:
    place, listed = Place(), candidates("fastest", ("a", 0, 1), ("b", 0, 1), ("c", 0, 1))
    place.strategies.succeeded(listed[0], False, 3.0)
    assert place.order(listed) == ["b", "c", "a"]
    place.strategies.succeeded(listed[1], False, 2.0)
    place.strategies.succeeded(listed[2], False, 1.0)
    assert place.order(listed) == ["c", "b", "a"]
    assert place.order(listed, streams=True) == ["a", "b", "c"], "streams are measured apart"
    place.now += 1_000
    assert place.order(listed) == ["a", "b", "c"], "what is old is forgotten"


def test_who_rests_is_left_out_as_long_as_others_are_there() -> None:
    place, listed = Place(), candidates("priority", ("a", 0, 1), ("b", 0, 1), ("c", 1, 1))
    place.strategies.failed(listed[0], error("auth"))
    assert place.order(listed) == ["b", "c"]
    assert not place.strategies.enter(listed[0])
    place.now += 1
    place.strategies.failed(listed[1], UpstreamError("no", kind="rate_limit", retry_after=7))
    place.strategies.failed(listed[2], UpstreamError("no", kind="rate_limit", retry_after=3))
    assert place.order(listed) == ["c", "b", "a"], "all rest: whoever is ready first"


def test_what_is_no_routes_is_none_of_its_business() -> None:
    place = Place()
    (listed,) = candidates("priority", ("a", 0, 1))
    plain = Candidate(listed.entry, "a", PART)
    place.strategies.failed(plain, error("auth"))
    assert place.strategies.enter(listed)
    place.strategies.failed(listed, error("auth"))
    assert place.strategies.enter(plain)
    assert place.order([plain]) == ["a"]


@pytest.mark.parametrize("strategy", ["priority", "weighted", "cheapest", "fastest"])
def test_a_route_with_one_target(strategy: str) -> None:
    assert Place().order(candidates(strategy, ("a", 0, 1))) == ["a"]


def test_each_is_first_in_turn() -> None:
    place = Place()
    given_ = candidates("round-robin", ("a", 0, 1), ("b", 0, 1), ("c", 0, 1), ("d", 1, 1))
    assert ["".join(place.order(given_)) for _ in range(4)] == ["abcd", "bcad", "cabd", "abcd"]


def test_who_rests_misses_its_turn() -> None:
    place = Place()
    given_ = candidates("round-robin", ("a", 0, 1), ("b", 0, 1), ("c", 0, 1))
    place.strategies.failed(given_[1], error("auth"))
    assert ["".join(place.order(given_)) for _ in range(3)] == ["ac", "ca", "ac"]


def test_the_one_with_the_least_under_way_is_first() -> None:
    place = Place()
    given_ = candidates("least-busy", ("a", 0, 1), ("b", 0, 1))
    a, b = given_
    first: dict[object, Hold] = {}
    second: dict[object, Hold] = {}
    place.strategies.occupy(a, first)
    place.strategies.occupy(a, second)
    assert {place.order(given_)[0] for _ in range(4)} == {"b"}
    place.strategies.occupy(b, first)
    place.strategies.occupy(b, second)
    assert {place.order(given_)[0] for _ in range(4)} == {"a"}, "who turned to another one is there no more"
    for holds in (first, second):
        for hold in holds.values():
            hold.void()
    assert {place.order(given_)[0] for _ in range(4)} == {"a", "b"}, "of equals each in turn"


def test_other_strategies_count_nothing() -> None:
    holds: dict[object, Hold] = {}
    Place().strategies.occupy(candidates("priority", ("a", 0, 1))[0], holds)
    assert holds == {}


def test_every_strategy_has_a_row() -> None:
    assert TABLE.keys() == set(get_args(Strategy))
