"""Latencies in buckets, four to each doubling, so that a percentile is right within a fifth."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping
from typing import Final

_PER_DOUBLING: Final = 4
_LONGEST: Final = [math.floor(1_000 * 2 ** (bucket / _PER_DOUBLING)) for bucket in range(220)]
"""The longest duration of each bucket. Nothing takes longer than the last: it is beyond 64 bits."""


def find_bucket(duration_us: int) -> int:
    """The bucket of a duration in microseconds: 0 up to a millisecond."""
    return bisect_left(_LONGEST, duration_us)


def find_percentile(counts: Mapping[int, int], share: float) -> int | None:
    """The milliseconds within which ``share`` of what is counted by bucket ended; None where nothing is counted."""
    left = math.ceil(sum(counts.values()) * share)
    for bucket in sorted(counts):
        left -= counts[bucket]
        if left <= 0:
            return round(2 ** (bucket / _PER_DOUBLING))
    return None
