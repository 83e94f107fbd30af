"""Figures of one process for monitoring: what is counted in it, as it is told to the process that shows all of them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

import msgspec

OTHER: Final = "other"
"""The value of a label for all that there are too many of."""


class Sample(msgspec.Struct, frozen=True, array_like=True):
    """One value of the metric ``name``, whose labels have the values ``labels``, in the order of its family.

    Of a histogram ``counts[i]`` are the observations in bucket ``i`` alone, and ``value`` is the sum of all.
    """

    name: str
    labels: tuple[str, ...] = ()
    value: float = 0.0
    counts: tuple[int, ...] = ()


class Histogram:
    """Observations by size. ``bounds`` are the upper bounds of the buckets; one without a bound follows."""

    __slots__ = ("bounds", "counts", "sum")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.sum = 0.0

    def observe(self, value: float) -> None:
        """Count one."""
        self.sum += value
        self.counts[bisect_left(self.bounds, value)] += 1

    def read(self, name: str, *labels: str) -> Sample:
        """What it holds, as a sample of the metric ``name``."""
        return Sample(name, labels, self.sum, tuple(self.counts))


class LabelValues:
    """The values of a label that users may choose: the first ``most`` of them stand for themselves, all others are one.

    So no client can make metrics grow without end.
    """

    __slots__ = ("_known", "_most")

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: set[str] = set()

    def find(self, value: str) -> str:
        """``value``, or ``other``."""
        if value in self._known:
            return value
        if len(self._known) >= self._most:
            return OTHER
        self._known.add(value)
        return value
