"""How configurations are, and were."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from trunkline.storage.tables.base import Base, Id


class ConfigurationHealth(Base):
    """See :class:`trunkline.core.health.Health`, also for the times. ``changed_at``: when another state was written."""

    __tablename__ = "configuration_health"
    __table_args__ = (
        Index("ix_configuration_health_state", "state"),
        Index("ix_configuration_health_changed", "changed_at"),
        Index("ix_configuration_health_checked", "checked_at", "configuration_id"),
    )

    configuration_id: Mapped[str] = mapped_column(
        ForeignKey("ai_configurations.id", ondelete="CASCADE"), primary_key=True
    )
    state: Mapped[str] = mapped_column(String(16))
    since: Mapped[int] = mapped_column(BigInteger)
    revision: Mapped[int]
    source: Mapped[str] = mapped_column(String(16))
    checked_at: Mapped[int] = mapped_column(BigInteger)
    failures: Mapped[int] = mapped_column(BigInteger)
    error: Mapped[str | None] = mapped_column(String(64))
    message: Mapped[str | None] = mapped_column(Text)
    error_at: Mapped[int] = mapped_column(BigInteger)
    changed_at: Mapped[int] = mapped_column(BigInteger)


class HealthCount(Base):
    """How many tries at a configuration ended in one way, and how long they took, in one slot of time.

    ``grain`` is how many minutes a slot has: 15, or 1,440, a day in UTC; ``slot`` counts them from the epoch.
    ``outcome`` is ``ok`` or the kind of error; ``bucket`` is that of :mod:`trunkline.control.health.latency`. No
    foreign key: what is old is deleted by its slot.
    """

    __tablename__ = "health_counts"
    __table_args__ = (Index("ix_health_counts_slot", "grain", "slot"), {"sqlite_with_rowid": False})

    configuration_id: Mapped[str] = mapped_column(Id, primary_key=True)
    grain: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    slot: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    outcome: Mapped[str] = mapped_column(String(64), primary_key=True)
    bucket: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    call_count: Mapped[int] = mapped_column(BigInteger)
