from __future__ import annotations

import pytest

from trunkline.gateway.routing.speed import FRESH_SECONDS, WEIGHT, Speeds

HERE = ("c", "m", False)


def test_the_newest_time_has_a_fifth_of_the_weight() -> None:
    speeds = Speeds(lambda: 0.0)
    assert speeds.find(HERE) is None
    speeds.note(HERE, 1.0)
    assert speeds.find(HERE) == 1.0
    speeds.note(HERE, 2.0)
    assert speeds.find(HERE) == pytest.approx(1.0 + WEIGHT)
    for _ in range(100):
        speeds.note(HERE, 3.0)
    assert speeds.find(HERE) == pytest.approx(3.0)


def test_streams_and_whole_answers_are_apart() -> None:
    speeds = Speeds(lambda: 0.0)
    speeds.note(("c", "m", True), 0.1)
    assert speeds.find(HERE) is None


def test_what_is_old_is_measured_anew() -> None:
    now = [0.0]
    speeds = Speeds(lambda: now[0])
    speeds.note(HERE, 1.0)
    now[0] = FRESH_SECONDS
    assert speeds.find(HERE) == 1.0
    now[0] += 1
    assert speeds.find(HERE) is None
    speeds.note(HERE, 5.0)
    assert speeds.find(HERE) == 5.0, "what it was long ago does not count"


def test_memory_is_bounded() -> None:
    speeds = Speeds(lambda: 0.0)
    for number in range(Speeds.MAX_AVERAGES + 10):
        speeds.note((str(number), "m", False), 1.0)
    assert sum(speeds.find((str(number), "m", False)) is not None for number in range(20_000)) <= Speeds.MAX_AVERAGES
