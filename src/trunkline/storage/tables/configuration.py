"""Configurations, their history, templates, and what providers said of their limits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from trunkline.core.chat import JsonValue
from trunkline.storage.tables.base import Base, Id, new_id, now


class Configuration(Base):
    """A named way to reach one model. ``parameters`` never hold a secret: those are in ``credential``.

    ``model`` None: an entry whose callers name the model (``<name>/<model>``). ``revision`` counts its saved states and
    is its ETag. One that ``borrows`` has no secret of its own: it uses the credential ``lender_id``, or, without one,
    the workspace's shared credential of its provider. ``is_paid`` is what somebody declared, for policies alone.
    Names are unique for their owner, apart in each application.
    """

    __tablename__ = "ai_configurations"
    __table_args__ = (
        Index("ix_ai_configurations_application_id", "application_id", "id"),
        # A missing application is distinct from itself in a constraint, so those have an index of their own.
        UniqueConstraint("workspace_id", "user_id", "application_id", "name"),
        Index(
            "uq_ai_configurations_name",
            "workspace_id",
            "user_id",
            "name",
            unique=True,
            sqlite_where=text("application_id IS NULL"),
            postgresql_where=text("application_id IS NULL"),
        ),
        Index("ix_ai_configurations_workspace", "workspace_id", "id"),
        Index("ix_ai_configurations_workspace_name", "workspace_id", "name"),
        Index(
            "ix_ai_configurations_borrowers",
            "workspace_id",
            "provider",
            sqlite_where=text("borrows"),
            postgresql_where=text("borrows"),
        ),
        Index(
            "ix_ai_configurations_lenders",
            "workspace_id",
            "provider",
            "created_at",
            "id",
            sqlite_where=text("credential_id IS NOT NULL"),
            postgresql_where=text("credential_id IS NOT NULL"),
        ),
        Index(
            "ix_ai_configurations_lender_id",
            "lender_id",
            sqlite_where=text("lender_id IS NOT NULL"),
            postgresql_where=text("lender_id IS NOT NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    application_id: Mapped[str | None] = mapped_column(ForeignKey("applications.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(255))
    provider: Mapped[str] = mapped_column(String(100))
    model: Mapped[str | None] = mapped_column(String(255))
    base_url: Mapped[str | None] = mapped_column(String(500))
    parameters: Mapped[dict[str, JsonValue]] = mapped_column(JSON, default=dict)
    credential_id: Mapped[str | None] = mapped_column(ForeignKey("credentials.id"), index=True)
    borrows: Mapped[bool] = mapped_column(default=False, server_default=false())
    lender_id: Mapped[str | None] = mapped_column(Id)
    is_paid: Mapped[bool | None]
    caching: Mapped[dict[str, JsonValue] | None] = mapped_column(JSON(none_as_null=True))
    is_active: Mapped[bool] = mapped_column(default=True)
    is_shared: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
    last_tested_at: Mapped[datetime | None]
    test_status: Mapped[str] = mapped_column(String(50), default="pending")
    test_result: Mapped[dict[str, JsonValue] | None] = mapped_column(JSON)


class Revision(Base):
    """An immutable saved state. ``state`` holds no secret, only the fingerprint of the credential it had."""

    __tablename__ = "revisions"
    __table_args__ = (UniqueConstraint("kind", "subject_id", "number"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[str] = mapped_column(Id, index=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    author_id: Mapped[str] = mapped_column(Id)
    reason: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[dict[str, JsonValue]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(default=now)


class ProviderTemplate(Base):
    """A user's own preset for a provider. Those that come with Trunkline are data in ``providers``."""

    __tablename__ = "provider_templates"
    __table_args__ = (
        UniqueConstraint("workspace_id", "user_id", "provider", "name"),
        Index("ix_provider_templates_workspace_id", "workspace_id", "user_id", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    provider: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(255))
    description: Mapped[str] = mapped_column(Text, default="")
    configuration: Mapped[dict[str, JsonValue]] = mapped_column(JSON)
    is_default: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=now)


class RateLimitReading(Base):
    """What a provider last said of its rate limits for a configuration."""

    __tablename__ = "rate_limit_readings"

    configuration_id: Mapped[str] = mapped_column(
        ForeignKey("ai_configurations.id", ondelete="CASCADE"), primary_key=True
    )
    reading: Mapped[dict[str, JsonValue]] = mapped_column(JSON)
    read_at: Mapped[datetime]


class Job(Base):
    """Long work: a model pull, a key rotation. ``state``: queued, running, succeeded, failed, cancelled."""

    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_state", "state"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    workspace_id: Mapped[str | None] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), index=True)
    created_by: Mapped[str | None] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(String(64))
    subject: Mapped[dict[str, JsonValue]] = mapped_column(JSON, default=dict)
    state: Mapped[str] = mapped_column(String(16), default="queued")
    progress: Mapped[dict[str, JsonValue]] = mapped_column(JSON, default=dict)
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None]
