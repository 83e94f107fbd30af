"""Policies: what calls may not do, and where they did."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from trunkline.core.chat import JsonValue
from trunkline.storage.tables.base import Base, Id, new_id, now


class Policy(Base):
    """A rule. Without a workspace it holds for the whole installation; it is kept, marked, when it is deleted."""

    __tablename__ = "policies"
    __table_args__ = (Index("ix_policies_workspace_id", "workspace_id", "id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    workspace_id: Mapped[str | None] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    application_id: Mapped[str | None] = mapped_column(ForeignKey("applications.id", ondelete="CASCADE"))
    key_id: Mapped[str | None] = mapped_column(ForeignKey("api_keys.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(255))
    content: Mapped[str] = mapped_column(Text)
    risk_type: Mapped[str] = mapped_column(String(16))
    action_type: Mapped[int]
    rule: Mapped[dict[str, JsonValue] | None] = mapped_column(JSON)
    fail_mode: Mapped[str] = mapped_column(String(16), default="open")
    is_enabled: Mapped[bool] = mapped_column(default=True)
    revision: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[str] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
    deleted_at: Mapped[datetime | None]


class PolicyViolation(Base):
    """A call that broke a policy. No foreign keys: what happened stays true when what it names is deleted."""

    __tablename__ = "policy_violations"
    __table_args__ = (
        Index("ix_policy_violations_workspace", "workspace_id", "created_at", "id", "action_type"),
        Index("ix_policy_violations_policy", "policy_id", "created_at", "id"),
        Index("ix_policy_violations_request", "request_id"),
        Index("ix_policy_violations_configuration", "configuration_id", "action_type"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    policy_id: Mapped[str] = mapped_column(Id)
    policy_name: Mapped[str] = mapped_column(String(255))
    workspace_id: Mapped[str] = mapped_column(Id)
    application_id: Mapped[str | None] = mapped_column(Id)
    user_id: Mapped[str] = mapped_column(Id)
    key_id: Mapped[str | None] = mapped_column(Id)
    configuration_id: Mapped[str | None] = mapped_column(Id)
    provider: Mapped[str] = mapped_column(String(100))
    model: Mapped[str] = mapped_column(String(255))
    host: Mapped[str] = mapped_column(String(255))
    risk_type: Mapped[str] = mapped_column(String(16))
    action_type: Mapped[int]
    explanation: Mapped[str] = mapped_column(Text)
    request_id: Mapped[str] = mapped_column(String(128))
    created_at: Mapped[datetime] = mapped_column(default=now)
