"""Leases of this process: what calls reserve of them, and how more is asked for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Final, cast

from trunkline.core.budget import Budget
from trunkline.core.errors import Unavailable
from trunkline.gateway.budgets.authority import Authority, LeaseAnswer, LeaseQuestion, Need, Shortage
from trunkline.gateway.budgets.lease import Lease
from trunkline.gateway.budgets.refusal import refuse
from trunkline.gateway.budgets.reservation import Reservation, Share
from trunkline.logs import get_logger

IDLE_SECONDS: Final = 2.0
"""After which what nobody used is given back."""

_TELL_SECONDS: Final = 60.0
_PAUSE_SECONDS: Final = 1.0
_KNOWN_SECONDS: Final = 5.0
_AT_ONCE: Final = 500
"""Calls that are asked for in one question."""

_log: Final = get_logger(__name__)


class _Waiting:
    """A call that waits for its money."""

    __slots__ = ("answer", "budgets", "needs")

    def __init__(self, budgets: Mapping[str, Budget], needs: dict[str, Need]) -> None:
        self.budgets = budgets
        self.needs = needs
        self.answer: asyncio.Future[Reservation] = asyncio.get_running_loop().create_future()


class LeaseDesk:
    """One per process. ``holder`` is what its leases are known under: the name of its journal.

    All of it happens on one event loop, so nothing between two awaits is seen half done. ``clock`` is seconds since the
    epoch, ``ticks`` monotonic seconds.
    """

    def __init__(
        self,
        authority: Authority,
        holder: str,
        *,
        clock: Callable[[], float] = time.time,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._authority = authority
        self.holder = holder
        self.clock = clock
        self.ticks = ticks
        self._leases: dict[str, Lease] = {}
        self._past: list[Lease] = []
        """Of periods that are over, as long as a call still holds something of them."""
        self._unsure: set[str] = set()
        """Budgets of which something may have been granted that was never heard of here."""
        self._short: dict[tuple[str, int], tuple[float, Shortage]] = {}
        self._queue: list[_Waiting] = []
        self._asking: asyncio.Task[None] | None = None

    def now(self) -> int:
        """Microseconds since the epoch."""
        return int(self.clock() * 1_000_000)

    def take(self, wanted: Iterable[tuple[Budget, int]]) -> Reservation | None:
        """Reserve of what is leased, at once; None where that is too little of any of the budgets."""
        now, at = self.ticks(), int(self.clock() * 1_000_000)
        shares: list[Share] = []
        for budget, amount in wanted:
            lease = self._leases.get(budget.id)
            if lease is None or not lease.gives(amount, budget.revision, now, at):
                return None
            shares.append((budget, lease, amount))
        for _, lease, amount in shares:
            lease.promise(amount, now)
        return Reservation(shares)

    def find(self, budgets: Iterable[Budget]) -> list[Lease] | None:
        """The lease of each, to be asked again and again: one that has lost its place gives nothing any more. None
        where one of them has none."""
        leases = [self._leases.get(budget.id) for budget in budgets]
        return None if None in leases else cast("list[Lease]", leases)

    async def reserve(self, needs: Mapping[Budget, Need]) -> Reservation:
        """Reserve what is wanted, or what there is of it, down to the least.

        Raises :class:`BudgetSpent`, which names the budget, and :class:`Unavailable` where nobody can say.
        """
        found = self.take([(budget, need.want) for budget, need in needs.items()])
        if found is not None:
            return found
        for budget, need in needs.items():
            self._refuse_known(budget, need)
        waiting = _Waiting({each.id: each for each in needs}, {each.id: need for each, need in needs.items()})
        self._queue.append(waiting)
        if self._asking is None:
            self._asking = asyncio.ensure_future(self._ask_for_all())
        try:
            return await waiting.answer
        except asyncio.CancelledError:
            if waiting in self._queue:
                self._queue.remove(waiting)
            elif waiting.answer.done() and not waiting.answer.cancelled() and waiting.answer.exception() is None:
                waiting.answer.result().void()
            raise

    def give_back(self, budget_ids: Collection[str]) -> dict[str, int]:
        """Keep nothing of these budgets that no call holds. What was granted then in all, by lease."""
        told: dict[str, int] = {}
        for budget_id in budget_ids:
            lease = self._leases.get(budget_id)
            if lease is not None and lease.free > 0:
                lease.give_back()
                told[lease.id] = lease.told = lease.granted
        return told

    async def tell(self, *, all_of_it: bool = False) -> None:
        """Give back what nobody used of late, with ``all_of_it`` everything that is free, and renew the rest."""
        now, at = self.ticks(), self.now()
        told: dict[str, int] = {}
        for lease in [*self._leases.values(), *self._past]:
            if all_of_it or lease.free < 0 or now - lease.used > IDLE_SECONDS or not lease.period.holds(at):
                lease.give_back()
            # Whoever holds nothing need not be renewed.
            stale = now - lease.renewed > _TELL_SECONDS and (lease.free or lease.reserved)
            if lease.granted != lease.told or stale:
                told[lease.id] = lease.granted
        unsure = set(self._unsure)
        told.update((lease.id, lease.granted) for each, lease in self._leases.items() if each in unsure)
        self._past = [lease for lease in self._past if lease.reserved or lease.granted != lease.told]
        if told or unsure:
            # With a need of nothing the authority compares what each of us knows.
            nothing = [{each: Need(0, 0)} for each in sorted(unsure)]
            await self._authority.lease(LeaseQuestion(self.holder, at, told, nothing))
            self._note(told, now)
            self._unsure -= unsure

    async def run(self) -> None:
        """Tell every second until cancelled."""
        while True:
            await asyncio.sleep(_PAUSE_SECONDS)
            try:
                await self.tell()
            except Unavailable as error:
                _log.warning("budget_leases_not_told", reason=error.message)

    async def _ask_for_all(self) -> None:
        try:
            while self._queue:
                # What has come in meanwhile, or was given back, may do for the first of them.
                batch, self._queue = self._queue[:_AT_ONCE], self._queue[_AT_ONCE:]
                await self._ask_for([one for one in batch if not self._serve(one)])
        finally:
            self._asking = None
            left, self._queue = self._queue, []
            for one in left:
                _fail(one, Unavailable("The budgets could not be asked. Try again in a moment."))

    def _serve(self, one: _Waiting) -> bool:
        found = self.take([(one.budgets[each], need.want) for each, need in one.needs.items()])
        if found is None:
            return False
        _give(one, found)
        return True

    async def _ask_for(self, batch: list[_Waiting]) -> None:
        if not batch:
            return
        now, at = self.ticks(), self.now()
        told: dict[str, int] = {}
        for budget_id in {each for one in batch for each in one.needs}:
            lease = self._leases.get(budget_id)
            if lease is not None:
                # Of the little that is left of a lease the authority makes more together with what others give back.
                lease.give_back()
                told[lease.id] = lease.granted
        question = LeaseQuestion(self.holder, at, told, [one.needs for one in batch])
        try:
            answer = await self._authority.lease(question)
        except Unavailable as error:
            self._unsure.update(*(one.needs for one in batch))
            for one in batch:
                names = ", ".join(repr(budget.name) for budget in one.budgets.values())
                _fail(
                    one,
                    Unavailable(
                        f"The hard budget {names} cannot be asked now, so this call is not sent: {error.message}",
                        code="budget_unavailable",
                    ),
                )
            return
        except Exception as error:
            for one in batch:
                _fail(one, error)
            raise
        self._note(told, now)
        self._take_over(answer, now)
        for one, outcome in zip(batch, answer.outcomes, strict=True):
            if outcome.shortage is not None:
                budget = one.budgets[outcome.shortage.budget_id]
                self._short[budget.id, budget.revision] = (now + _KNOWN_SECONDS, outcome.shortage)
                need = one.needs[budget.id]
                _fail(one, refuse(budget, need, outcome.shortage, self.clock()))
                continue
            shares: list[Share] = []
            for budget_id, amount in outcome.granted.items():
                lease = self._leases[budget_id]
                lease.grow(amount)
                lease.used = now
                shares.append((one.budgets[budget_id], lease, amount))
            _give(one, Reservation(shares))

    def _take_over(self, answer: LeaseAnswer, now: float) -> None:
        for terms in answer.leases:
            lease = self._leases.get(terms.budget_id)
            if lease is None or lease.id != terms.lease_id:
                if lease is not None:
                    lease.retire()
                    self._past.append(lease)
                lease = self._leases[terms.budget_id] = Lease(terms.lease_id, terms.period)
            lease.set_period(terms.period)
            lease.revision = terms.revision
            lease.renewed = lease.used = now
            lease.free += terms.extra
            lease.grow(terms.extra)

    def _note(self, told: Mapping[str, int], now: float) -> None:
        for lease in [*self._leases.values(), *self._past]:
            if lease.id in told:
                lease.told, lease.renewed = told[lease.id], now

    def _refuse_known(self, budget: Budget, need: Need) -> None:
        """What was spent stays spent in its period, so a flood of calls need not ask again."""
        known = self._short.get((budget.id, budget.revision))
        if known is None:
            return
        until, shortage = known
        if self.ticks() > until or not shortage.period.holds(self.now()):
            del self._short[budget.id, budget.revision]
        elif need.least > shortage.unspent:
            raise refuse(budget, need, shortage, self.clock())


def _give(one: _Waiting, found: Reservation) -> None:
    if one.answer.done():
        found.void()
    else:
        one.answer.set_result(found)


def _fail(one: _Waiting, error: Exception) -> None:
    if not one.answer.done():
        one.answer.set_exception(error)
        # Read here, so that one whose caller has gone is not reported as forgotten.
        one.answer.exception()
