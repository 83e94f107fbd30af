"""What a process may spend of a budget, and how much of that is promised to calls."""

from __future__ import annotations

from trunkline.core.period import Period


class Lease:
    """Of one budget for one period. All amounts are nano-dollars.

    ``free`` is below zero where calls cost more than was held for them, until that is made up for.
    """

    __slots__ = ("free", "id", "period", "renewed", "reserved", "revision", "settled", "told", "used")

    def __init__(self, lease_id: str, period: Period) -> None:
        self.id = lease_id
        self.period = period
        self.revision = 0
        """That of the budget when it was granted last: another one may allow less."""
        self.free = 0
        self.reserved = 0
        self.settled = 0
        """What calls have cost; the database learns of it with their events."""
        self.told = 0
        """What the authority knows to have granted."""
        self.renewed = 0.0
        self.used = 0.0

    @property
    def granted(self) -> int:
        """All that it ever held: what is free, promised and spent."""
        return self.free + self.reserved + self.settled

    def release(self, amount: int, cost: int = 0) -> None:
        """A promise ends: ``cost`` of it is spent, the rest is free again."""
        self.reserved -= amount
        self.settled += cost
        self.free += amount - cost

    def give_back(self) -> None:
        """Keep nothing that is free; what was spent beyond what was granted is owned up to."""
        self.free = 0
