"""The one document of models that a user's program keeps here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from trunkline.storage.tables.base import Base, Id, new_id, now


class ModelDocument(Base):
    """A user's models and the system prompt that all of them get. ``revision`` counts its states and is its ETag."""

    __tablename__ = "model_documents"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), index=True)
    system_prompt: Mapped[str] = mapped_column(Text, default="")
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)


class ModelDocumentEntry(Base):
    """One model of a document. ``provider`` is as the program wrote it.

    ``credential_id`` holds the ciphertext exactly as it came, sealed once more; ``is_sealed`` says that it is one for
    this server, which could open it. ``configuration_id`` is the configuration that serves the model, if one can.
    """

    __tablename__ = "model_document_entries"

    document_id: Mapped[str] = mapped_column(ForeignKey("model_documents.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    provider: Mapped[str] = mapped_column(String(255))
    type: Mapped[str] = mapped_column(String(32))
    model: Mapped[str] = mapped_column(String(255))
    is_paid: Mapped[bool]
    credential_id: Mapped[str | None] = mapped_column(ForeignKey("credentials.id"), index=True)
    is_sealed: Mapped[bool] = mapped_column(default=False)
    configuration_id: Mapped[str | None] = mapped_column(
        ForeignKey("ai_configurations.id", ondelete="SET NULL"), index=True
    )
