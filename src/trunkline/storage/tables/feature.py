"""Features: the tools of the users' app, each with a model, instructions and parameters."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from trunkline.core.chat import JsonValue
from trunkline.storage.tables.base import Base, Id, new_id, now


class Feature(Base):
    """A tool as somebody saved it. Those that nobody has saved yet are data in ``control``.

    ``model`` is one of ``provider`` (OpenRouter's, unless said otherwise); with ``target``, a name that programs could
    use as ``model`` themselves, that one serves instead. Without a credential of its own it uses the workspace's
    shared one of its provider; ``base_url`` is where its own goes, if not to the provider's public address.
    """

    __tablename__ = "features"
    __table_args__ = (
        UniqueConstraint("workspace_id", "slug"),
        Index("ix_features_workspace_id", "workspace_id", "created_at", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    slug: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str] = mapped_column(String(16))
    provider: Mapped[str] = mapped_column(String(100), default="openrouter")
    model: Mapped[str] = mapped_column(String(255))
    target: Mapped[str | None] = mapped_column(String(511))
    base_url: Mapped[str | None] = mapped_column(String(500))
    system_prompt: Mapped[str] = mapped_column(Text, default="")
    parameters: Mapped[dict[str, JsonValue]] = mapped_column(JSON, default=dict)
    custom_parameters: Mapped[dict[str, JsonValue]] = mapped_column(JSON, default=dict)
    caching: Mapped[dict[str, JsonValue] | None] = mapped_column(JSON(none_as_null=True))
    credential_id: Mapped[str | None] = mapped_column(ForeignKey("credentials.id"), index=True)
    revision: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[str] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
