"""What a process may spend of a budget, and how much of that is promised to calls."""

from __future__ import annotations

from math import inf
from typing import Final

from trunkline.core.period import Period

GOOD_SECONDS: Final = 600.0
"""How long what is leased may be spent without a word of the authority, which forgets a lease after hours."""

_RETIRED: Final = -1
"""Revision of no budget."""


class Lease:
    """Of one budget for one period. All amounts are nano-dollars.

    ``free`` is below zero where calls cost more than was held for them, until that is made up for.
    """

    __slots__ = ("end", "free", "granted", "id", "period", "renewed", "revision", "settled", "start", "told", "used")

    def __init__(self, lease_id: str, period: Period) -> None:
        self.id = lease_id
        self.set_period(period)
        self.revision = 0
        """That of the budget when it was granted last: another one may allow less."""
        self.free = 0
        self.granted = 0
        """All that it ever held: what is free, promised and spent."""
        self.settled = 0
        """What calls have cost; the database learns of it with their events."""
        self.told = 0
        """What the authority knows to have granted."""
        self.renewed = 0.0
        self.used = 0.0
        """When something of it was last promised: monotonic seconds, as ``renewed``."""

    def set_period(self, period: Period) -> None:
        """For which it may be spent."""
        self.period = period
        self.start = period.start
        self.end = inf if period.end is None else period.end

    @property
    def reserved(self) -> int:
        """What is promised to calls."""
        return self.granted - self.free - self.settled

    def grow(self, amount: int) -> None:
        """So much more was granted, and the authority knows."""
        self.granted += amount
        self.told += amount

    def gives(self, amount: int, revision: int, now: float, at: float) -> bool:
        """Whether so much of a budget of this ``revision`` may be promised: at monotonic seconds ``now``, which are
        ``at`` microseconds since the epoch."""
        if self.free < amount or self.revision != revision or now - self.renewed > GOOD_SECONDS:
            return False
        return self.start <= at < self.end

    def promise(self, amount: int, now: float) -> None:
        """Hold so much of what is free for a call."""
        self.free -= amount
        self.used = now

    def take(self, amount: int, revision: int, now: float, at: float) -> bool:
        """:meth:`promise` it if it :meth:`gives` as much, in one step. Whether it did."""
        if self.free < amount or self.revision != revision or now - self.renewed > GOOD_SECONDS:
            return False
        if not self.start <= at < self.end:
            return False
        self.free -= amount
        self.used = now
        return True

    def release(self, amount: int, cost: int = 0) -> None:
        """A promise ends: ``cost`` of it is spent, the rest is free again."""
        self.settled += cost
        self.free += amount - cost

    def give_back(self) -> None:
        """Keep nothing that is free; what was spent beyond what was granted is owned up to."""
        self.granted -= self.free
        self.free = 0

    def retire(self) -> None:
        """Promise nothing any more: another one has its place. What is promised ends as it would."""
        self.revision = _RETIRED
