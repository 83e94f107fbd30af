"""Programs inside a workspace, and the keys that they and people call with."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from trunkline.storage.tables.base import Base, Id, new_id, now


class Application(Base):
    """A program."""

    __tablename__ = "applications"
    __table_args__ = (Index("ix_applications_workspace_id", "workspace_id", "id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(255))
    default_configuration_id: Mapped[str | None] = mapped_column(Id)
    created_by: Mapped[str] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)


class ApplicationConfiguration(Base):
    """That an application uses a configuration of its workspace."""

    __tablename__ = "application_configurations"

    application_id: Mapped[str] = mapped_column(ForeignKey("applications.id", ondelete="CASCADE"), primary_key=True)
    configuration_id: Mapped[str] = mapped_column(
        ForeignKey("ai_configurations.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class ApiKey(Base):
    """A key to call with. Kept as HMAC; shown once. ``models`` narrows it to these names (empty: any)."""

    __tablename__ = "api_keys"
    __table_args__ = (
        Index(
            "ix_api_keys_expiring",
            "workspace_id",
            "expires_at",
            sqlite_where=text("expires_at IS NOT NULL"),
            postgresql_where=text("expires_at IS NOT NULL"),
        ),
        Index("ix_api_keys_application_id", "application_id", "id"),
        Index("ix_api_keys_workspace_id", "workspace_id", "id"),
        Index("ix_api_keys_user_id", "user_id", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    application_id: Mapped[str | None] = mapped_column(ForeignKey("applications.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(255))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    mask: Mapped[str] = mapped_column(String(32))
    scope: Mapped[str] = mapped_column(String(16), default="call")
    models: Mapped[list[str]] = mapped_column(JSON, default=list)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
