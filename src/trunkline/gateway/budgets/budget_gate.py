"""Holds calls to the hard budgets that they count for: what a call can cost is reserved before it is sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from trunkline.core.actor import Actor
from trunkline.core.budget import Budget
from trunkline.core.price import Price
from trunkline.gateway.budgets.authority import Need
from trunkline.gateway.budgets.bound_budgets import BoundBudgets
from trunkline.gateway.budgets.budget_book import BudgetBook
from trunkline.gateway.budgets.demand import Demand, Glance, count_chat, find_price, find_prices
from trunkline.gateway.budgets.lease_desk import LeaseDesk
from trunkline.gateway.budgets.operation_demand import count_embeddings, count_operation, count_turn
from trunkline.gateway.budgets.refusal import refuse_unpriced
from trunkline.gateway.budgets.reservation import Reservation
from trunkline.gateway.exchanges.chat import Chat
from trunkline.gateway.exchanges.embeddings import Embeddings
from trunkline.gateway.exchanges.operation import OperationCall
from trunkline.gateway.gates.gate import AdmitNow
from trunkline.gateway.gates.immediate_call import ImmediateCall
from trunkline.gateway.gates.pending_call import PendingCall
from trunkline.gateway.prices import Prices
from trunkline.gateway.realtime.turn import Turn
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.routing.target import Target
from trunkline.gateway.snapshot import Snapshot
from trunkline.providers.provider import Provider

LONGEST_ANSWER: Final = 131_072
"""Tokens that no model is expected to go beyond by itself."""

UNKNOWN_ANSWER: Final = 32_768
"""The same for a model of which not even the window is known."""

_BOOKS: Final = 10_000
"""Workspaces whose budgets are kept sorted."""

Window = Callable[[Provider, str], int | None]
"""How many tokens a model takes, input and output together; None where nobody knows."""


class BudgetGate:
    """Implements :class:`~trunkline.gateway.gates.gate.ImmediateGate`."""

    def __init__(self, desk: LeaseDesk, prices: Prices, window: Window) -> None:
        self._prices = prices
        self._window = window
        self._books: dict[str, BudgetBook] = {}
        self.desk = desk

    def concerns(self, snapshot: Snapshot, actor: Actor, candidate: Candidate) -> bool:
        """See :class:`~trunkline.gateway.gates.gate.Gate`."""
        return bool(candidate.part.budgets) and self._read_book(candidate).concerns(actor, candidate)

    async def enter(self, call: PendingCall) -> None:
        """See :class:`~trunkline.gateway.gates.gate.Gate`. What a call costs depends on who serves it."""

    def bind(self, actor: Actor, candidate: Candidate, target: Target) -> AdmitNow:
        """See :class:`~trunkline.gateway.gates.gate.ImmediateGate`."""
        budgets = self._read_book(candidate).find(actor, candidate, ())
        if not budgets:
            return _admit
        glance = Glance(target)
        reserve = partial(self._take, candidate, target, budgets, glance)
        find_price = partial(self._prices.find, target.provider, candidate.model, glance.terms)
        if candidate.part.prices:
            find_price = _find_none
        find_most = partial(self._find_most, candidate.model, target)
        return BoundBudgets(self, budgets, glance, self.desk, find_price, find_most, reserve).admit

    async def admit(self, call: PendingCall, candidate: Candidate, target: Target) -> None:
        """Return when the most that the call can cost is reserved, or so much of it that a shorter answer may be made.

        Raises :class:`BudgetSpent`, :class:`Forbidden` for what has no price, and :class:`Unavailable`.
        """
        self._forget(call)
        budgets = () if call.operation is None else self._find(call, candidate)
        if not budgets:
            return
        at_once = None
        if isinstance(call.exchange, Chat):
            at_once = self._take(candidate, target, budgets, Glance(target), call.exchange)
        if at_once is not None:
            self._hold(call, at_once, deferred=False)
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
        budgets = self._find(call, candidate)
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

    def _find(self, call: PendingCall, candidate: Candidate) -> tuple[Budget, ...]:
        if not candidate.part.budgets:
            return ()
        return self._read_book(candidate).find(call.actor, candidate, call.context.tags)

    def _read_book(self, candidate: Candidate) -> BudgetBook:
        place, budgets = candidate.part.id, candidate.part.budgets
        book = self._books.get(place)
        if book is None or book.budgets is not budgets:
            if len(self._books) >= _BOOKS:
                self._books.clear()
            book = self._books[place] = BudgetBook(budgets)
        return book

    def _take(
        self, candidate: Candidate, target: Target, budgets: Sequence[Budget], glance: Glance, chat: Chat
    ) -> Reservation | None:
        """Reserve at once, by a glance at ``chat``; None where that cannot be done."""
        peek = chat.peek
        weight = None if type(chat) is not Chat or peek is None else glance.weigh(chat.body, peek)
        if weight is not None and chat.says_text():
            cost = self._price_text(candidate, target, glance, weight)
            if cost is not None:
                return self.desk.take([(budget, cost) for budget in budgets] if cost else ())
        demand = glance.look(chat)
        wanted = None if demand is None else self._price(demand, candidate, target, budgets)
        return None if wanted is None else self.desk.take(wanted)

    def _price_text(
        self, candidate: Candidate, target: Target, glance: Glance, weight: tuple[int, int | None, int]
    ) -> int | None:
        """The most that a call of text alone can cost; None where more must be looked at."""
        price = None if candidate.part.prices else self._prices.find(target.provider, candidate.model, glance.terms)
        if price is None:
            return None
        given, output, answers = weight
        if output is None:
            output = self._find_most(candidate.model, target)
        return price.cost_text(given, output * answers)

    def _price(
        self, demand: Demand, candidate: Candidate, target: Target, budgets: Sequence[Budget]
    ) -> list[tuple[Budget, int]] | None:
        """The most that a call can cost, by each budget that it takes something of; None where that is not known."""
        most = self._limit(demand, candidate.model, target)
        price = find_price(demand, target, candidate.model, self._prices, candidate.part.prices, self.desk.now())
        known = None if price is None else demand.cost(price, most)
        wanted: list[tuple[Budget, int]] = []
        for budget in budgets:
            cost = known
            if cost is None and budget.default_price is not None:
                cost = demand.cost(budget.default_price.as_price(), most)
            if cost is None:
                return None
            if cost:
                wanted.append((budget, cost))
        return wanted

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
            case Turn():
                return count_turn(exchange, target, model)
            case _:
                # Somebody asks about an answer that was paid for when it was made.
                return None

    def _limit(self, demand: Demand, model: str, target: Target) -> int:
        """The most tokens of one answer."""
        return self._find_most(model, target) if demand.output is None else demand.output

    def _find_most(self, model: str, target: Target) -> int:
        """The same, where the call does not say."""
        window = self._window(target.provider, model)
        return UNKNOWN_ANSWER if window is None else min(window, LONGEST_ANSWER)

    def _hold(self, call: PendingCall, held: Reservation, *, deferred: bool) -> None:
        held.deferred = deferred
        call.holds[self] = held
        call.leases, call.held_nanos = held.describe()

    def _forget(self, call: PendingCall) -> None:
        """What is held for another candidate."""
        before = call.holds.pop(self, None)
        if before is not None:
            before.void()
        call.leases, call.held_nanos, call.output_bound = {}, None, None


def _find_none() -> None:
    return None


def _admit(call: ImmediateCall) -> bool:
    return True


def _cost(demand: Demand, prices: Sequence[Price], output: int) -> int:
    return max(demand.cost(price, output) or 0 for price in prices)
