"""How fast targets were lately, in this process: an exponentially weighted moving average of the time to an answer.

https://en.wikipedia.org/wiki/Exponential_smoothing
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

WEIGHT: Final = 0.2
"""Of the newest time; the average so far has the rest."""
FRESH_SECONDS: Final = 300.0
"""After that long without a call a target is measured anew: it may have become faster."""

Key = tuple[str, str, bool]
"""Configuration, model, and whether the answer is streamed: then the time is that to the first token."""


class Speeds:
    """``clock`` is monotonic seconds."""

    __slots__ = ("_averages", "_clock")

    MAX_AVERAGES: Final = 10_000

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._averages: dict[Key, tuple[float, float]] = {}

    def note(self, key: Key, seconds: float) -> None:
        """An answer took that long to begin (streamed) or to come (whole)."""
        average = self.find(key)
        if average is None and len(self._averages) >= self.MAX_AVERAGES:
            self._averages.clear()
        smooth = seconds if average is None else average + WEIGHT * (seconds - average)
        self._averages[key] = (smooth, self._clock())

    def find(self, key: Key) -> float | None:
        """The average in seconds; None where nothing was measured lately."""
        found = self._averages.get(key)
        if found is None or self._clock() - found[1] > FRESH_SECONDS:
            return None
        return found[0]
