"""What one call holds of the budgets that it counts for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from trunkline.core.budget import Budget, charge
from trunkline.core.usage_event import UsageEvent
from trunkline.gateway.budgets.lease import Lease
from trunkline.gateway.journal.template import PlainEnd

Share = tuple[Budget, Lease, int]
"""A budget, the lease of it, and nano-dollars."""


class AlikeReservation(msgspec.Struct, gc=False):
    """The same for a plain call, which holds one ``amount`` of each of its budgets, of the lease at the same place.

    A struct, as every call makes one.
    """

    budgets: Sequence[Budget]
    leases: Sequence[Lease]
    amount: int

    def settle(self, event: UsageEvent | PlainEnd) -> None:
        """See :class:`~trunkline.gateway.hold.Hold`."""
        amount, cost = self.amount, event.cost_nanos
        if cost is None:
            for budget, lease in zip(self.budgets, self.leases, strict=True):
                lease.release(amount, charge(budget.default_price, event.outcome, cost, event.held_nanos, event.usage))
            return
        for lease in self.leases:
            # As its ``release`` does.
            lease.settled += cost
            lease.free += amount - cost

    def void(self) -> None:
        """See :class:`~trunkline.gateway.hold.Hold`."""
        for lease in self.leases:
            lease.release(self.amount)


class Reservation:
    """Implements :class:`~trunkline.gateway.gates.immediate_call.PlainHold`: settled with the call's cost, or given
    back.

    ``deferred`` is for a call whose answer may be made in the background: then its end is not its cost.
    """

    __slots__ = ("deferred", "shares")

    def __init__(self, shares: Sequence[Share]) -> None:
        self.shares = shares
        self.deferred = False

    def describe(self) -> tuple[dict[str, str], int]:
        """The lease of each budget, and the most that is held of one of them."""
        leases: dict[str, str] = {}
        most = 0
        for budget, lease, amount in self.shares:
            leases[budget.id] = lease.id
            most = max(most, amount)
        return leases, most

    def shrink(self, amounts: Mapping[str, int]) -> None:
        """Hold no more than these ``amounts``, by budget; the rest is free again."""
        kept: list[Share] = []
        for budget, lease, amount in self.shares:
            needed = min(amounts.get(budget.id, amount), amount)
            lease.free += amount - needed
            kept.append((budget, lease, needed))
        self.shares = kept

    def settle(self, event: UsageEvent | PlainEnd) -> None:
        """See :class:`~trunkline.gateway.hold.Hold`."""
        shares, self.shares = self.shares, ()
        if self.deferred and event.outcome == "ok" and not event.usage.total:
            # What it costs comes later, with an event of its own, so all of it stays promised.
            return
        cost = event.cost_nanos
        for budget, lease, amount in shares:
            spent = cost
            if spent is None:
                spent = charge(budget.default_price, event.outcome, cost, event.held_nanos, event.usage)
            lease.release(amount, spent)

    def void(self) -> None:
        """See :class:`~trunkline.gateway.hold.Hold`."""
        shares, self.shares = self.shares, ()
        for _, lease, amount in shares:
            lease.release(amount)
