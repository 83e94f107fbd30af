"""Budgets in the database, what was spent of them, and who may spend what is left."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, delete, func, literal, select, text, tuple_, update
from sqlalchemy.exc import IntegrityError

from trunkline.core.budget import Budget, charge
from trunkline.core.chat import Usage
from trunkline.core.errors import Conflict
from trunkline.core.ids import new_id
from trunkline.core.period import Period
from trunkline.storage.budget_values import FACT, make_budget
from trunkline.storage.database import Transaction
from trunkline.storage.tables import BudgetEvent, BudgetLease, BudgetPeriod, BudgetRow, UsageEventRow, UtcDateTime
from trunkline.storage.wide_sum import halves, join

Place = tuple[str, datetime]
"""A budget's id and the start of a period."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MARK: Final = text(
    "INSERT INTO facts (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)
_MAKE_PERIOD: Final = text(
    "INSERT INTO budget_periods (budget_id, period_start, spent_nanos) VALUES (:budget_id, :period_start, 0)"
    " ON CONFLICT (budget_id, period_start) DO NOTHING"
).bindparams(bindparam("period_start", type_=UtcDateTime()))


def to_moment(microseconds: int) -> datetime:
    """Exact, unlike what floating-point seconds give."""
    return _EPOCH + timedelta(microseconds=microseconds)


def read_budget(row: BudgetRow) -> Budget:
    """A row as calls and accounts see it."""
    return make_budget(
        row.id,
        row.name,
        row.workspace_id,
        row.subject,
        row.subject_id,
        row.amount_nanos,
        row.period,
        row.time_zone,
        row.is_hard,
        row.thresholds,
        row.default_input_nanos,
        row.default_output_nanos,
        row.since,
        row.revision,
    )


async def hold_all(tx: Transaction) -> None:
    """Say that a budget changes in this transaction. The intake counts no call meanwhile, and all of them after it."""
    await tx.execute(_MARK, {"name": FACT, "value": new_id()})


async def insert(tx: Transaction, row: BudgetRow) -> None:
    """Store a new one. Raises Conflict when the workspace has one of that name."""
    tx.add(row)
    await save(tx, row)


async def save(tx: Transaction, row: BudgetRow) -> None:
    """Write what was changed on a row of this transaction. Raises Conflict for a name that is taken."""
    name = row.name
    try:
        await tx.flush()
    except IntegrityError as error:
        raise Conflict(
            f"There is a budget named {name!r} in this workspace. Choose another name.", code="duplicate_name"
        ) from error


async def find(tx: Transaction, workspace_id: str, budget_id: str, *, lock: bool = False) -> BudgetRow | None:
    """The workspace's budget of that id. ``lock`` keeps other writers away from it until the end."""
    query = select(BudgetRow).where(BudgetRow.workspace_id == workspace_id, BudgetRow.id == budget_id)
    return await tx.scalar(query.with_for_update().execution_options(populate_existing=True) if lock else query)


async def hold_many(tx: Transaction, budget_ids: Collection[str]) -> Sequence[BudgetRow]:
    """Those of any workspace, which nobody changes until the end of the transaction."""
    query = select(BudgetRow).where(BudgetRow.id.in_(budget_ids)).order_by(BudgetRow.id)
    return (await tx.scalars(query.with_for_update(read=True))).all()


async def find_page(
    tx: Transaction, workspace_id: str, *, limit: int, after: str | None, application_id: str | None = None
) -> Sequence[BudgetRow]:
    """The newest first; ``after`` is the last id of the page before. With ``application_id`` those of it alone."""
    query = select(BudgetRow).where(BudgetRow.workspace_id == workspace_id)
    if application_id is not None:
        query = query.where(BudgetRow.subject == "application", BudgetRow.subject_id == application_id)
    if after is not None:
        query = query.where(BudgetRow.id < after)
    return (await tx.scalars(query.order_by(BudgetRow.id.desc()).limit(limit))).all()


async def count(tx: Transaction, workspace_id: str) -> int:
    """How many a workspace has."""
    return await tx.scalar(select(func.count()).where(BudgetRow.workspace_id == workspace_id)) or 0


async def remove(tx: Transaction, row: BudgetRow) -> None:
    """Delete it, with what was added up for it."""
    for table in (BudgetPeriod, BudgetLease, BudgetEvent):
        await tx.execute(delete(table).where(table.budget_id == row.id))
    await tx.execute(delete(BudgetRow).where(BudgetRow.id == row.id))


async def find_spent(tx: Transaction, places: Collection[Place]) -> Mapping[Place, int]:
    """What was spent in each period; nothing is said of one without any call."""
    query = select(BudgetPeriod).where(tuple_(BudgetPeriod.budget_id, BudgetPeriod.period_start).in_(list(places)))
    return {(row.budget_id, row.period_start): row.spent_nanos for row in await tx.scalars(query)}


async def find_leases(tx: Transaction, places: Collection[Place]) -> Sequence[BudgetLease]:
    """Who may spend what in these periods."""
    query = select(BudgetLease).where(tuple_(BudgetLease.budget_id, BudgetLease.period_start).in_(list(places)))
    return (await tx.scalars(query.order_by(BudgetLease.id).execution_options(populate_existing=True))).all()


async def find_events(tx: Transaction, places: Collection[Place]) -> Sequence[BudgetEvent]:
    """The thresholds that were reached in these periods, the lowest first."""
    query = select(BudgetEvent).where(tuple_(BudgetEvent.budget_id, BudgetEvent.period_start).in_(list(places)))
    return (await tx.scalars(query.order_by(BudgetEvent.threshold))).all()


async def hold_periods(tx: Transaction, places: Collection[Place]) -> Mapping[Place, int]:
    """What was spent in each, which nobody changes until the end of the transaction. All take them in one order."""
    found: dict[Place, int] = {}
    for budget_id, start in sorted(places):
        await tx.execute(_MAKE_PERIOD, {"budget_id": budget_id, "period_start": start})
        row = BudgetPeriod
        query = select(row.spent_nanos).where(row.budget_id == budget_id, row.period_start == start)
        found[budget_id, start] = (await tx.execute(query.with_for_update())).scalar_one()
    return found


async def set_granted(tx: Transaction, holder: str, granted: Mapping[str, int], now: datetime) -> None:
    """What a process says to have been granted in all, by the ids of its leases; those of others stay as they are."""
    for lease_id, amount in sorted(granted.items()):
        await tx.execute(
            update(BudgetLease)
            .where(BudgetLease.id == lease_id, BudgetLease.holder == holder)
            .values(granted_nanos=amount, renewed_at=now)
            .execution_options(synchronize_session=False)
        )


async def set_returned(tx: Transaction, granted: Mapping[str, int]) -> None:
    """What other processes hold by their own word, after they have given something back: never more than before."""
    for lease_id, amount in sorted(granted.items()):
        await tx.execute(
            update(BudgetLease)
            .where(BudgetLease.id == lease_id, BudgetLease.granted_nanos > amount)
            .values(granted_nanos=amount)
            .execution_options(synchronize_session=False)
        )


async def renew_leases(tx: Transaction, holders: Collection[str], now: datetime) -> None:
    """Those of some holders are still needed."""
    await tx.execute(
        update(BudgetLease)
        .where(BudgetLease.holder.in_(holders))
        .values(renewed_at=now)
        .execution_options(synchronize_session=False)
    )


async def end_leases(tx: Transaction, holder: str) -> None:
    """What a holder was leased and did not spend is free again."""
    await tx.execute(delete(BudgetLease).where(BudgetLease.holder == holder))


async def forget_leases(tx: Transaction, before: datetime) -> None:
    """Delete those that nobody has renewed since."""
    await tx.execute(delete(BudgetLease).where(BudgetLease.renewed_at < before))


async def start_anew(tx: Transaction, budget: Budget, period: Period) -> None:
    """Add up what was spent in ``period``, from the calls themselves, and forget all other periods.

    What processes hold counts for it. To be called after :func:`hold_all`.
    """
    start = to_moment(period.start)
    await tx.execute(delete(BudgetPeriod).where(BudgetPeriod.budget_id == budget.id))
    await tx.execute(delete(BudgetEvent).where(BudgetEvent.budget_id == budget.id))
    # A process has one lease of a period: of those that it holds of others the older ones end with their calls.
    for lease in await tx.scalars(
        select(BudgetLease).where(BudgetLease.budget_id == budget.id).order_by(BudgetLease.renewed_at)
    ):
        if lease.period_start != start:
            await tx.execute(
                delete(BudgetLease).where(
                    BudgetLease.budget_id == budget.id,
                    BudgetLease.period_start == start,
                    BudgetLease.holder == lease.holder,
                )
            )
            lease.period_start = start
            await tx.flush()
    tx.add(BudgetPeriod(budget_id=budget.id, period_start=start, spent_nanos=await add_up(tx, budget, period)))
    await tx.flush()


async def add_up(tx: Transaction, budget: Budget, period: Period) -> int:
    """What the calls in the database come to that count for ``budget`` in ``period``."""
    row = UsageEventRow
    wanted = [row.workspace_id == budget.workspace_id, row.opened_at >= to_moment(period.start)]
    if period.end is not None:
        wanted.append(row.opened_at < to_moment(period.end))
    match budget.subject:
        case "user":
            wanted.append(row.user_id == budget.subject_id)
        case "key":
            wanted.append(row.key_id == budget.subject_id)
        case "application":
            wanted.append(row.application_id == budget.subject_id)
        case "feature":
            wanted.append(row.feature == budget.subject_id)
        case "tag":
            tags = literal(",").concat(row.tags).concat(",")
            wanted.append(tags.contains(f",{budget.subject_id},", autoescape=True))
        case "workspace":
            pass
    known = select(*halves(row.cost_nanos.expression)).where(*wanted, row.cost_nanos.is_not(None))
    spent = join(*(await tx.execute(known)).one())
    unknown = select(row.outcome, row.held_nanos, row.input_tokens, row.output_tokens)
    async for outcome, held, given, made in await tx.stream(unknown.where(*wanted, row.cost_nanos.is_(None))):
        spent += charge(budget.default_price, outcome, None, held, Usage(input=given, output=made))
    return spent
