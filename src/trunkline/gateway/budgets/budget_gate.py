"""Holds calls to the hard budgets that they count for: what a call can cost is reserved before it is sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from trunkline.core.actor import Actor
from trunkline.core.budget import Budget
from trunkline.core.price import Price
from trunkline.gateway.budgets.authority import Need
from trunkline.gateway.budgets.demand import Demand, count_chat, find_prices, glance
from trunkline.gateway.budgets.lease_desk import LeaseDesk
from trunkline.gateway.budgets.operation_demand import count_embeddings, count_operation
from trunkline.gateway.budgets.refusal import refuse_unpriced
from trunkline.gateway.budgets.reservation import Reservation
from trunkline.gateway.call import Prices
from trunkline.gateway.exchanges.chat import Chat
from trunkline.gateway.exchanges.embeddings import Embeddings
from trunkline.gateway.exchanges.operation import OperationCall
from trunkline.gateway.gates.pending_call import PendingCall
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.routing.target import Target
from trunkline.gateway.snapshot import Snapshot
from trunkline.providers.provider import Provider

LONGEST_ANSWER: Final = 131_072
"""Tokens that no model is expected to go beyond by itself."""

UNKNOWN_ANSWER: Final = 32_768
"""The same for a model of which not even the window is known."""

Window = Callable[[Provider, str], int | None]
"""How many tokens a model takes, input and output together; None where nobody knows."""


class BudgetGate:
    """Implements :class:`~trunkline.gateway.gates.gate.ImmediateGate`."""

    def __init__(self, desk: LeaseDesk, prices: Prices, window: Window) -> None:
        self._prices = prices
        self._window = window
        self.desk = desk

    def concerns(self, snapshot: Snapshot, actor: Actor, candidate: Candidate) -> bool:
        """See :class:`~trunkline.gateway.gates.gate.Gate`. Which tags a call has is not known before it comes."""
        budgets = candidate.part.budgets
        if not budgets:
            return False
        return any(one.hard and (one.subject == "tag" or _covers(one, actor, candidate, ())) for one in budgets)

    async def enter(self, call: PendingCall) -> None:
        """See :class:`~trunkline.gateway.gates.gate.Gate`. What a call costs depends on who serves it."""

    def admit_now(self, call: PendingCall, candidate: Candidate, target: Target) -> bool:
        """See :class:`~trunkline.gateway.gates.gate.ImmediateGate`."""
        budgets = _find(call, candidate)
        return not budgets or self._take(call, candidate, target, budgets)

    async def admit(self, call: PendingCall, candidate: Candidate, target: Target) -> None:
        """Return when the most that the call can cost is reserved, or so much of it that a shorter answer may be made.

        Raises :class:`BudgetSpent`, :class:`Forbidden` for what has no price, and :class:`Unavailable`.
        """
        self._forget(call)
        budgets = () if call.operation is None else _find(call, candidate)
        if not budgets or self._take(call, candidate, target, budgets):
            return
        demand = self._count(call, candidate, target)
        if demand is None:
            return
        rated = self._rate(call, candidate, target, budgets, demand)
        if not rated:
            return
        held = await self.desk.reserve({budget: need for budget, _, need in rated})
        granted = {budget.id: amount for budget, _, amount in held.shares}
        bounds = [
            min(demand.afford(price, granted[budget.id]) for price in prices)
            for budget, prices, need in rated
            if granted.get(budget.id, need.want) < need.want
        ]
        if bounds:
            # One budget allows less than the others: nothing is held of those that cannot be spent.
            call.output_bound = bound = max(min(bounds), 1)
            # An answer that was cut short for want of money is no answer for others.
            call.recording = None
            held.shrink({budget.id: _cost(demand, prices, bound) for budget, prices, _ in rated})
        self._hold(call, held, deferred=demand.deferred)

    def quote(self, call: PendingCall, candidate: Candidate, target: Target) -> dict[str, int]:
        """The most that the call can cost, in nano-dollars, by the hard budgets that it counts for; nothing is held.

        Raises :class:`Forbidden` for what has no price.
        """
        budgets = _find(call, candidate)
        demand = self._count(call, candidate, target) if budgets else None
        if demand is None:
            return {}
        return {budget.id: need.want for budget, _, need in self._rate(call, candidate, target, budgets, demand)}

    def _rate(
        self, call: PendingCall, candidate: Candidate, target: Target, budgets: Sequence[Budget], demand: Demand
    ) -> list[tuple[Budget, list[Price], Need]]:
        most = self._limit(demand, candidate.model, target)
        rated: list[tuple[Budget, list[Price], Need]] = []
        for budget in budgets:
            prices = self._find_prices(demand, budget, candidate, target)
            if prices is None:
                what = "the model" if call.operation == "chat" else f"{call.operation} by the model"
                raise refuse_unpriced(budget, candidate.model, what)
            want = _cost(demand, prices, most)
            least = _cost(demand, prices, min(most, demand.least)) if demand.bounded else want
            if want:
                rated.append((budget, prices, Need(want, least)))
        return rated

    def _take(self, call: PendingCall, candidate: Candidate, target: Target, budgets: Sequence[Budget]) -> bool:
        """Reserve at once, by a glance at the call. Whether that could be done."""
        exchange = call.exchange
        demand = glance(exchange, target) if isinstance(exchange, Chat) else None
        if demand is None:
            return False
        most = self._limit(demand, candidate.model, target)
        wanted: dict[Budget, int] = {}
        for budget in budgets:
            prices = self._find_prices(demand, budget, candidate, target)
            if prices is None:
                return False
            if cost := _cost(demand, prices, most):
                wanted[budget] = cost
        held = self.desk.take(wanted)
        if held is None:
            return False
        self._hold(call, held, deferred=False)
        return True

    def _find_prices(self, demand: Demand, budget: Budget, candidate: Candidate, target: Target) -> list[Price] | None:
        own = candidate.part.prices
        return find_prices(demand, budget, target, candidate.model, self._prices, own, self.desk.now())

    def _count(self, call: PendingCall, candidate: Candidate, target: Target) -> Demand | None:
        exchange, model = call.exchange, candidate.model
        match exchange:
            case Chat():
                return count_chat(exchange, target, model)
            case Embeddings():
                return count_embeddings(exchange, target, model)
            case OperationCall():
                return count_operation(exchange, target, model, self._prices.find(target.provider, model))
            case _:
                # Somebody asks about an answer that was paid for when it was made.
                return None

    def _limit(self, demand: Demand, model: str, target: Target) -> int:
        """The most tokens of one answer."""
        if demand.output is not None:
            return demand.output
        window = self._window(target.provider, model)
        return UNKNOWN_ANSWER if window is None else min(window, LONGEST_ANSWER)

    def _hold(self, call: PendingCall, held: Reservation, *, deferred: bool) -> None:
        held.deferred = deferred
        call.holds[self] = held
        call.leases, call.held_nanos = held.leases, held.most

    def _forget(self, call: PendingCall) -> None:
        """What is held for another candidate."""
        before = call.holds.pop(self, None)
        if before is not None:
            before.void()
        call.leases, call.held_nanos, call.output_bound = {}, None, None


def _find(call: PendingCall, candidate: Candidate) -> tuple[Budget, ...]:
    tags = call.context.tags
    return tuple(one for one in candidate.part.budgets if one.hard and _covers(one, call.actor, candidate, tags))


def _covers(budget: Budget, actor: Actor, candidate: Candidate, tags: Sequence[str]) -> bool:
    feature = candidate.feature.slug if candidate.feature is not None else None
    application_id = actor.application_id or candidate.entry.application_id
    return budget.covers(actor.user_id, actor.key_id, application_id, feature, tags)


def _cost(demand: Demand, prices: Sequence[Price], output: int) -> int:
    return max(demand.cost(price, output) or 0 for price in prices)
