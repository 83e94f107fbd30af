"""Percentiles out of buckets."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trunkline.control.health.latency import find_bucket, find_percentile


@given(st.lists(st.integers(1_000, 600_000_000), min_size=1, max_size=50), st.sampled_from([0.5, 0.95]))
def test_a_percentile_is_right_within_a_fifth(durations: list[int], share: float) -> None:
    counts: dict[int, int] = {}
    for duration in durations:
        counts[find_bucket(duration)] = counts.get(find_bucket(duration), 0) + 1
    exact = sorted(durations)[-(-len(durations) * int(share * 100) // 100) - 1] / 1_000
    found = find_percentile(counts, share)
    assert found is not None
    assert exact - 1 <= found <= exact * 1.2 + 1


def test_of_nothing_there_is_none() -> None:
    assert find_percentile({}, 0.5) is None
    assert find_percentile({find_bucket(0): 3}, 0.5) == 1
