"""The hard budgets that plain calls of one caller to one model count for, found out once for all of these calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from trunkline.core.budget import Budget
from trunkline.core.price import Price, TextRates
from trunkline.gateway.budgets.demand import Glance
from trunkline.gateway.budgets.lease import Lease
from trunkline.gateway.budgets.lease_desk import LeaseDesk
from trunkline.gateway.budgets.reservation import AlikeReservation, Reservation
from trunkline.gateway.exchanges.chat import Chat
from trunkline.gateway.gates.immediate_call import ImmediateCall


class BoundBudgets:
    """Its :meth:`admit` is an :data:`~trunkline.gateway.gates.gate.AdmitNow`, under the ``key`` of whoever it decides
    for.

    ``find_price`` finds the price of the model as of now, ``find_most`` how many tokens one of its answers has at most
    where the call does not say. ``reserve`` is asked where the price of text does not tell what a call can cost.
    """

    __slots__ = (
        "_budgets",
        "_desk",
        "_find_most",
        "_find_price",
        "_glance",
        "_key",
        "_leases",
        "_names",
        "_price",
        "_rates",
        "_reserve",
        "_sources",
    )

    def __init__(
        self,
        key: object,
        budgets: Sequence[Budget],
        glance: Glance,
        desk: LeaseDesk,
        find_price: Callable[[], Price | None],
        find_most: Callable[[], int],
        reserve: Callable[[Chat], Reservation | None],
    ) -> None:
        self._key = key
        self._budgets = budgets
        self._glance = glance
        self._desk = desk
        self._find_price = find_price
        self._find_most = find_most
        self._reserve = reserve
        # What was found out for the call before is so for nearly every other.
        self._price: Price | None = None
        self._rates: TextRates | None = None
        self._leases: list[Lease] = []
        self._sources: list[tuple[Lease, int]] = []
        """The leases, each with the revision of its budget."""
        self._names: dict[str, str] = {}
        """The ids of the leases, by those of the budgets."""

    def admit(self, call: ImmediateCall) -> bool:
        """Reserve the most that ``call`` can cost. False where that takes more than a glance."""
        # First, as that may find out what need not be weighed.
        if call.count_characters() is None:
            return self._take(call)
        weight = self._glance.weigh(call.body, call.peek)
        if weight is None:
            return self._take(call)
        price = self._find_price()
        if price is not self._price:
            self._price, self._rates = price, None if price is None else price.text_rates()
        given, output, answers = weight
        made = (self._find_most() if output is None else output) * answers
        if self._rates is not None:
            read, written, added = self._rates
            cost = (given * read + made * written + added) // 1_000_000
        else:
            cost = None if price is None else price.cost_text(given, made)
        if cost is None:
            return self._take(call)
        if not cost:
            return True
        sources, desk = self._sources or self._find_leases(), self._desk
        if not sources:
            return False
        now, at = desk.ticks(), desk.clock() * 1_000_000
        for lease, revision in sources:
            if not lease.take(cost, revision, now, at):
                self._put_back(cost, lease)
                return False
        call.holds[self._key] = AlikeReservation(self._budgets, self._leases, cost)
        call.leases, call.held_nanos = self._names, cost
        return True

    def _put_back(self, cost: int, until: Lease) -> None:
        """What was promised of the leases before ``until``. The next call finds all of them anew."""
        self._sources = []
        for lease in self._leases:
            if lease is until:
                return
            lease.release(cost)

    def _find_leases(self) -> list[tuple[Lease, int]]:
        """None where one of the budgets has none."""
        leases, budgets = self._desk.find(self._budgets), self._budgets
        if leases is None:
            return []
        self._leases = leases
        self._sources = [(lease, budget.revision) for lease, budget in zip(leases, budgets, strict=True)]
        self._names = {budget.id: lease.id for lease, budget in zip(leases, budgets, strict=True)}
        return self._sources

    def _take(self, call: ImmediateCall) -> bool:
        held = self._reserve(call.as_chat())
        if held is None:
            return False
        call.holds[self._key] = held
        call.leases, call.held_nanos = held.describe()
        return True
