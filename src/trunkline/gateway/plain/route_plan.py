"""What is the same for all plain calls of one caller to one route: a plan for each of its targets."""

from __future__ import annotations

from collections.abc import Sequence

from trunkline.gateway.plain.plan import Plan
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.routing.strategy import TABLE, Strategies
from trunkline.gateway.snapshot import RouteEntry


def orders_at_once(route: RouteEntry) -> bool:
    """Whether the targets of ``route`` are put in order without looking at what a call asks, and without a hold."""
    row = TABLE[route.strategy]
    return not (route.selective or row.needs_traits or row.occupies)


class RoutePlan:
    """``plans`` are those of its targets, in the order in which the route lists them."""

    __slots__ = ("_by_candidate", "_candidates", "_strategies", "plans")

    def __init__(self, strategies: Strategies, plans: Sequence[Plan]) -> None:
        self.plans = plans
        self._strategies = strategies
        self._candidates = [plan.candidate for plan in plans]
        self._by_candidate = {id(plan.candidate): plan for plan in plans}

    def order(self) -> Sequence[Candidate]:
        """The targets for the next call, the best first."""
        return self._strategies.order(self._candidates, streams=False)

    def find(self, candidate: Candidate) -> Plan:
        """The plan of one of them."""
        return self._by_candidate[id(candidate)]

    def take_back(self, order: Sequence[Candidate]) -> None:
        """The call that ``order`` was made for goes the general way, where the targets are put in order anew."""
        self._strategies.take_back(order)
