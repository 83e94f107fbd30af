"""Grants leases of hard budgets. The database is what decides: any number of processes may ask it at once."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from trunkline.core.budget import Budget
from trunkline.core.ids import new_id
from trunkline.core.period import Period
from trunkline.gateway.budgets.authority import (
    LeaseAnswer,
    LeaseOutcome,
    LeaseQuestion,
    LeaseTerms,
    Need,
    Recall,
    Shortage,
)
from trunkline.storage import budgets as rows
from trunkline.storage.budgets import Place, to_moment
from trunkline.storage.database import Database, Transaction
from trunkline.storage.tables import BudgetLease

EXPIRY: Final = timedelta(hours=6)
"""After which a lease that nobody renews is forgotten: that of a machine that is gone with its journal. Processes stop
spending what they could not renew long before."""

CHUNK: Final = 20
"""A process gets a twentieth of what is left for calls to come, where that is more than they want at once."""

WORTH: Final = 4
"""For how many calls like those that ask that must do: near the limit a lease covers one call."""


class _Account:
    """A budget in one period, while it is held."""

    def __init__(self, budget: Budget, period: Period, spent: int) -> None:
        self.budget = budget
        self.period = period
        self.place: Place = (budget.id, to_moment(period.start))
        self.spent = spent
        self.leased = 0
        self.granted = 0
        """Now, to who asks."""
        self.largest = 0

    @property
    def unspent(self) -> int:
        return self.budget.amount - self.spent

    @property
    def left(self) -> int:
        return self.unspent - self.leased - self.granted


class LeaseAuthority:
    """Implements :class:`~trunkline.gateway.budgets.authority.Authority` over the database. ``now`` has a time zone."""

    def __init__(
        self, database: Database, recall: Recall, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._database = database
        self._recall = recall
        self._now = now
        self._turn = asyncio.Lock()
        self._swept = 0.0

    async def lease(self, question: LeaseQuestion) -> LeaseAnswer:
        """Note what was given back, and grant what is needed: each call all of it, as little as its least, or nothing.

        Where others hold what is missing, they are asked to give back what no call of theirs needs.
        """
        async with self._turn:
            answer = await self._answer(question, question.needs)
            short = {
                outcome.shortage.budget_id
                for outcome, need in zip(answer.outcomes, question.needs, strict=True)
                if outcome.shortage is not None and _may_have(outcome.shortage, need)
            }
            if not short:
                return answer
            back = await self._recall(question.holder, short)
            if not back:
                return answer
            places = [place for place, outcome in enumerate(answer.outcomes) if outcome.shortage is not None]
            more = await self._answer(question, [question.needs[place] for place in places], back)
            outcomes = list(answer.outcomes)
            for place, outcome in zip(places, more.outcomes, strict=True):
                outcomes[place] = outcome
            return LeaseAnswer(_join(answer.leases, more.leases), outcomes)

    async def _answer(
        self, question: LeaseQuestion, needs: Sequence[Mapping[str, Need]], back: Mapping[str, int] | None = None
    ) -> LeaseAnswer:
        """``back`` is what others gave back since ``question`` was answered for the first time."""
        wanted = {budget_id for need in needs for budget_id in need}
        now = self._now()
        async with self._database.write() as tx:
            await self._sweep(tx, now)
            accounts = await _open(tx, wanted, question.at)
            if back is None:
                await rows.set_granted(tx, question.holder, question.granted, now)
            else:
                await rows.set_returned(tx, back)
            own: dict[str, BudgetLease] = {}
            by_place = {account.place: account for account in accounts.values()}
            for lease in await rows.find_leases(tx, by_place.keys()):
                account = by_place[lease.budget_id, lease.period_start]
                if lease.holder == question.holder:
                    own[lease.budget_id] = lease
                    if back is None and lease.id not in question.granted:
                        # It never heard of this one: the answer was lost on the way.
                        lease.granted_nanos = lease.consumed_nanos
                account.leased += max(lease.granted_nanos - lease.consumed_nanos, 0)
            outcomes = [_decide(accounts, need) for need in needs]
            terms = [
                _grant(tx, account, own.get(account.budget.id), question.holder, now)
                for account in accounts.values()
                if account.granted
            ]
            await tx.flush()
        return LeaseAnswer(terms, outcomes)

    async def _sweep(self, tx: Transaction, now: datetime) -> None:
        if time.monotonic() > self._swept:
            await rows.forget_leases(tx, now - EXPIRY)
            self._swept = time.monotonic() + 60.0


async def _open(tx: Transaction, budget_ids: Collection[str], at: int) -> dict[str, _Account]:
    """The accounts, held until the end of the transaction. Budgets that are gone are left out."""
    if not budget_ids:
        return {}
    budgets = [rows.read_budget(row) for row in await rows.hold_many(tx, budget_ids)]
    periods = {budget.id: budget.find_period(at) for budget in budgets if budget.hard}
    places = {(budget_id, to_moment(period.start)) for budget_id, period in periods.items()}
    spent = await rows.hold_periods(tx, places)
    return {
        budget.id: _Account(budget, periods[budget.id], spent[budget.id, to_moment(periods[budget.id].start)])
        for budget in budgets
        if budget.hard
    }


def _decide(accounts: Mapping[str, _Account], needs: Mapping[str, Need]) -> LeaseOutcome:
    """What one call gets: something of each budget, or nothing of any."""
    mine = [(accounts[budget_id], need) for budget_id, need in needs.items() if budget_id in accounts]
    for account, need in mine:
        if account.left < need.least:
            return LeaseOutcome(shortage=Shortage(account.budget.id, account.unspent, account.left, account.period))
    granted: dict[str, int] = {}
    for account, need in mine:
        granted[account.budget.id] = amount = min(need.want, account.left)
        account.granted += amount
        account.largest = max(account.largest, amount)
    return LeaseOutcome(granted)


def _grant(tx: Transaction, account: _Account, lease: BudgetLease | None, holder: str, now: datetime) -> LeaseTerms:
    chunk = account.left // CHUNK
    extra = chunk if chunk >= WORTH * account.largest else 0
    if lease is None:
        budget_id, start = account.place
        lease = BudgetLease(
            id=new_id(), budget_id=budget_id, period_start=start, holder=holder, granted_nanos=0, consumed_nanos=0
        )
        tx.add(lease)
    lease.granted_nanos += account.granted + extra
    lease.renewed_at = now
    return LeaseTerms(account.budget.id, lease.id, account.budget.revision, account.period, extra)


def _may_have(shortage: Shortage, needs: Mapping[str, Need]) -> bool:
    """Whether there is enough, and only others hold it."""
    return needs[shortage.budget_id].least <= shortage.unspent


def _join(first: Sequence[LeaseTerms], second: Sequence[LeaseTerms]) -> list[LeaseTerms]:
    """Both may speak of one lease: what is extra is that of both."""
    extra: defaultdict[str, int] = defaultdict(int)
    latest = {terms.budget_id: terms for terms in (*first, *second)}
    for terms in (*first, *second):
        extra[terms.budget_id] += terms.extra
    return [
        LeaseTerms(each, terms.lease_id, terms.revision, terms.period, extra[each]) for each, terms in latest.items()
    ]
