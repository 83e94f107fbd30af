"""MCP servers that a workspace reaches through the gateway."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from trunkline.core.chat import JsonValue
from trunkline.storage.tables.base import Base, Id, new_id, now


class McpServerRow(Base):
    """One of them. What is secret lies in its credential: values of headers, or OAuth's client secret.

    ``tools`` are those that may be called, None: all. ``keys`` says which API keys may use it, each with ``keyId`` and
    ``tools``, None: whoever may call models.
    """

    __tablename__ = "mcp_servers"
    __table_args__ = (UniqueConstraint("workspace_id", "name", name="uq_mcp_servers_name"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(64))
    url: Mapped[str] = mapped_column(Text)
    auth: Mapped[str] = mapped_column(String(16))
    token_url: Mapped[str | None] = mapped_column(Text)
    client_id: Mapped[str | None] = mapped_column(String(255))
    scope: Mapped[str | None] = mapped_column(String(1024))
    tools: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    keys: Mapped[list[dict[str, JsonValue]] | None] = mapped_column(JSON(none_as_null=True))
    credential_id: Mapped[str | None] = mapped_column(ForeignKey("credentials.id"))
    is_enabled: Mapped[bool] = mapped_column(default=True)
    revision: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[str] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
