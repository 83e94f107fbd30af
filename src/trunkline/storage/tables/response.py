"""Answers that clients may refer to later by their id (OpenAI's ``previous_response_id``)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from trunkline.storage.tables.base import Base, Id, now


class StoredResponse(Base):
    """A conversation up to and with one answer, encrypted. It belongs to whoever made the call, and expires."""

    __tablename__ = "stored_responses"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[str] = mapped_column(Id)
    application_id: Mapped[str | None] = mapped_column(Id)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime] = mapped_column(index=True)
