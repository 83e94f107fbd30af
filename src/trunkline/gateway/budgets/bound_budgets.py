"""The hard budgets that plain calls of one caller to one model count for, found out once for all of these calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from trunkline.core.budget import Budget
from trunkline.gateway.budgets.demand import Glance
from trunkline.gateway.budgets.lease_desk import LeaseDesk
from trunkline.gateway.budgets.reservation import Reservation
from trunkline.gateway.exchanges.chat import Chat
from trunkline.gateway.gates.immediate_call import ImmediateCall

PriceText = Callable[[tuple[int, int | None, int]], int | None]
"""The most that a call can cost that :meth:`.Glance.weigh` tells of; None where that is not known."""


class BoundBudgets:
    """A :data:`~trunkline.gateway.gates.gate.AdmitNow`, under the ``key`` of whoever it decides for.

    ``reserve`` is asked where the price of text does not tell what a call can cost.
    """

    __slots__ = ("_budgets", "_desk", "_glance", "_key", "_price_text", "_reserve")

    def __init__(
        self,
        key: object,
        budgets: Sequence[Budget],
        glance: Glance,
        price_text: PriceText,
        desk: LeaseDesk,
        reserve: Callable[[Chat], Reservation | None],
    ) -> None:
        self._key = key
        self._budgets = budgets
        self._glance = glance
        self._price_text = price_text
        self._desk = desk
        self._reserve = reserve

    def __call__(self, call: ImmediateCall) -> bool:
        """Reserve the most that ``call`` can cost. False where that takes more than a glance."""
        weight = self._glance.weigh(call.body, call.peek)
        cost = None
        if weight is not None and call.count_characters() is not None:
            cost = self._price_text(weight)
        held = self._reserve(call.as_chat()) if cost is None else self._desk.take_alike(self._budgets, cost)
        if held is None:
            return False
        call.holds[self._key] = held
        call.leases, call.held_nanos = held.describe()
        return True
