"""Limits on traffic."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from trunkline.storage.tables.base import Base, Id, new_id, now


class Limit(Base):
    """How much of what a subject may use in a window. There is one for each of these three.

    An empty ``subject_id``: each subject of that kind; of a workspace, the workspace. Features go by their slug. An
    empty ``window``: what runs at the same time. ``burst`` None: the whole amount at once. ``by_admin``: an admin has
    set it, and nobody else changes it.
    """

    __tablename__ = "limits"
    __table_args__ = (
        UniqueConstraint("workspace_id", "subject", "subject_id", "measure", "window"),
        Index("ix_limits_workspace_id", "workspace_id", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    subject: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[str] = mapped_column(String(64), default="")
    measure: Mapped[str] = mapped_column(String(16))
    window: Mapped[str] = mapped_column(String(8), default="")
    amount: Mapped[int] = mapped_column(BigInteger)
    burst: Mapped[int | None] = mapped_column(BigInteger)
    by_admin: Mapped[bool]
    revision: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[str] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
