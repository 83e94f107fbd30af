"""GCRA."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trunkline.control.rate_limit import RateLimit
from trunkline.core.errors import TooMany


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def count(limit: RateLimit, key: str, tries: int) -> int:
    taken = 0
    for _ in range(tries):
        try:
            limit.take(key)
        except TooMany:
            continue
        taken += 1
    return taken


def test_the_whole_limit_may_be_taken_at_once_and_comes_back_evenly() -> None:
    clock = Clock()
    limit = RateLimit(5, "tries", clock=clock)
    assert count(limit, "a", 10) == 5
    assert count(limit, "b", 10) == 5
    clock.now += 12
    assert count(limit, "a", 10) == 1
    clock.now += 60
    assert count(limit, "a", 10) == 5


def test_it_says_when_to_come_back_and_then_lets_in() -> None:
    clock = Clock()
    limit = RateLimit(5, "tries", clock=clock)
    count(limit, "a", 5)
    try:
        limit.take("a")
    except TooMany as error:
        clock.now += error.retry_after
    assert count(limit, "a", 2) == 1


def test_a_share_of_less_than_one_a_minute_lets_one_in() -> None:
    clock = Clock()
    limit = RateLimit(0.5, "tries", clock=clock)
    assert count(limit, "a", 3) == 1
    clock.now += 119
    assert count(limit, "a", 3) == 0
    clock.now += 2
    assert count(limit, "a", 3) == 1


def test_what_is_forgiven_no_longer_counts() -> None:
    limit = RateLimit(5, "tries", clock=Clock())
    count(limit, "a", 5)
    limit.forgive("a")
    assert count(limit, "a", 10) == 5


@given(st.lists(st.floats(0, 30), max_size=200), st.integers(1, 20))
def test_no_minute_ever_has_more_than_twice_the_limit(pauses: list[float], per_minute: int) -> None:
    """The burst and what comes back meanwhile: GCRA's bound."""
    clock = Clock()
    limit = RateLimit(per_minute, "tries", clock=clock)
    taken: list[float] = []
    for pause in pauses:
        clock.now += pause
        taken += [clock.now] * count(limit, "a", 3)
    for moment in taken:
        assert sum(moment <= other < moment + 60 for other in taken) <= 2 * per_minute
