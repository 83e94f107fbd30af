"""Prices of workspaces' own, and corrections of what calls cost."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from trunkline.storage.tables.base import Base, Id, new_id, now


class WorkspacePrice(Base):
    """What a model costs a workspace, from a moment to another. An empty ``tier`` is the usual one.

    ``amounts`` are nano-dollars by what they are of (``core.price_override``).
    """

    __tablename__ = "workspace_prices"
    __table_args__ = (Index("ix_workspace_prices_workspace_id", "workspace_id", "id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    provider: Mapped[str] = mapped_column(String(100))
    model: Mapped[str] = mapped_column(String(255))
    tier: Mapped[str] = mapped_column(String(16), default="")
    amounts: Mapped[dict[str, int]] = mapped_column(JSON)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(String(500), default="")
    created_by: Mapped[str] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)


class UsageCorrection(Base):
    """An entry beside the calls that makes what they cost right: more or less than was counted. It is never changed.

    ``at`` is the moment that it is counted at: that of ``event_id``, if it is about one call.
    """

    __tablename__ = "usage_corrections"
    __table_args__ = (Index("ix_usage_corrections_workspace", "workspace_id", "id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    workspace_id: Mapped[str] = mapped_column(Id)
    at: Mapped[datetime]
    cost_nanos: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(String(500))
    event_id: Mapped[str | None] = mapped_column(Id)
    group_id: Mapped[int] = mapped_column(BigInteger)
    created_by: Mapped[str] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(default=now)
