"""What batches that providers run hold of hard budgets, until what they cost is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from trunkline.control.budgets.authority import LeaseAuthority
from trunkline.core.errors import NotFound
from trunkline.gateway.budgets.authority import LeaseQuestion, Need
from trunkline.gateway.budgets.refusal import refuse
from trunkline.storage import batches as batch_rows
from trunkline.storage import budgets as rows
from trunkline.storage.database import Database
from trunkline.storage.tables import now


class Reserve:
    """Each batch is a holder of leases by its id, as processes are. ``clock`` has a time zone."""

    def __init__(self, database: Database, authority: LeaseAuthority, clock: Callable[[], datetime] = now) -> None:
        self._database = database
        self._authority = authority
        self._clock = clock

    async def take(self, batch_id: str, quote: Mapping[str, int]) -> dict[str, str]:
        """Hold all of ``quote`` (nano-dollars by budget). The leases by their budgets.

        Raises BudgetSpent that names the budget which has not so much left.
        """
        if not quote:
            return {}
        at = self._clock().timestamp()
        need = {budget_id: Need(nanos, nanos) for budget_id, nanos in quote.items()}
        answer = await self._authority.lease(LeaseQuestion(batch_id, int(at * 1_000_000), {}, [need]))
        (outcome,) = answer.outcomes
        shortage = outcome.shortage
        if shortage is not None:
            async with self._database.read() as tx:
                found = await rows.hold_many(tx, [shortage.budget_id])
            if not found:
                raise NotFound("A budget of this batch is gone. Try again.")
            raise refuse(rows.read_budget(found[0]), need[shortage.budget_id], shortage, at)
        # It makes no other calls: what it was given for such goes back.
        exact = {terms.lease_id: outcome.granted.get(terms.budget_id, 0) for terms in answer.leases}
        await self._authority.lease(LeaseQuestion(batch_id, int(at * 1_000_000), exact))
        return {terms.budget_id: terms.lease_id for terms in answer.leases}

    async def give_back(self, batch_id: str) -> None:
        """Nothing was spent of it."""
        async with self._database.write() as tx:
            await rows.end_leases(tx, batch_id)

    async def look(self) -> None:
        """Keep what is held of batches that run, and let go what those hold whose calls are all taken in."""
        async with self._database.read() as tx:
            holding = await batch_rows.list_holding(tx)
        if not holding:
            return
        async with self._database.write() as tx:
            await rows.renew_leases(tx, [row.id for row in holding], self._clock())
            for row in holding:
                if row.ended_at is None:
                    continue
                if row.last_event_id is None or await batch_rows.has_event(tx, row, row.last_event_id):
                    await rows.end_leases(tx, row.id)
                    await batch_rows.change(tx, row.id, {"leases": {}, "is_holding": False}, (row.state,))
