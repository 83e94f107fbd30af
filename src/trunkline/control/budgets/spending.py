"""What is spent of budgets: a projection of the calls, exact to the nano-dollar, each counted once."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from trunkline.control.usage.event_values import limit
from trunkline.control.usage.projection import Arrivals
from trunkline.core.budget import Budget
from trunkline.core.period import Period
from trunkline.core.usage_event import UsageEvent
from trunkline.storage.budget_values import FACT, make_budget
from trunkline.storage.intake.connection import Transaction
from trunkline.storage.intake.statements import CONSUME_LEASE, END_LEASES, FIND_SPENT, HOLD_BUDGETS, READ_BUDGETS
from trunkline.storage.intake.tables import BUDGET_EVENTS, BUDGET_PERIODS


class BudgetSpending:
    """The projection. ``now`` is seconds since the epoch.

    What a call costs moves from its process's lease to what is spent, in the transaction that stores the call: at no
    moment is it in neither or in both.
    """

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._state: str | None = None
        self._budgets: Mapping[str, Sequence[Budget]] = {}
        self._periods: dict[tuple[str, int], Period] = {}

    async def apply(self, tx: Transaction, events: Arrivals) -> None:
        """Add what is new to its budgets, and note which thresholds are reached."""
        if not (events.single or events.alike or events.amended):
            return
        await self._read(tx)
        if not self._budgets:
            return
        spent: defaultdict[tuple[str, int], int] = defaultdict(int)
        leased: defaultdict[str, int] = defaultdict(int)
        touched: dict[str, Budget] = {}
        for budget, start, cost, lease_id in self._find_costs(events):
            spent[budget.id, start] += cost
            touched[budget.id] = budget
            if lease_id is not None:
                leased[lease_id] += cost
        rows = [(*place, spent[place]) for place in sorted(spent)]
        if not rows:
            return
        # In the order in which everybody takes them: periods, then leases.
        await tx.grow(BUDGET_PERIODS, rows)
        for lease_id in sorted(leased):
            await tx.run(CONSUME_LEASE, lease_id, leased[lease_id])
        await self._note(tx, [(touched[budget_id], start) for budget_id, start in spent])

    async def end(self, tx: Transaction, process: str) -> None:
        """All is taken in that a dead ``process`` has left: what it was leased and did not spend is free again."""
        await tx.run(END_LEASES, process)

    async def _read(self, tx: Transaction) -> None:
        held = await tx.ask(HOLD_BUDGETS, FACT)
        state = held[0][0] if held else ""
        if state == self._state:
            return
        budgets: defaultdict[str, list[Budget]] = defaultdict(list)
        for row in await tx.ask(READ_BUDGETS):
            budget = make_budget(*row)
            budgets[budget.workspace_id].append(budget)
        self._state, self._budgets = state, budgets
        self._periods.clear()

    def _find_costs(self, events: Arrivals) -> Iterator[tuple[Budget, int, int, str | None]]:
        """What calls cost each budget that they count for: the start of its period, nano-dollars, and of which lease.

        What is the same for all that are alike is found out once for them.
        """
        single: list[UsageEvent] = []
        for calls in events.alike:
            budgets = self._find_counting(calls.common)
            if not budgets:
                continue
            if calls.costs is None:
                single += calls.events()
                continue
            cost, first, last = sum(map(limit, calls.costs)), min(calls.opened_at), max(calls.opened_at)
            periods = [self._find_period(budget, first) for budget in budgets]
            if not all(period.holds(last) for period in periods):
                single += calls.events()
                continue
            for budget, period in zip(budgets, periods, strict=True):
                yield budget, period.start, cost, calls.common.leases.get(budget.id)
        for event in (*single, *events.single, *events.amended):
            for budget in self._find_counting(event):
                cost = limit(budget.charge(event))
                yield budget, self._find_period(budget, event.opened_at).start, cost, event.leases.get(budget.id)

    def _find_counting(self, event: UsageEvent) -> list[Budget]:
        return [budget for budget in self._budgets.get(event.workspace_id, ()) if budget.counts(event)]

    def _find_period(self, budget: Budget, at: int) -> Period:
        # Most calls are of now: one period serves them all.
        key = (budget.id, budget.revision)
        period = self._periods.get(key)
        if period is None or not period.holds(at):
            period = self._periods[key] = budget.find_period(at)
        return period

    async def _note(self, tx: Transaction, places: Iterable[tuple[Budget, int]]) -> None:
        at = int(self._now() * 1_000_000)
        rows: list[tuple[object, ...]] = []
        for budget, start in places:
            if not budget.thresholds:
                continue
            total = (await tx.ask(FIND_SPENT, budget.id, start))[0][0]
            rows.extend(
                (budget.id, start, threshold, budget.workspace_id, total, at)
                for threshold in budget.thresholds
                if total * 100 >= budget.amount * threshold
            )
        await tx.insert(BUDGET_EVENTS, rows)
