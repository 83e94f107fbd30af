from __future__ import annotations

from trunkline.gateway.routing.tail_latency import KEPT, LEAST, TailLatencies

PLACE = ("c", "m")


def test_it_is_the_95th_percentile_of_what_was_last() -> None:
    tails = TailLatencies()
    for _ in range(KEPT):
        tails.note(PLACE, 99.0)
    for hundredth in range(KEPT):
        tails.note(PLACE, hundredth / 100)
    assert tails.find(PLACE) == 0.95
    assert tails.find(("c", "other")) is None


def test_few_answers_tell_nothing() -> None:
    tails = TailLatencies()
    for _ in range(LEAST - 1):
        tails.note(PLACE, 1.0)
    assert tails.find(PLACE) is None
    tails.note(PLACE, 1.0)
    assert tails.find(PLACE) == 1.0
