"""What files declare of workspaces."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from trunkline.storage.tables.base import Base, Id, now


class Declaration(Base):
    """What one file declared of a workspace when it was applied last.

    ``objects`` has the ``section``, ``id`` and ``revision`` of each thing, as it was then.
    """

    __tablename__ = "declarations"

    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True)
    source: Mapped[str] = mapped_column(String(255), primary_key=True)
    objects: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    declared_by: Mapped[str] = mapped_column(Id)
    declared_at: Mapped[datetime] = mapped_column(default=now)
