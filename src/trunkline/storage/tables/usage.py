"""What was used: one row per settled call, hourly sums, and how far each journal segment has been taken in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from trunkline.core.chat import JsonValue
from trunkline.storage.tables.base import Base, Id


class UsageEventRow(Base):
    """A settled call. No foreign keys: what was used stays true when a configuration or a user is deleted.

    On PostgreSQL in partitions by month, see :mod:`trunkline.storage.usage_months`.
    """

    __tablename__ = "usage_events"
    __table_args__ = (
        Index("ix_usage_events_workspace", "workspace_id", "opened_at"),
        Index("ix_usage_events_configuration", "configuration_id", "opened_at"),
        Index("ix_usage_events_request", "request_id"),
        # Few calls are of a version, or of a conversation: the others shall not pay for these indexes.
        Index(
            "ix_usage_events_version",
            "version_id",
            "opened_at",
            sqlite_where=text("version_id IS NOT NULL"),
            postgresql_where=text("version_id IS NOT NULL"),
        ),
        Index(
            "ix_usage_events_conversation",
            "conversation_id",
            "opened_at",
            sqlite_where=text("conversation_id IS NOT NULL"),
            postgresql_where=text("conversation_id IS NOT NULL"),
        ),
        Index(
            "ix_usage_events_price_missing",
            "workspace_id",
            "opened_at",
            sqlite_where=text("price_missing IS NOT NULL"),
            postgresql_where=text("price_missing IS NOT NULL"),
        ),
    )

    opened_at: Mapped[datetime] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    request_id: Mapped[str] = mapped_column(String(128))
    operation: Mapped[str] = mapped_column(String(32))
    workspace_id: Mapped[str] = mapped_column(Id)
    user_id: Mapped[str] = mapped_column(Id)
    key_id: Mapped[str | None] = mapped_column(Id)
    application_id: Mapped[str | None] = mapped_column(Id)
    configuration_id: Mapped[str | None] = mapped_column(Id)
    version_id: Mapped[str | None] = mapped_column(Id)
    route_id: Mapped[str | None] = mapped_column(Id)
    unfit_route_id: Mapped[str | None] = mapped_column(Id)
    feature: Mapped[str | None] = mapped_column(String(64))
    conversation_id: Mapped[str | None] = mapped_column(Id)
    phase_id: Mapped[str | None] = mapped_column(Id)
    unit: Mapped[str | None] = mapped_column(String(32))
    purpose: Mapped[str | None] = mapped_column(String(16))
    tags: Mapped[str | None] = mapped_column(String(1024))
    """Separated by commas, sorted; a tag holds none."""
    revision: Mapped[int]
    provider: Mapped[str] = mapped_column(String(100))
    model: Mapped[str] = mapped_column(String(255))
    requested_model: Mapped[str] = mapped_column(String(255))
    streamed: Mapped[bool]
    outcome: Mapped[str] = mapped_column(String(16))
    status: Mapped[int]
    error: Mapped[str | None] = mapped_column(String(64))
    input_tokens: Mapped[int] = mapped_column(BigInteger)
    output_tokens: Mapped[int] = mapped_column(BigInteger)
    cached_tokens: Mapped[int] = mapped_column(BigInteger)
    cache_write_tokens: Mapped[int] = mapped_column(BigInteger)
    reasoning_tokens: Mapped[int] = mapped_column(BigInteger)
    usage: Mapped[dict[str, JsonValue]] = mapped_column(JSON)
    usage_estimated: Mapped[bool]
    cost_nanos: Mapped[int | None] = mapped_column(BigInteger)
    held_nanos: Mapped[int | None] = mapped_column(BigInteger)
    """What budgets held for it: the most that it can have cost."""
    price_source: Mapped[str | None] = mapped_column(String(64))
    price_missing: Mapped[str | None] = mapped_column(String(255))
    from_cache: Mapped[bool | None]
    """Whether the answer was given before. None for calls from before answers were kept."""
    saved_nanos: Mapped[int | None] = mapped_column(BigInteger)
    duration_us: Mapped[int] = mapped_column(BigInteger)
    first_token_us: Mapped[int | None] = mapped_column(BigInteger)
    attempts: Mapped[list[dict[str, JsonValue]]] = mapped_column(JSON)


class UsageGroup(Base):
    """A combination of what calls have in common, as it occurred: whose they were, what served them, how they ended.

    Its id is a digest of the rest, so that whoever takes calls in knows it without asking.
    """

    __tablename__ = "usage_groups"
    __table_args__ = (Index("ix_usage_groups_workspace", "workspace_id", "user_id"),)

    # SQLite finds rows by an INTEGER twice as fast.
    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False
    )
    workspace_id: Mapped[str] = mapped_column(Id)
    user_id: Mapped[str] = mapped_column(Id)
    key_id: Mapped[str | None] = mapped_column(Id)
    application_id: Mapped[str | None] = mapped_column(Id)
    configuration_id: Mapped[str | None] = mapped_column(Id)
    version_id: Mapped[str | None] = mapped_column(Id)
    route_id: Mapped[str | None] = mapped_column(Id)
    feature: Mapped[str | None] = mapped_column(String(64))
    purpose: Mapped[str | None] = mapped_column(String(16))
    tags: Mapped[str | None] = mapped_column(String(1024))
    operation: Mapped[str] = mapped_column(String(32))
    provider: Mapped[str] = mapped_column(String(100))
    model: Mapped[str] = mapped_column(String(255))
    outcome: Mapped[str] = mapped_column(String(16))
    price_missing: Mapped[str | None] = mapped_column(String(255))


class UsageSum(Base):
    """What a group used in one slot of time; grown only by events that were inserted for the first time.

    ``grain`` says which slots these are, and ``slot`` counts them: see :mod:`trunkline.storage.intake.usage_group`. A
    report adds up days, and quarters of an hour only where it begins or ends within one.
    """

    __tablename__ = "usage_sums"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's own protocol

    workspace_id: Mapped[str] = mapped_column(Id, primary_key=True)
    grain: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    slot: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    group_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    request_count: Mapped[int] = mapped_column(BigInteger)
    error_count: Mapped[int] = mapped_column(BigInteger)
    unpriced_count: Mapped[int] = mapped_column(BigInteger)
    input_tokens: Mapped[int] = mapped_column(BigInteger)
    output_tokens: Mapped[int] = mapped_column(BigInteger)
    cached_tokens: Mapped[int] = mapped_column(BigInteger)
    reasoning_tokens: Mapped[int] = mapped_column(BigInteger)
    cost_nanos: Mapped[int] = mapped_column(BigInteger)
    duration_us: Mapped[int] = mapped_column(BigInteger)
    cache_hit_count: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    saved_nanos: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    last_used_at: Mapped[datetime]


class ConfigurationTotal(Base):
    """What a configuration has served in all. No foreign key, as usage outlives what it is about."""

    __tablename__ = "configuration_totals"

    workspace_id: Mapped[str] = mapped_column(Id, primary_key=True)
    configuration_id: Mapped[str] = mapped_column(Id, primary_key=True)
    request_count: Mapped[int] = mapped_column(BigInteger)
    input_tokens: Mapped[int] = mapped_column(BigInteger)
    output_tokens: Mapped[int] = mapped_column(BigInteger)


class JournalMark(Base):
    """How far a journal segment has been taken in; written in the transaction that inserts its events."""

    __tablename__ = "journal_marks"

    segment: Mapped[str] = mapped_column(String(255), primary_key=True)
    offset: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[datetime]
