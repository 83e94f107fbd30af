"""Alerts: the rules, whom they tell, what fired, and what was sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, Float, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from trunkline.core.chat import JsonValue
from trunkline.storage.tables.base import Base, Id, new_id, now


class AlertRuleRow(Base):
    """When somebody is told. Without a workspace it is the installation's.

    ``preset`` names the rule that every workspace has without a row, and that this one takes the place of: it then has
    the id that :mod:`trunkline.control.alerts.presets` gives that rule.
    """

    __tablename__ = "alert_rules"
    __table_args__ = (Index("ix_alert_rules_kind", "kind", "is_enabled"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    workspace_id: Mapped[str | None] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), index=True)
    preset: Mapped[str | None] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str | None] = mapped_column(String(16))
    subject_id: Mapped[str | None] = mapped_column(String(100))
    threshold: Mapped[float | None] = mapped_column(Float)
    window_minutes: Mapped[int | None]
    least_calls: Mapped[int | None]
    for_seconds: Mapped[int] = mapped_column(default=0)
    severity: Mapped[str] = mapped_column(String(16))
    quiet: Mapped[dict[str, JsonValue] | None] = mapped_column(JSON)
    repeat_minutes: Mapped[int | None]
    channel_ids: Mapped[list[str]] = mapped_column(JSON, default=list)
    is_enabled: Mapped[bool] = mapped_column(default=True)
    revision: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[str | None] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)


class AlertChannelRow(Base):
    """Where somebody is told. What is secret of it lies in its credential: a webhook's secret, a whole Slack URL."""

    __tablename__ = "alert_channels"
    __table_args__ = (Index("ix_alert_channels_workspace_id", "workspace_id", "id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str] = mapped_column(String(16))
    url: Mapped[str | None] = mapped_column(Text)
    addresses: Mapped[list[str]] = mapped_column(JSON, default=list)
    extension: Mapped[str | None] = mapped_column(String(32))
    settings: Mapped[dict[str, JsonValue] | None] = mapped_column(JSON)
    credential_id: Mapped[str | None] = mapped_column(ForeignKey("credentials.id"))
    is_enabled: Mapped[bool] = mapped_column(default=True)
    revision: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[str] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)


class AlertRow(Base):
    """Something that a rule found, until it was over. Without a workspace it concerns the installation.

    ``open_key`` is the rule and the subject while it is not resolved, so that there is one alert of them; ``state`` may
    also be ``pending``, until it has been so for as long as the rule says. ``owner_id`` is whose private thing it is
    about, None where that is the workspace's; ``is_for_admins``: admins are told of it too. ``held`` is what quiet
    hours keep back. ``changed_at`` is in microseconds since the epoch.
    """

    __tablename__ = "alerts"
    __table_args__ = (
        Index("ix_alerts_workspace", "workspace_id", "id"),
        Index(
            "ix_alerts_unfinished",
            "workspace_id",
            "id",
            sqlite_where=text("open_key IS NOT NULL OR held IS NOT NULL"),
            postgresql_where=text("open_key IS NOT NULL OR held IS NOT NULL"),
        ),
        Index("ix_alerts_changed", "changed_at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    workspace_id: Mapped[str | None] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    rule_id: Mapped[str] = mapped_column(Id)
    rule_name: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str] = mapped_column(String(32))
    severity: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[str] = mapped_column(String(255))
    subject_name: Mapped[str] = mapped_column(String(255))
    owner_id: Mapped[str | None] = mapped_column(Id)
    is_for_admins: Mapped[bool]
    application_id: Mapped[str | None] = mapped_column(Id)
    open_key: Mapped[str | None] = mapped_column(String(512), unique=True)
    state: Mapped[str] = mapped_column(String(16))
    summary: Mapped[str] = mapped_column(Text)
    value: Mapped[float | None] = mapped_column(Float)
    threshold: Mapped[float | None] = mapped_column(Float)
    started_at: Mapped[datetime]
    fired_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None] = mapped_column(Id)
    resolved_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    held: Mapped[str | None] = mapped_column(String(16))
    repeats: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[int] = mapped_column(BigInteger)


class AlertDeliveryRow(Base):
    """One notice to one channel: written with what it tells of, and sent later. Its id is the same at each attempt.

    ``next_at`` is when it is due, None when it is done with. ``alert_id`` None: a test of the channel.
    """

    __tablename__ = "alert_deliveries"
    __table_args__ = (
        Index(
            "ix_alert_deliveries_due",
            "next_at",
            "id",
            sqlite_where=text("next_at IS NOT NULL"),
            postgresql_where=text("next_at IS NOT NULL"),
        ),
        Index("ix_alert_deliveries_workspace", "workspace_id", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    alert_id: Mapped[str | None] = mapped_column(ForeignKey("alerts.id", ondelete="CASCADE"), index=True)
    channel_id: Mapped[str] = mapped_column(Id)
    channel_name: Mapped[str] = mapped_column(String(255))
    channel_kind: Mapped[str] = mapped_column(String(16))
    notice: Mapped[str] = mapped_column(String(16))
    message: Mapped[dict[str, JsonValue]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(16), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    status: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(Text)
    next_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    sent_at: Mapped[datetime | None]


class JournalLag(Base):
    """How far behind the intake of a machine is; there is a row only where it is late, or was just now."""

    __tablename__ = "journal_lags"

    machine: Mapped[str] = mapped_column(String(255), primary_key=True)
    seconds: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
