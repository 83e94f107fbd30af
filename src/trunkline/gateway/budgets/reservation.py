"""What one call holds of the budgets that it counts for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trunkline.core.budget import Budget
from trunkline.core.usage_event import UsageEvent
from trunkline.gateway.budgets.lease import Lease

Share = tuple[Budget, Lease, int]
"""A budget, the lease of it, and nano-dollars."""


class Reservation:
    """Implements :class:`~trunkline.gateway.gates.hold.Hold`: settled with the call's cost, or given back.

    ``deferred`` is for a call whose answer may be made in the background: then its end is not its cost.
    """

    __slots__ = ("deferred", "shares")

    def __init__(self, shares: Sequence[Share]) -> None:
        self.shares = shares
        self.deferred = False

    @property
    def leases(self) -> dict[str, str]:
        """The lease of each budget."""
        return {budget.id: lease.id for budget, lease, _ in self.shares}

    @property
    def most(self) -> int:
        """The most that is held of one of them."""
        return max((amount for _, _, amount in self.shares), default=0)

    def shrink(self, amounts: Mapping[str, int]) -> None:
        """Hold no more than these ``amounts``, by budget; the rest is free again."""
        kept: list[Share] = []
        for budget, lease, amount in self.shares:
            needed = min(amounts.get(budget.id, amount), amount)
            lease.reserved -= amount - needed
            lease.free += amount - needed
            kept.append((budget, lease, needed))
        self.shares = kept

    def settle(self, event: UsageEvent) -> None:
        """See :class:`~trunkline.gateway.gates.hold.Hold`."""
        shares, self.shares = self.shares, ()
        if self.deferred and event.outcome == "ok" and not event.usage.total:
            # What it costs comes later, with an event of its own, so all of it stays promised.
            return
        for budget, lease, amount in shares:
            lease.release(amount, budget.charge(event))

    def void(self) -> None:
        """See :class:`~trunkline.gateway.gates.hold.Hold`."""
        shares, self.shares = self.shares, ()
        for _, lease, amount in shares:
            lease.release(amount)
