"""Latencies in buckets, four to each doubling, so that a percentile is right within a fifth."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

_PER_DOUBLING: Final = 4


def find_bucket(duration_us: int) -> int:
    """The bucket of a duration in microseconds: 0 up to a millisecond."""
    return 0 if duration_us <= 1_000 else math.ceil(math.log2(duration_us / 1_000) * _PER_DOUBLING)


def find_percentile(counts: Mapping[int, int], share: float) -> int | None:
    """The milliseconds within which ``share`` of what is counted by bucket ended; None where nothing is counted."""
    left = math.ceil(sum(counts.values()) * share)
    for bucket in sorted(counts):
        left -= counts[bucket]
        if left <= 0:
            return round(2 ** (bucket / _PER_DOUBLING))
    return None
