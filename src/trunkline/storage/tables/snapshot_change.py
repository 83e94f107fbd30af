"""What each revision of the snapshot changed."""

from __future__ import annotations

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from trunkline.storage.tables.base import Base, Id


class SnapshotChange(Base):
    """One thing that a revision touched. No foreign keys: what is deleted is told of too."""

    __tablename__ = "snapshot_changes"

    revision: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    subject_id: Mapped[str] = mapped_column(Id, primary_key=True)
