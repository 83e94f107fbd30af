"""Buckets: every one has exactly one owner, and only what must change hands does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.control.versions.buckets import COUNT, Ranges, allocate
from trunkline.gateway.routing import assignment

NAMES = ("a", "b", "c", "d", "e")


@st.composite
def split(draw: st.DrawFn) -> dict[str, int]:
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=5, unique=True))
    cuts = sorted(draw(st.lists(st.integers(0, COUNT), min_size=len(names) - 1, max_size=len(names) - 1)))
    edges = [0, *cuts, COUNT]
    return {name: edges[at + 1] - edges[at] for at, name in enumerate(names)}


def owners(given_out: dict[str, Ranges]) -> list[str]:
    found = [name for bucket in range(COUNT) for name, ranges in given_out.items() if _has(ranges, bucket)]
    assert len(found) == COUNT, "a bucket has no owner, or two"
    return found


def _has(ranges: Ranges, bucket: int) -> bool:
    return any(start <= bucket < end for start, end in ranges)


@given(st.lists(split(), min_size=1, max_size=4))
def test_every_bucket_has_one_owner_and_only_surrendered_ones_move(changes: list[dict[str, int]]) -> None:
    owned: dict[str, Ranges] = {}
    before: list[str] | None = None
    old: dict[str, int] = {}
    for shares in changes:
        owned = allocate(owned, shares)
        after = owners(owned)
        assert {name: after.count(name) for name in shares} == shares
        if before is not None:
            moved = sum(was != becomes for was, becomes in zip(before, after, strict=True))
            assert moved == sum(max(0, share - shares.get(name, 0)) for name, share in old.items())
        before, old = after, shares


@given(split())
def test_the_same_shares_change_nothing(shares: dict[str, int]) -> None:
    once = allocate({}, shares)
    assert allocate(once, shares) == once


def test_ranges_do_not_crumble_when_a_ramp_goes_back_and_forth() -> None:
    owned: dict[str, Ranges] = {}
    for percent in (100, 500, 2500, 5000, 100, 2500, 7500, 500, 9900, 1000):
        owned = allocate(owned, {"control": COUNT - percent, "new": percent})
    assert max(len(ranges) for ranges in owned.values()) <= 4


@pytest.mark.parametrize("shares", [{"a": 9_999}, {"a": 10_001}, {"a": 11_000, "b": -1_000}])
def test_shares_that_do_not_sum_up_are_refused(shares: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="10,000"):
        allocate({}, shares)


def test_buckets_that_two_claim_go_to_one() -> None:
    kept = allocate({"a": [[0, 6_000]], "b": [[5_000, 10_000]]}, {"a": 5_000, "b": 5_000})
    assert owners(kept).count("b") == 5_000


def test_there_are_as_many_as_the_gateway_draws_from() -> None:
    assert COUNT == assignment.BUCKETS
