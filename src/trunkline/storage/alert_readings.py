"""What rules of alerts look at, in the database. Only what is out of the ordinary is read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import bindparam, delete, func, select, text

from trunkline.storage.database import Transaction
from trunkline.storage.health import Count, Seen
from trunkline.storage.tables import (
    ApiKey,
    BudgetPeriod,
    BudgetRow,
    Configuration,
    ConfigurationHealth,
    ExperimentPhase,
    HealthCount,
    JournalLag,
    PolicyViolation,
    UtcDateTime,
)

_LONGEST_PERIOD: Final = timedelta(days=32)
_LAG: Final = text(
    "INSERT INTO journal_lags (machine, seconds, at) VALUES (:machine, :seconds, :at)"
    " ON CONFLICT (machine) DO UPDATE SET seconds = excluded.seconds, at = excluded.at"
).bindparams(bindparam("at", type_=UtcDateTime()))


class SpentBudget(NamedTuple):
    """A budget, and what was spent in one of its periods."""

    budget: BudgetRow
    period: BudgetPeriod


class Violated(NamedTuple):
    """How often a policy was violated; ``name`` is what it was called the last time."""

    policy_id: str
    name: str
    times: int


async def find_failing(tx: Transaction) -> Sequence[Seen]:
    """Active configurations of all workspaces that are down, or whose key is rejected."""
    row, health = Configuration, ConfigurationHealth
    query = (
        select(row, health)
        .join(health, health.configuration_id == row.id)
        .where(row.is_active, health.state.in_(("down", "unauthorized")))
        .order_by(row.id)
    )
    return [Seen(*each) for each in await tx.execute(query)]


async def find_active(tx: Transaction, workspace_id: str) -> Sequence[Configuration]:
    """The active configurations of a workspace."""
    row = Configuration
    query = select(row).where(row.workspace_id == workspace_id, row.is_active).order_by(row.id)
    return (await tx.scalars(query)).all()


async def count_tries(tx: Transaction, workspace_id: str, grain: int, first: int) -> Sequence[Count]:
    """What is counted of a workspace's active configurations from slot ``first`` on, all slots apart."""
    row, count = Configuration, HealthCount
    query = (
        select(count.configuration_id, count.slot, count.outcome, count.bucket, count.call_count)
        .join(row, row.id == count.configuration_id)
        .where(row.workspace_id == workspace_id, row.is_active, count.grain == grain, count.slot >= first)
    )
    return [Count(*each) for each in await tx.execute(query)]


async def find_spent(
    tx: Transaction, now: datetime, *, least_percent: int = 0, workspace_id: str | None = None
) -> Sequence[SpentBudget]:
    """Budgets of which at least so much was spent, in periods that may be the current one."""
    row, period = BudgetRow, BudgetPeriod
    query = (
        select(row, period)
        .join(period, period.budget_id == row.id)
        # Divided before it is multiplied, so that it stays within 64 bits; what is a little less is looked at, too.
        .where(period.spent_nanos >= row.amount_nanos // 100 * least_percent)
    )
    if workspace_id is not None:
        query = query.where(row.workspace_id == workspace_id)
    recent = query.where(row.period != "total", period.period_start >= now - _LONGEST_PERIOD)
    endless = query.where(row.period == "total")
    found = [SpentBudget(*each) for some in (recent, endless) for each in await tx.execute(some)]
    return sorted(found, key=lambda each: each.budget.id)


async def find_expiring_keys(tx: Transaction, workspace_id: str, since: datetime, until: datetime) -> Sequence[ApiKey]:
    """The workspace's keys that end in that time."""
    row = ApiKey
    query = select(row).where(
        row.workspace_id == workspace_id, row.revoked_at.is_(None), row.expires_at >= since, row.expires_at <= until
    )
    return (await tx.scalars(query.order_by(row.id))).all()


async def count_violations(tx: Transaction, workspace_id: str, since: datetime) -> Sequence[Violated]:
    """How often each policy was violated since then."""
    row = PolicyViolation
    query = (
        select(row.policy_id, func.max(row.policy_name), func.count())
        .where(row.workspace_id == workspace_id, row.created_at >= since)
        .group_by(row.policy_id)
    )
    return [Violated(*each) for each in await tx.execute(query)]


async def find_violations(
    tx: Transaction, workspace_id: str, since: datetime, limit: int
) -> Sequence[tuple[str, str, datetime]]:
    """The policy, its name and the moment of each violation since then, the earliest first."""
    row = PolicyViolation
    query = (
        select(row.policy_id, row.policy_name, row.created_at)
        .where(row.workspace_id == workspace_id, row.created_at >= since)
        .order_by(row.created_at)
        .limit(limit)
    )
    return [(policy_id, name, at) for policy_id, name, at in await tx.execute(query)]


async def find_reverts(tx: Transaction, workspace_id: str, since: datetime) -> Sequence[tuple[Configuration, datetime]]:
    """Configurations whose experiment took a version back since then, each time, the earliest first."""
    row, phase = Configuration, ExperimentPhase
    query = (
        select(row, phase.started_at)
        .join(phase, phase.configuration_id == row.id)
        .where(row.workspace_id == workspace_id, phase.reason == "guardrail", phase.started_at >= since)
        .order_by(phase.started_at)
    )
    return [(configuration, at) for configuration, at in await tx.execute(query)]


async def find_lags(tx: Transaction, since: datetime) -> Sequence[JournalLag]:
    """The machines that said since then that they are late."""
    return (await tx.scalars(select(JournalLag).where(JournalLag.at >= since).order_by(JournalLag.machine))).all()


async def keep_lag(tx: Transaction, machine: str, seconds: int, at: datetime) -> None:
    """Note how late a machine is."""
    await tx.execute(_LAG, {"machine": machine, "seconds": seconds, "at": at})


async def forget_lag(tx: Transaction, machine: str) -> None:
    """It is not late any more."""
    await tx.execute(delete(JournalLag).where(JournalLag.machine == machine))
