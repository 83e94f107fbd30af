"""What is taken of what a provider tells, and what is counted here."""

from __future__ import annotations

import pytest

from trunkline.core.chat import Usage
from trunkline.core.heard import Heard
from trunkline.gateway.estimate import Estimate, find_family

HELLO = Heard("Hello, how are you?")


def estimate() -> Estimate:
    return Estimate(find_family("gpt-4o"), lambda: 10)


def unheard() -> Heard:
    raise AssertionError("nothing is to be counted")


@pytest.mark.parametrize(
    ("told", "whole", "used", "estimated"),
    [
        (None, True, Usage(10, 6), True),
        (Usage(), True, Usage(10, 6), True),
        (Usage(21, 9), True, Usage(21, 9), False),
        (Usage(0, 9), True, Usage(10, 9), True),
        (Usage(21, 0), True, Usage(21, 6), True),
        (Usage(21, 9, estimated=True), True, Usage(21, 9, estimated=True), True),
        (None, False, Usage(10, 6), True),
        (Usage(21, 1), False, Usage(21, 6), True),
        (Usage(21, 90), False, Usage(21, 90), True),
        (Usage(21, 1, cached=5, cost_nanos=7), False, Usage(21, 6, cached=5, cost_nanos=7), True),
    ],
)
def test_what_is_taken(told: Usage | None, whole: bool, used: Usage, estimated: bool) -> None:
    assert estimate().complete(told, lambda: HELLO, whole=whole) == (used, estimated)


def test_nothing_said_is_no_output() -> None:
    assert estimate().complete(Usage(21, 0), Heard, whole=True) == (Usage(21, 0), False)


def test_nothing_is_read_where_all_is_told() -> None:
    assert estimate().complete(Usage(21, 9), unheard, whole=True) == (Usage(21, 9), False)


def test_more_than_is_remembered_is_scaled() -> None:
    one = estimate().output(Heard("word " * 100))
    assert estimate().output(Heard("word " * 100, scale=7.0)) == pytest.approx(7 * one, rel=0.01)


def test_calls_and_pictures_count() -> None:
    assert estimate().output(Heard("find{}", calls=1)) > estimate().output(Heard("find{}"))
    assert estimate().output(Heard(pictures=1)) == 1_290


def test_the_input_is_counted_once() -> None:
    asked: list[int] = []

    def count() -> int:
        asked.append(1)
        return 3

    counts = Estimate(find_family("gpt-4o"), count)
    assert (counts.input, counts.input, len(asked)) == (3, 3, 1)
