"""Routes: names that programs use as ``model``, each over several configurations."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from trunkline.core.chat import JsonValue
from trunkline.storage.tables.base import Base, Id, new_id, now


class Route(Base):
    """A name with a strategy, for calls that fulfil its ``conditions``.

    ``revision`` counts its saved states and is its ETag.
    """

    __tablename__ = "routes"
    __table_args__ = (
        UniqueConstraint("workspace_id", "name"),
        Index("ix_routes_workspace_id", "workspace_id", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(255))
    strategy: Mapped[str] = mapped_column(String(16))
    conditions: Mapped[dict[str, JsonValue] | None] = mapped_column(JSON(none_as_null=True))
    otherwise_id: Mapped[str | None] = mapped_column(Id)
    """The route or configuration for calls that do not fulfil them."""
    hedging: Mapped[dict[str, JsonValue] | None] = mapped_column(JSON(none_as_null=True))
    caching: Mapped[dict[str, JsonValue] | None] = mapped_column(JSON(none_as_null=True))
    is_active: Mapped[bool] = mapped_column(default=True)
    revision: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[str] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)


class RouteTarget(Base):
    """One way that a route may take. ``model`` None: the configuration's own.

    Targets of a lower ``priority`` are tried first; the strategy orders those of the same one. ``conditions`` say for
    which calls it is, ``fallback_for`` after which failure alone.
    """

    __tablename__ = "route_targets"

    route_id: Mapped[str] = mapped_column(ForeignKey("routes.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    configuration_id: Mapped[str] = mapped_column(ForeignKey("ai_configurations.id"), index=True)
    model: Mapped[str | None] = mapped_column(String(255))
    priority: Mapped[int] = mapped_column(default=0)
    weight: Mapped[int] = mapped_column(default=1)
    conditions: Mapped[dict[str, JsonValue] | None] = mapped_column(JSON(none_as_null=True))
    fallback_for: Mapped[str | None] = mapped_column(String(16))
