"""GCRA: in any time no more is let in than the burst and what the rate gives."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trunkline.gateway.gates.gcra import arrive, count_left, find_next

arrivals = st.lists(st.tuples(st.floats(0, 30), st.integers(1, 8)), max_size=60)
amounts = st.integers(1, 1_000)
windows = st.sampled_from([1, 60, 3_600, 86_400])


@given(amount=amounts, window=windows, share=st.floats(0.01, 1), steps=arrivals, start=st.floats(0, 1e7))
def test_no_window_of_any_length_lets_in_more_than_the_burst_and_the_rate(
    amount: int, window: int, share: float, steps: list[tuple[float, int]], start: float
) -> None:
    interval = window / amount
    burst = max(amount * share, 8)
    tolerance = burst * interval
    now, tat = start, 0.0
    admitted: list[tuple[float, int]] = []
    for pause, cost in steps:
        now += pause * interval
        after, wait = arrive(tat, now, interval, tolerance, cost)
        if not wait:
            tat = after
            admitted.append((now, cost))
    for place, (begin, _) in enumerate(admitted):
        total = 0
        for end, cost in admitted[place:]:
            total += cost
            assert total <= burst + (end - begin) / interval + 0.01


@given(amount=amounts, window=windows, cost=st.integers(1, 1_000), taken=st.integers(0, 1_000))
def test_whoever_waits_as_long_as_told_is_let_in(amount: int, window: int, cost: int, taken: int) -> None:
    interval, tolerance = window / amount, float(window)
    tat, _ = arrive(0.0, 100.0, interval, tolerance, taken)
    _, wait = arrive(tat, 100.0, interval, tolerance, cost)
    assert arrive(tat, 100.0 + wait, interval, tolerance, cost)[1] == 0.0


def test_the_burst_is_let_in_at_once_and_then_one_for_each_interval() -> None:
    tat = 0.0
    for _ in range(3):
        tat, wait = arrive(tat, 50.0, 20.0, 60.0, 1)
        assert wait == 0.0
    assert arrive(tat, 50.0, 20.0, 60.0, 1)[1] == 20.0
    assert arrive(tat, 69.0, 20.0, 60.0, 1)[1] == 1.0
    assert arrive(tat, 70.0, 20.0, 60.0, 1)[1] == 0.0


def test_more_than_the_burst_waits_until_nothing_is_taken_and_is_paid_for_in_full() -> None:
    tat, wait = arrive(0.0, 10.0, 1.0, 4.0, 6)
    assert (tat, wait) == (16.0, 0.0)
    assert arrive(tat, 10.0, 1.0, 4.0, 6)[1] == 6.0


def test_what_is_left_and_when_there_is_more() -> None:
    tat, _ = arrive(0.0, 50.0, 20.0, 60.0, 2)
    assert (count_left(0.0, 50.0, 20.0, 60.0), find_next(0.0, 50.0, 20.0, 60.0)) == (3, 0.0)
    assert (count_left(tat, 50.0, 20.0, 60.0), find_next(tat, 50.0, 20.0, 60.0)) == (1, 20.0)
    assert (count_left(tat, 65.0, 20.0, 60.0), find_next(tat, 65.0, 20.0, 60.0)) == (1, 5.0)
