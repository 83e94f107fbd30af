"""Sealed secrets and the keys that seal them. What the columns mean is the vault's business."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from trunkline.storage.tables.base import Base, Id, new_id, now


class DataKey(Base):
    """A wrapped data key. An owner (``user:<id>`` or ``workspace:<id>``) has one that is not retired."""

    __tablename__ = "data_keys"
    __table_args__ = (
        Index(
            "uq_data_keys_current",
            "owner",
            unique=True,
            sqlite_where=text("retired_at IS NULL"),
            postgresql_where=text("retired_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    owner: Mapped[str] = mapped_column(String(64), index=True)
    kek_version: Mapped[int]
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=now)
    retired_at: Mapped[datetime | None]


class Credential(Base):
    """What authenticates us to a provider. ``mask`` and ``fingerprint`` show it to people without giving it away."""

    __tablename__ = "credentials"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), index=True)
    owner: Mapped[str] = mapped_column(String(64), index=True)
    provider: Mapped[str] = mapped_column(String(100))
    mask: Mapped[str | None] = mapped_column(String(64))
    fingerprint: Mapped[str | None] = mapped_column(String(64))
    created_by: Mapped[str] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
    last_used_at: Mapped[datetime | None]


class SealedSecret(Base):
    """One sealed field of a credential: ``apiKey``, or ``headers.<name>``."""

    __tablename__ = "sealed_secrets"

    credential_id: Mapped[str] = mapped_column(ForeignKey("credentials.id", ondelete="CASCADE"), primary_key=True)
    field: Mapped[str] = mapped_column(String(255), primary_key=True)
    data_key_id: Mapped[str] = mapped_column(ForeignKey("data_keys.id"), index=True)
    origins: Mapped[list[str]] = mapped_column(JSON)
    ciphertext: Mapped[bytes] = mapped_column(LargeBinary)
    mask: Mapped[str] = mapped_column(String(64), default="…")
