"""Statistics of experiments, by simulation: how often they are wrong when there is nothing, and how soon right."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from trunkline.control.experiments.statistics import (
    ALPHA,
    LARGEST_E,
    RATIO_LIMIT,
    Ratio,
    compare,
    least_excess,
    ratio,
    sample_ratio,
)
from trunkline.storage.experiment_units import Moments

Floats = NDArray[np.float64]
Draw = Callable[[np.random.Generator, NDArray[np.int64], NDArray[np.int64]], Floats]
PEEKS = 80
RUNS = 200


@dataclass
class Run:
    """Calls that arrive one by one, of users who are split in halves: what is known after each part of them."""

    who: NDArray[np.int64]
    arm: NDArray[np.int64]
    value: Floats

    @classmethod
    def draw(cls, seed: int, draw: Draw, *, calls: int, users: int | None) -> Run:
        """``users`` None: every call is of somebody else."""
        rng = np.random.default_rng(seed)
        who = rng.integers(0, users, calls) if users is not None else np.arange(calls)
        arm = rng.integers(0, 2, users or calls)
        return cls(who, arm, draw(rng, who, arm))

    def first(self, is_so: Callable[[Moments, Moments], bool], peeks: int = PEEKS) -> int | None:
        """After how many calls it is so for the first time, of the version's and the control's sums; None: never."""
        count, total = np.zeros(self.arm.size), np.zeros(self.arm.size)
        for part in np.array_split(np.arange(self.who.size), peeks):
            np.add.at(count, self.who[part], 1)
            np.add.at(total, self.who[part], self.value[part])
            if is_so(moments(count, total, self.arm == 1), moments(count, total, self.arm == 0)):
                return int(part[-1]) + 1
        return None


def moments(count: Floats, total: Floats, chosen: NDArray[np.bool_]) -> Moments:
    seen = chosen & (count > 0)
    n, y = count[seen], total[seen]
    return Moments(int(seen.sum()), float(n.sum()), float(n @ n), float(y.sum()), float(y @ y), float(n @ y))


def errors(control: float, version: float | None = None, *, alike: float | None = None) -> Draw:
    """Failures at these rates; the smaller ``alike``, the more users differ from each other."""

    def draw(rng: np.random.Generator, who: NDArray[np.int64], arm: NDArray[np.int64]) -> Floats:
        own = rng.beta(alike * control, alike * (1 - control), arm.size) / control if alike else np.ones(arm.size)
        rate = np.where(arm == 1, control if version is None else version, control) * own
        return (rng.random(who.size) < rate[who]).astype(float)

    return draw


def amounts(between_users: float, within: float) -> Draw:
    """Costs or times, log-normal: a few are very large."""

    def draw(rng: np.random.Generator, who: NDArray[np.int64], arm: NDArray[np.int64]) -> Floats:
        own = rng.normal(0, between_users, arm.size)
        return np.exp(own[who] + rng.normal(0, within, who.size))

    return draw


def differs(version: Moments, control: Moments) -> bool:
    difference = compare(ratio(version), ratio(control), alpha=ALPHA)
    return difference is not None and difference.significant


def exceeds(version: Moments, control: Moments) -> bool:
    return least_excess(ratio(version, is_share=True), ratio(control, is_share=True), alpha=ALPHA) > 0


NOTHING_DIFFERS = [
    pytest.param(errors(0.01), 2_500, None, id="rare errors, a call a user"),
    pytest.param(errors(0.01, alike=5), 4_000, 400, id="rare errors, ten calls a user"),
    pytest.param(errors(0.2, alike=2), 4_000, 400, id="users who fail often and users who never do"),
    pytest.param(amounts(0, 1.5), 2_500, None, id="costs, a call a user"),
    pytest.param(amounts(0.8, 0.8), 4_000, 400, id="costs, ten calls a user"),
    pytest.param(amounts(1.2, 1.2), 4_000, 400, id="costs of very unlike users"),
]


@pytest.mark.parametrize(("draw", "calls", "users"), NOTHING_DIFFERS)
@pytest.mark.parametrize("is_so", [differs, exceeds], ids=["in either direction", "for the worse"])
def test_versions_that_are_the_same_win_at_most_one_time_in_twenty_under_eighty_peeks(
    draw: Draw, calls: int, users: int | None, is_so: Callable[[Moments, Moments], bool]
) -> None:
    wins = sum(Run.draw(seed, draw, calls=calls, users=users).first(is_so) is not None for seed in range(RUNS))
    assert wins <= RUNS * ALPHA


@pytest.mark.parametrize("users", [None, 150], ids=["a call a user", "ten calls a user"])
@pytest.mark.parametrize("rate", [0.05, 0.06])
def test_a_jump_of_the_error_rate_is_certain_within_1500_calls(rate: float, users: int | None) -> None:
    found = [
        Run.draw(seed, errors(0.01, rate), calls=1_500, users=users).first(exceeds, peeks=75) for seed in range(RUNS)
    ]
    assert sum(calls is not None for calls in found) >= 0.95 * RUNS


def test_counting_calls_instead_of_users_would_find_differences_that_are_not_there() -> None:
    def naive(version: Moments, control: Moments) -> bool:
        alone = [
            Moments(int(each.n), each.n, each.n, each.y, each.y, each.y)  # as if every call were somebody else's
            for each in (version, control)
        ]
        return differs(*alone)

    draw = errors(0.2, alike=0.5)
    wins = [
        sum(Run.draw(seed, draw, calls=4_000, users=100).first(each) is not None for seed in range(100))
        for each in (naive, differs)
    ]
    assert wins[0] > 10
    assert wins[1] <= 5


def test_the_bounds_hold_the_truth_and_close_in_on_it() -> None:
    run = Run.draw(7, errors(0.10, 0.16), calls=40_000, users=4_000)
    widths: list[float] = []

    def look(version: Moments, control: Moments) -> bool:
        difference = compare(ratio(version), ratio(control), alpha=ALPHA)
        assert difference is not None
        assert difference.low < 0.06 < difference.high
        widths.append(difference.high - difference.low)
        return False

    assert run.first(look, peeks=20) is None
    assert widths[-1] < widths[0] / 3


def test_a_ratio_is_all_by_all_and_its_variance_is_that_of_users() -> None:
    n, y = np.array([1.0, 2.0, 3.0]), np.array([1.0, 0.0, 2.0])
    found = ratio(moments(n, y, np.array([True, True, True])))
    assert found.value == pytest.approx(3 / 6)
    residuals = y - 0.5 * n
    assert found.variance == pytest.approx((residuals @ residuals) * (3 / 2) / 36)


def test_what_is_allowed_on_top_of_the_control_makes_its_own_doubt_larger() -> None:
    version, control = Ratio(10.0, 0.0, 500), Ratio(4.0, 0.25, 500)
    margins = [10 - factor * 4 - least_excess(version, control, alpha=ALPHA, factor=factor) for factor in (1.0, 2.0)]
    assert margins[0] > 0
    assert margins[1] == pytest.approx(2 * margins[0])


def test_versions_that_always_and_never_fail_differ() -> None:
    always, never = Moments(40, 40, 40, 40, 40, 40), Moments(40, 40, 40, 0, 0, 0)
    assert least_excess(ratio(always, is_share=True), ratio(never, is_share=True), alpha=ALPHA) > 0.5
    assert least_excess(ratio(never, is_share=True), ratio(never, is_share=True), alpha=ALPHA) < 0


def test_nothing_is_said_of_nothing_of_few_and_of_what_never_varies() -> None:
    empty, few = Moments(), Moments(29, 29, 29, 10, 10, 10)
    many, perfect = Moments(40, 40, 40, 10, 10, 10), Moments(40, 40, 40, 0, 0, 0)
    assert ratio(empty).value is None
    for left, right in ((empty, many), (few, many), (many, few), (perfect, perfect)):
        assert compare(ratio(left), ratio(right), alpha=ALPHA) is None
        assert least_excess(ratio(left), ratio(right), alpha=ALPHA) == -math.inf
    assert compare(ratio(many), ratio(perfect), alpha=ALPHA) is not None


def test_a_split_as_told_is_doubted_at_most_one_time_in_a_hundred() -> None:
    rng = np.random.default_rng(3)
    doubted = 0
    for _ in range(300):
        arrived = np.cumsum(rng.multinomial(1, [0.5, 0.3, 0.2], size=4_000), axis=0)[49::50]
        doubted += any(
            sample_ratio(dict(zip("abc", map(int, row), strict=True)), {"a": 5_000, "b": 3_000, "c": 2_000})
            >= RATIO_LIMIT
            for row in arrived
        )
    assert doubted <= 3


def test_a_split_that_is_not_as_told_is_found() -> None:
    assert sample_ratio({"a": 5_300, "b": 4_700}, {"a": 5_000, "b": 5_000}) >= RATIO_LIMIT
    assert sample_ratio({"a": 5_050, "b": 4_950}, {"a": 5_000, "b": 5_000}) < 1
    assert sample_ratio({"a": 1_000_000, "b": 0}, {"a": 5_000, "b": 5_000}) == pytest.approx(LARGEST_E)


def test_units_where_none_should_arrive_are_found_at_once() -> None:
    assert sample_ratio({"a": 10, "b": 1}, {"a": 10_000, "b": 0}) == pytest.approx(LARGEST_E)
    assert sample_ratio({"a": 10}, {"a": 10_000, "b": 0}) == pytest.approx(1)
    assert sample_ratio({}, {}) == 1
