"""Budgets, what was spent of them, and what processes may spend. Amounts are nano-dollars."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from trunkline.storage.tables.base import Base, Id, new_id, now


class BudgetRow(Base):
    """A budget: see :class:`trunkline.core.budget.Budget`. ``thresholds`` have commas between them.

    ``since`` is microseconds since the epoch.
    """

    __tablename__ = "budgets"
    __table_args__ = (
        Index("ix_budgets_workspace", "workspace_id", "id"),
        UniqueConstraint("workspace_id", "name"),
        Index("ix_budgets_period", "period"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[str] = mapped_column(String(64))
    amount_nanos: Mapped[int] = mapped_column(BigInteger)
    period: Mapped[str] = mapped_column(String(8))
    time_zone: Mapped[str] = mapped_column(String(64))
    is_hard: Mapped[bool]
    thresholds: Mapped[str] = mapped_column(String(255))
    default_input_nanos: Mapped[int | None] = mapped_column(BigInteger)
    default_output_nanos: Mapped[int | None] = mapped_column(BigInteger)
    since: Mapped[int] = mapped_column(BigInteger)
    revision: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[str] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)


class BudgetPeriod(Base):
    """What was spent in one period: a sum of the calls in the database. No foreign key, as with all sums of usage."""

    __tablename__ = "budget_periods"
    __table_args__ = (Index("ix_budget_periods_start", "period_start"),)

    budget_id: Mapped[str] = mapped_column(Id, primary_key=True)
    period_start: Mapped[datetime] = mapped_column(primary_key=True)
    spent_nanos: Mapped[int] = mapped_column(BigInteger)


class BudgetLease(Base):
    """What one process (``holder``, by its journal) may spend: ``granted`` less what its calls have ``consumed``.

    A call moves from there into what was spent when it is taken in, in one transaction.
    """

    __tablename__ = "budget_leases"
    __table_args__ = (UniqueConstraint("budget_id", "period_start", "holder"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    budget_id: Mapped[str] = mapped_column(Id)
    period_start: Mapped[datetime]
    holder: Mapped[str] = mapped_column(String(64), index=True)
    granted_nanos: Mapped[int] = mapped_column(BigInteger, default=0)
    consumed_nanos: Mapped[int] = mapped_column(BigInteger, default=0)
    renewed_at: Mapped[datetime]


class BudgetEvent(Base):
    """That a threshold (per cent) was reached in a period, for whoever tells people of it: once for each period."""

    __tablename__ = "budget_events"

    budget_id: Mapped[str] = mapped_column(Id, primary_key=True)
    period_start: Mapped[datetime] = mapped_column(primary_key=True)
    threshold: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(Id, index=True)
    spent_nanos: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
