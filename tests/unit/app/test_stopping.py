"""Stopping: one time for everything that still runs, counted from the signal."""

from __future__ import annotations

import signal

from trunkline.app.stopping import CLOSING_SECONDS, Stopping


class Clock:
    """Seconds that only pass when told."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_all_of_it_is_left_until_somebody_says_stop() -> None:
    clock = Clock()
    stopping = Stopping(120, clock=clock)
    clock.now += 50
    assert stopping.left == 120


def test_it_runs_out_from_the_first_time_on() -> None:
    clock = Clock()
    stopping = Stopping(120, clock=clock)
    stopping.begin()
    clock.now += 50
    stopping.begin()
    assert stopping.left == 70
    clock.now += 100
    assert stopping.left == 0


def test_what_comes_after_the_calls_has_a_time_of_its_own_where_none_is_left() -> None:
    clock = Clock()
    stopping = Stopping(10, clock=clock)
    stopping.begin()
    clock.now += 4
    assert stopping.closing == 6
    clock.now += 5
    assert stopping.closing == 1
    late = Stopping(0, clock=clock)
    late.begin()
    clock.now += 50
    assert late.closing == CLOSING_SECONDS
    clock.now += 1
    assert late.closing == CLOSING_SECONDS - 1
    clock.now += 50
    assert late.closing == 0


def test_a_signal_begins_it_and_still_reaches_whoever_listened_before() -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _frame: heard.append(number))
    clock = Clock()
    stopping = Stopping(10, clock=clock)
    try:
        with stopping.heard():
            signal.raise_signal(signal.SIGTERM)
            clock.now += 4
        assert stopping.left == 6
        signal.raise_signal(signal.SIGTERM)
        assert heard == [signal.SIGTERM, signal.SIGTERM]
    finally:
        signal.signal(signal.SIGTERM, before)
