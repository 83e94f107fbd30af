"""Versions of configurations, the experiments between them, and what people thought of the answers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from trunkline.core.chat import JsonValue
from trunkline.storage.tables.base import Base, Id, new_id, now


class ConfigurationVersion(Base):
    """One variant of a configuration. ``share`` is in hundredths of a percent; active ones sum up to 10,000.

    ``buckets`` are the ``[start, end)`` ranges of the 10,000 that it owns. It has no secret of its own: with its
    configuration's provider it uses that one's, with another the workspace's shared credential.
    """

    __tablename__ = "configuration_versions"
    __table_args__ = (
        UniqueConstraint("configuration_id", "version"),
        Index("ix_configuration_versions_configuration_id", "configuration_id", "created_at", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), index=True)
    configuration_id: Mapped[str] = mapped_column(ForeignKey("ai_configurations.id", ondelete="CASCADE"))
    version: Mapped[str] = mapped_column(String(64))
    label: Mapped[str] = mapped_column(String(255), default="")
    provider: Mapped[str] = mapped_column(String(100))
    model: Mapped[str | None] = mapped_column(String(255))
    parameters: Mapped[dict[str, JsonValue]] = mapped_column(JSON, default=dict)
    share: Mapped[int] = mapped_column(default=0)
    buckets: Mapped[list[list[int]]] = mapped_column(JSON, default=list)
    is_active: Mapped[bool] = mapped_column(default=True)
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)


class Experiment(Base):
    """What is decided about a configuration's versions: who is the control, what is watched, and how it ended."""

    __tablename__ = "experiments"
    __table_args__ = (
        Index("ix_experiments_workspace_id", "workspace_id", "configuration_id"),
        Index(
            "ix_experiments_running",
            "configuration_id",
            sqlite_where=text("state = 'running'"),
            postgresql_where=text("state = 'running'"),
        ),
    )

    configuration_id: Mapped[str] = mapped_column(
        ForeignKey("ai_configurations.id", ondelete="CASCADE"), primary_key=True
    )
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    salt: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16), default="running")
    control_version_id: Mapped[str | None] = mapped_column(Id)
    settings: Mapped[dict[str, JsonValue]] = mapped_column(JSON, default=dict)
    verdict: Mapped[dict[str, JsonValue] | None] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)


class ExperimentPhase(Base):
    """A time in which weights and versions stood still. Phases are never pooled. The open one has no end.

    ``weights`` are hundredths of a percent by version; ``contents`` are digests of what each version was; a call that
    takes longer than ``slow_ms`` counts as slow. ``control_version_id`` is what the others were compared with.
    """

    __tablename__ = "experiment_phases"
    __table_args__ = (
        UniqueConstraint("configuration_id", "number"),
        Index("ix_experiment_phases_reason", "reason", "started_at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    configuration_id: Mapped[str] = mapped_column(ForeignKey("ai_configurations.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    weights: Mapped[dict[str, int]] = mapped_column(JSON)
    contents: Mapped[dict[str, str]] = mapped_column(JSON)
    slow_ms: Mapped[int]
    control_version_id: Mapped[str | None] = mapped_column(Id)
    reason: Mapped[str] = mapped_column(String(32))
    started_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]


class ExperimentUnit(Base):
    """What one unit (a user, say) saw of one version in one phase: sums over its calls. ``unit`` is a digest.

    A call that belongs to nobody who could be recognised is a unit of its own.
    """

    __tablename__ = "experiment_units"

    phase_id: Mapped[str] = mapped_column(ForeignKey("experiment_phases.id", ondelete="CASCADE"), primary_key=True)
    version_id: Mapped[str] = mapped_column(Id, primary_key=True)
    unit: Mapped[str] = mapped_column(String(32), primary_key=True)
    first_at: Mapped[datetime]
    request_count: Mapped[int] = mapped_column(BigInteger)
    error_count: Mapped[int] = mapped_column(BigInteger)
    slow_count: Mapped[int] = mapped_column(BigInteger)
    unpriced_count: Mapped[int] = mapped_column(BigInteger)
    duration_us: Mapped[int] = mapped_column(BigInteger)
    tokens: Mapped[int] = mapped_column(BigInteger)
    cost_nanos: Mapped[int] = mapped_column(BigInteger)


class VersionUsage(Base):
    """What a version has served in all its phases. No foreign key, as usage outlives what it is about."""

    __tablename__ = "version_usage"

    version_id: Mapped[str] = mapped_column(Id, primary_key=True)
    request_count: Mapped[int] = mapped_column(BigInteger)
    error_count: Mapped[int] = mapped_column(BigInteger)
    duration_us: Mapped[int] = mapped_column(BigInteger)
    tokens: Mapped[int] = mapped_column(BigInteger)
    cost_nanos: Mapped[int] = mapped_column(BigInteger)
    last_used_at: Mapped[datetime]


class Rating(Base):
    """What somebody thought of an answer: 1 to 5. A second one of the same person takes the place of the first."""

    __tablename__ = "ratings"
    __table_args__ = (
        UniqueConstraint("workspace_id", "request_id", "user_id"),
        Index("ix_ratings_request", "request_id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[str] = mapped_column(Id)
    request_id: Mapped[str] = mapped_column(String(128))
    score: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
