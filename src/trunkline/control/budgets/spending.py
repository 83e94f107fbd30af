"""What is spent of budgets: a projection of the calls, exact to the nano-dollar, each counted once."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from trunkline.control.usage.alike_calls import AlikeCalls
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
        for event in (*self._find_counted(events.alike), *events.single, *events.amended):
            for budget in self._budgets.get(event.workspace_id, ()):
                if budget.counts(event):
                    cost = limit(budget.charge(event))
                    spent[budget.id, self._find_start(budget, event)] += cost
                    touched[budget.id] = budget
                    lease_id = event.leases.get(budget.id)
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

    def _find_counted(self, alike: Sequence[AlikeCalls]) -> Iterator[UsageEvent]:
        """Those that count for any budget: what tells that is the same for all that are alike."""
        for calls in alike:
            if any(budget.counts(calls.common) for budget in self._budgets.get(calls.common.workspace_id, ())):
                yield from calls.events()

    def _find_start(self, budget: Budget, event: UsageEvent) -> int:
        # Most calls are of now: one period serves them all.
        key = (budget.id, budget.revision)
        period = self._periods.get(key)
        if period is None or not period.holds(event.opened_at):
            period = self._periods[key] = budget.find_period(event.opened_at)
        return period.start

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
