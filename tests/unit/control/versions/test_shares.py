"""The shares of versions."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from trunkline.control.versions.shares import WHOLE, Shares, assign, scale, take_out

percents = st.integers(0, WHOLE)


def split(weights: list[int]) -> Shares:
    return scale({str(index): weight for index, weight in enumerate(weights)}, WHOLE)


shares = st.lists(st.integers(0, 100), min_size=1, max_size=12).map(split)


@pytest.mark.parametrize(
    ("before", "asked", "after"),
    [
        ({"v1": 10_000}, 3_000, {"v1": 7_000, "v2": 3_000}),
        ({"v1": 7_000, "v3": 3_000}, 5_000, {"v1": 3_500, "v3": 1_500, "v2": 5_000}),
        ({"v1": 3_333, "v2": 3_333, "v3": 3_334}, 0, {"v1": 4_999, "v2": 0, "v3": 5_001}),
        ({"v1": 10_000}, 10_000, {"v1": 0, "v2": 10_000}),
        ({"v1": 0, "v3": 0, "v2": 10_000}, 5_001, {"v1": 2_500, "v3": 2_499, "v2": 5_001}),
        ({}, 0, {"v2": 10_000}),
        ({"v2": 10_000}, 25, {"v2": 10_000}),
    ],
)
def test_the_one_gets_what_was_asked_and_the_others_the_rest(before: Shares, asked: int, after: Shares) -> None:
    assert assign(before, "v2", asked) == after


def test_what_goes_is_shared_in_proportion_and_equally_among_those_with_nothing() -> None:
    assert take_out({"a": 5_000, "b": 3_000, "c": 2_000}, "a") == {"b": 6_000, "c": 4_000}
    assert take_out({"a": 10_000, "b": 0, "c": 0, "d": 0}, "a") == {"b": 3_334, "c": 3_333, "d": 3_333}
    assert take_out({"a": 10_000}, "a") == {}


@given(before=shares, asked=percents)
def test_shares_are_exact_and_never_further_than_a_hundredth_from_their_part(before: Shares, asked: int) -> None:
    after = assign(before, "new", asked)
    assert sum(after.values()) == WHOLE
    assert after["new"] == asked
    assert min(after.values()) >= 0
    for name, share in before.items():
        assert abs(after[name] - Fraction(share * (WHOLE - asked), WHOLE)) < 1


@given(before=shares)
def test_nobody_gains_by_going_but_those_who_stay(before: Shares) -> None:
    gone = next(iter(before))
    after = take_out(before, gone)
    assert gone not in after
    assert sum(after.values()) == (WHOLE if after else 0)
    assert all(after[name] >= before[name] for name in after)


@given(weights=st.dictionaries(st.text(max_size=3), st.integers(0, 10**9), max_size=20), total=percents)
def test_equal_weights_differ_by_a_hundredth_at_most(weights: dict[str, int], total: int) -> None:
    scaled = scale(weights, total)
    assert sum(scaled.values()) == (total if weights else 0)
    for name, weight in weights.items():
        same = [scaled[other] for other in weights if weights[other] == weight]
        assert max(same) - min(same) <= 1, name


class Writes(RuleBasedStateMachine):
    """Any sequence of writes."""

    def __init__(self) -> None:
        super().__init__()
        self.shares: Shares = {}
        self.made = 0

    @initialize()
    def begin(self) -> None:
        self.shares = assign({}, "v0", 0)

    @rule(asked=percents)
    def create(self, asked: int) -> None:
        self.made += 1
        self.shares = assign(self.shares, f"v{self.made}", asked)

    @precondition(lambda self: self.shares)
    @rule(data=st.data(), asked=percents)
    def change(self, data: st.DataObject, asked: int) -> None:
        name = data.draw(st.sampled_from(sorted(self.shares)))
        self.shares = assign(self.shares, name, asked)
        assert self.shares[name] == (asked if len(self.shares) > 1 else WHOLE)

    @precondition(lambda self: self.shares)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        self.shares = take_out(self.shares, data.draw(st.sampled_from(sorted(self.shares))))

    @invariant()
    def exact(self) -> None:
        assert sum(self.shares.values()) == (WHOLE if self.shares else 0)
        assert all(0 <= share <= WHOLE for share in self.shares.values())


TestWrites = Writes.TestCase
