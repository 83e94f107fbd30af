"""Files that callers keep here, and batches of calls."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from trunkline.storage.tables.base import Base, Id, now


class StoredFile(Base):
    """A file. Its content is in pieces, encrypted; as long as it is not ``whole``, nobody sees it."""

    __tablename__ = "stored_files"
    __table_args__ = (
        Index("ix_stored_files_workspace_id_id", "workspace_id", "id"),
        Index("ix_stored_files_torn", "created_at", sqlite_where=text("whole = 0"), postgresql_where=text("NOT whole")),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    user_id: Mapped[str] = mapped_column(Id)
    application_id: Mapped[str | None] = mapped_column(Id)
    name: Mapped[str] = mapped_column(String(512))
    purpose: Mapped[str] = mapped_column(String(32))
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    whole: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    configuration_id: Mapped[str | None] = mapped_column(Id, default=None)
    """Whose provider was sent it, under the id there."""
    provider_file_id: Mapped[str | None] = mapped_column(String(256), default=None)
    media_type: Mapped[str] = mapped_column(String(255), default="", server_default="")


class FilePiece(Base):
    """Some of a file, by its number from 0."""

    __tablename__ = "file_pieces"

    file_id: Mapped[str] = mapped_column(ForeignKey("stored_files.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class Batch(Base):
    """A batch. ``state`` is running, cancelling, or how it ended.

    ``described`` is what its calls are in the books, ``models`` the provider's name of each that was asked for. A batch
    that a provider runs has the ids of that, and of the file there that it was made of; ``leases`` is what it holds of
    hard budgets, until the call ``last_event_id`` is taken in; ``is_holding``: anything.
    """

    __tablename__ = "batches"
    __table_args__ = (
        Index("ix_batches_holding", "id", sqlite_where=text("is_holding = 1"), postgresql_where=text("is_holding")),
        Index("ix_batches_ended", "ended_at"),
        Index("ix_batches_workspace_id_wire_id", "workspace_id", "wire", "id"),
        Index("ix_batches_state", "state"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    user_id: Mapped[str] = mapped_column(Id)
    application_id: Mapped[str | None] = mapped_column(Id)
    key_id: Mapped[str | None] = mapped_column(Id)
    wire: Mapped[str] = mapped_column(String(16))
    endpoint: Mapped[str] = mapped_column(String(64))
    model: Mapped[str] = mapped_column(String(512))
    place: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    requests_id: Mapped[str] = mapped_column(String(64))
    output_id: Mapped[str | None] = mapped_column(String(64))
    errors_id: Mapped[str | None] = mapped_column(String(64))
    total: Mapped[int] = mapped_column(default=0)
    succeeded: Mapped[int] = mapped_column(default=0)
    errored: Mapped[int] = mapped_column(default=0)
    cancelled: Mapped[int] = mapped_column(default=0)
    expired: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(String(512), default="")
    batch_metadata: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    fault: Mapped[str | None] = mapped_column(String(2000))
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)
    unit: Mapped[str | None] = mapped_column(String(512))
    configuration_id: Mapped[str | None] = mapped_column(Id)
    described: Mapped[bytes | None] = mapped_column(LargeBinary)
    models: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    provider_batch_id: Mapped[str | None] = mapped_column(String(512))
    provider_file_id: Mapped[str | None] = mapped_column(String(512))
    leases: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    is_holding: Mapped[bool] = mapped_column(default=False, server_default=false())
    last_event_id: Mapped[str | None] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime] = mapped_column()
    cancelling_at: Mapped[datetime | None] = mapped_column()
    ended_at: Mapped[datetime | None] = mapped_column()


class BatchResult(Base):
    """How one line ended, of a batch that runs here, until all have and are one file. ``outcome`` is the word of it."""

    __tablename__ = "batch_results"

    batch_id: Mapped[str] = mapped_column(ForeignKey("batches.id", ondelete="CASCADE"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    outcome: Mapped[str] = mapped_column(String(16))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
