"""Budgets: making, reading, changing and deleting what calls of somebody or something may cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from msgspec import UNSET

from trunkline.control.audit import Audit, changes
from trunkline.control.budgets.budget import KIND, MOST, BudgetDraft, BudgetRecord, Crossing, lay_over, state
from trunkline.control.budgets.forecast import forecast
from trunkline.control.budgets.subjects import find_subject, name_subjects
from trunkline.control.page import Page, PageRequest, encode_cursor
from trunkline.control.record import read_record
from trunkline.control.revision import require_revision
from trunkline.control.scope import require_whole_workspace
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.errors import Conflict, FieldError, InvalidInput, NotFound
from trunkline.storage import budgets as rows
from trunkline.storage import workspaces
from trunkline.storage.budgets import Place, read_budget, to_moment
from trunkline.storage.database import LONG_SECONDS, Database, Transaction
from trunkline.storage.tables import BudgetRow

_SHAPE = ("subject", "subject_id", "period", "time_zone", "default_input_nanos", "default_output_nanos")
"""What decides which calls count in a period, and as how much: another value is another sum."""


class Budgets:
    """The budgets of the actor's workspace: everybody reads them, admins change them. ``now`` has a time zone.

    A change is one transaction with its audit event, and calls are held to it when it returns. What was spent in the
    current period is added up from the calls whenever that is another sum than before.
    """

    def __init__(
        self, database: Database, audit: Audit, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._database = database
        self._audit = audit
        self._now = now

    async def list(self, actor: Actor, page: PageRequest) -> Page[BudgetRecord]:
        """All budgets, the newest first. The key of an application sees that application's."""
        access.check(actor, "budgets.read")
        async with self._database.read() as tx:
            found = await rows.find_page(
                tx,
                actor.workspace_id,
                limit=page.limit + 1,
                after=page.after,
                application_id=actor.application_id,
            )
            records = await self._show(tx, found[: page.limit])
        return Page(records, encode_cursor(records[-1].id) if len(found) > page.limit else None)

    async def get(self, actor: Actor, budget_id: str) -> BudgetRecord:
        """One of them. Raises NotFound for all others."""
        access.check(actor, "budgets.read")
        async with self._database.read() as tx:
            (record,) = await self._show(tx, [await _find(tx, actor, budget_id)])
        return record

    async def create(self, actor: Actor, draft: BudgetDraft) -> BudgetRecord:
        """A new one. Raises InvalidInput, which names every wrong field, and Conflict for a name that is taken."""
        _require_admin(actor)
        missing = [name for name in ("name", "amount", "period") if getattr(draft, name) is UNSET]
        if missing:
            raise InvalidInput.of_all(tuple(FieldError(name, "is required.") for name in missing))
        at = self._microseconds()
        row = BudgetRow(
            workspace_id=actor.workspace_id,
            subject="workspace",
            subject_id=actor.workspace_id,
            time_zone="UTC",
            is_hard=True,
            thresholds="",
            since=at // 1_000_000 * 1_000_000,
            revision=1,
            created_by=actor.user_id,
        )
        wrong = lay_over(row, draft)
        async with self._database.write(limit=LONG_SECONDS) as tx:
            await self._set_subject(tx, actor, row, draft, wrong)
            await rows.hold_all(tx)
            if await rows.count(tx, actor.workspace_id) >= MOST:
                raise Conflict(f"There are {MOST} budgets, which is the most. Delete one first.")
            await rows.insert(tx, row)
            await self._start(tx, row, at)
            await workspaces.touch(tx, row.workspace_id, "budget", row.id)
            await self._audit.record(tx, actor, "budgets.create", target=(KIND, row.id), after=state(row))
            (record,) = await self._show(tx, [row])
        return record

    async def update(
        self, actor: Actor, budget_id: str, draft: BudgetDraft, *, if_revision: int | None = None
    ) -> BudgetRecord:
        """Lay ``draft`` over it. Raises NotFound, InvalidInput and Conflict."""
        _require_admin(actor)
        async with self._database.write(limit=LONG_SECONDS) as tx:
            await rows.hold_all(tx)
            row = await _find(tx, actor, budget_id, lock=True, if_revision=if_revision)
            before, shape = state(row), _shape(row)
            wrong = lay_over(row, draft)
            await self._set_subject(tx, actor, row, draft, wrong)
            was, became = changes(before, state(row))
            if was or became:
                row.revision += 1
                row.updated_at = self._now()
                await rows.save(tx, row)
                if _shape(row) != shape:
                    await self._start(tx, row, self._microseconds())
                await workspaces.touch(tx, row.workspace_id, "budget", row.id)
                await self._audit.record(tx, actor, "budgets.update", target=(KIND, row.id), before=was, after=became)
            (record,) = await self._show(tx, [row])
        return record

    async def delete(self, actor: Actor, budget_id: str, *, if_revision: int | None = None) -> None:
        """Delete it: nothing is held back any more. Raises NotFound and Stale."""
        _require_admin(actor)
        async with self._database.write() as tx:
            await rows.hold_all(tx)
            row = await _find(tx, actor, budget_id, lock=True, if_revision=if_revision)
            await rows.remove(tx, row)
            await workspaces.touch(tx, row.workspace_id, "budget", row.id)
            await self._audit.record(tx, actor, "budgets.delete", target=(KIND, row.id), before=state(row))

    async def _set_subject(
        self, tx: Transaction, actor: Actor, row: BudgetRow, draft: BudgetDraft, wrong: list[FieldError]
    ) -> None:
        if draft.subject is not UNSET or draft.subject_id is not UNSET:
            subject = draft.subject if draft.subject is not UNSET else row.subject
            given = draft.subject_id if draft.subject_id is not UNSET else None
            same = draft.subject is UNSET or draft.subject == row.subject
            row.subject = subject
            row.subject_id = await find_subject(
                tx, actor.workspace_id, subject, row.subject_id if given is None and same else given, wrong
            )
        if wrong:
            raise InvalidInput.of_all(tuple(wrong))

    async def _start(self, tx: Transaction, row: BudgetRow, at: int) -> None:
        budget = read_budget(row)
        await rows.start_anew(tx, budget, budget.find_period(at))

    async def _show(self, tx: Transaction, found: Sequence[BudgetRow]) -> list[BudgetRecord]:
        at = self._microseconds()
        periods = {row.id: read_budget(row).find_period(at) for row in found}
        places: dict[str, Place] = {each: (each, to_moment(period.start)) for each, period in periods.items()}
        spent = await rows.find_spent(tx, places.values())
        reserved: defaultdict[Place, int] = defaultdict(int)
        crossed: defaultdict[Place, list[Crossing]] = defaultdict(list)
        for lease in await rows.find_leases(tx, places.values()):
            held = max(lease.granted_nanos - lease.consumed_nanos, 0)
            reserved[lease.budget_id, lease.period_start] += held
        for event in await rows.find_events(tx, places.values()):
            place = (event.budget_id, event.period_start)
            crossed[place].append(Crossing(event.threshold, event.at, event.spent_nanos))
        names = await name_subjects(tx, found)
        records: list[BudgetRecord] = []
        for row in found:
            place, period, budget = places[row.id], periods[row.id], read_budget(row)
            # Of a soft one nothing is held: what processes have left of the time when it was hard stops nobody.
            used, held = spent.get(place, 0), reserved[place] if budget.hard else 0
            records.append(
                read_record(
                    BudgetRecord,
                    row,
                    subject_name=names.get((row.subject, row.subject_id)),
                    amount=row.amount_nanos,
                    hard=row.is_hard,
                    thresholds=budget.thresholds,
                    default_input=row.default_input_nanos,
                    default_output=row.default_output_nanos,
                    spent=used,
                    reserved=held,
                    left=row.amount_nanos - used - held,
                    period_start=place[1],
                    period_end=None if period.end is None else to_moment(period.end),
                    forecast=forecast(used, period, at),
                    crossed=tuple(crossed[place]),
                )
            )
        return records

    def _microseconds(self) -> int:
        return int(self._now().timestamp() * 1_000_000)


def _require_admin(actor: Actor) -> None:
    access.check(actor, "budgets.change")
    require_whole_workspace(actor)


def _shape(row: BudgetRow) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in _SHAPE)


async def _find(
    tx: Transaction, actor: Actor, budget_id: str, *, lock: bool = False, if_revision: int | None = None
) -> BudgetRow:
    row = await rows.find(tx, actor.workspace_id, budget_id, lock=lock)
    hidden = row is not None and actor.application_id is not None
    if row is None or (hidden and (row.subject, row.subject_id) != ("application", actor.application_id)):
        raise NotFound("There is no such budget in this workspace.", code="budget_not_found")
    require_revision("budget", row.revision, if_revision)
    return row
