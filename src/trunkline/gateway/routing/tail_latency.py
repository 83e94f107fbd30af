"""How long the slowest answers of targets took lately, in this process."""

from __future__ import annotations

from collections import deque
from typing import Final

KEPT: Final = 100
"""Answers of a target that are remembered."""
LEAST: Final = 20
"""Answers from which on they tell anything."""
SHARE: Final = 0.95


class TailLatencies:
    """The 95th percentile of the last answers of each place."""

    __slots__ = ("_kept",)

    MAX_PLACES: Final = 10_000

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], deque[float]] = {}

    def note(self, place: tuple[str, str], seconds: float) -> None:
        """An answer took that long, or at least that long, where nobody waited for it any more."""
        kept = self._kept.get(place)
        if kept is None:
            if len(self._kept) >= self.MAX_PLACES:
                self._kept.clear()
            kept = self._kept[place] = deque(maxlen=KEPT)
        kept.append(seconds)

    def find(self, place: tuple[str, str]) -> float | None:
        """Seconds within which 95 of 100 answered; None where too few are known."""
        kept = self._kept.get(place)
        if kept is None or len(kept) < LEAST:
            return None
        return sorted(kept)[int(SHARE * len(kept))]
