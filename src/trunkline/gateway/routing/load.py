"""How many calls are under way to each target, in this process."""

from __future__ import annotations

from collections import Counter
from typing import TypeAlias

from trunkline.core.usage_event import UsageEvent
from trunkline.gateway.hold import Hold
from trunkline.gateway.routing.candidate import Candidate

_Place: TypeAlias = tuple[str, str]
"""Configuration and model."""


class Load:
    """Counts the calls along routes that ask for it."""

    __slots__ = ("_counts",)

    def __init__(self) -> None:
        self._counts: Counter[_Place] = Counter()

    def count(self, candidate: Candidate) -> int:
        """How many are under way to ``candidate``."""
        return self._counts[_find_place(candidate)]

    def occupy(self, candidate: Candidate, holds: dict[object, Hold]) -> None:
        """The call that ``holds`` belong to goes to ``candidate``, and to nothing else any more."""
        held = holds.get(self)
        if isinstance(held, _Occupancy):
            held.leave()
        holds[self] = _Occupancy(self._counts, _find_place(candidate))


class _Occupancy:
    """One call under way. Implements :class:`~trunkline.gateway.hold.Hold`."""

    __slots__ = ("_counts", "_place")

    def __init__(self, counts: Counter[_Place], place: _Place) -> None:
        self._counts = counts
        self._place = place
        counts[place] += 1

    def settle(self, event: UsageEvent) -> None:
        """It is over."""
        self.leave()

    def void(self) -> None:
        """It was not made."""
        self.leave()

    def leave(self) -> None:
        """It is not there any more."""
        self._counts[self._place] -= 1
        if self._counts[self._place] <= 0:
            del self._counts[self._place]


def _find_place(candidate: Candidate) -> _Place:
    return candidate.entry.id, candidate.model
