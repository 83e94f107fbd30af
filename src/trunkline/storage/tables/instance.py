"""The installation as a whole: facts about it, leases, and the audit log."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from trunkline.core.chat import JsonValue
from trunkline.storage.tables.base import Base, Id, new_id, now


class Fact(Base):
    """A single value of the installation: its id, the check value of its root key, the snapshot's revision."""

    __tablename__ = "facts"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str] = mapped_column(String(1024))


class AuditChain(Base):
    """Where the chain of a workspace's audit events begins and ends; ``hash`` confirms both."""

    __tablename__ = "audit_chains"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    first_sequence: Mapped[int] = mapped_column(BigInteger)
    first_hash: Mapped[str] = mapped_column(String(64))
    last_sequence: Mapped[int] = mapped_column(BigInteger)
    last_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class Lease(Base):
    """That one process holds a duty (leader) until a moment."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    holder: Mapped[str] = mapped_column(String(128))
    expires_at: Mapped[datetime]


class AuditEvent(Base):
    """A change, a test, or an attempt that was refused. ``before`` and ``after`` hold what changed, never a secret.

    Its place in the chain (``sequence``, ``previous_hash``) is filled in later, so that writers never wait for each
    other; until then ``hash`` is that of the event alone (``control/audit_chain``).
    """

    __tablename__ = "audit_events"
    __table_args__ = (
        Index("ix_audit_events_workspace", "workspace_id", "at"),
        Index("ix_audit_events_workspace_id", "workspace_id", "id"),
        Index("ix_audit_events_target", "target_type", "target_id"),
        Index(
            "ix_audit_events_unlinked",
            "id",
            sqlite_where=text("sequence IS NULL"),
            postgresql_where=text("sequence IS NULL"),
        ),
        UniqueConstraint("workspace_id", "sequence"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    at: Mapped[datetime] = mapped_column(default=now)
    workspace_id: Mapped[str | None] = mapped_column(Id)
    actor_kind: Mapped[str] = mapped_column(String(16))
    actor_id: Mapped[str | None] = mapped_column(Id)
    key_id: Mapped[str | None] = mapped_column(Id)
    action: Mapped[str] = mapped_column(String(64))
    target_type: Mapped[str] = mapped_column(String(32), default="")
    target_id: Mapped[str | None] = mapped_column(String(64))
    outcome: Mapped[str] = mapped_column(String(16), default="ok")
    before: Mapped[dict[str, JsonValue] | None] = mapped_column(JSON)
    after: Mapped[dict[str, JsonValue] | None] = mapped_column(JSON)
    address: Mapped[str | None] = mapped_column(String(64))
    request_id: Mapped[str | None] = mapped_column(String(128))
    sequence: Mapped[int | None] = mapped_column(BigInteger)
    previous_hash: Mapped[str | None] = mapped_column(String(64))
    hash: Mapped[str | None] = mapped_column(String(64))
