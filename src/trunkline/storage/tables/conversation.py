"""Conversations: a tree of messages, the pieces of answers that are being written, and pictures."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from trunkline.core.chat import JsonValue
from trunkline.storage.tables.base import Base, Id, new_id, now


class Conversation(Base):
    """One person's talk with a feature or a model. ``leaf_id`` is the last message of the branch that is shown.

    ``titled_by``: ``none``, ``text`` (its first words) or ``user``.
    """

    __tablename__ = "conversations"
    __table_args__ = (Index("ix_conversations_owner", "workspace_id", "user_id", "updated_at", "id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    application_id: Mapped[str | None] = mapped_column(Id)
    feature: Mapped[str | None] = mapped_column(String(64))
    model: Mapped[str | None] = mapped_column(String(511))
    title: Mapped[str] = mapped_column(String(255), default="")
    titled_by: Mapped[str] = mapped_column(String(16), default="none")
    leaf_id: Mapped[str | None] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)


class ConversationMessage(Base):
    """A message below its parent. ``state``: streaming, complete, stopped, failed, interrupted.

    ``content`` is its text; ``parts`` hold texts, thoughts and pictures in their order where there is more than text.
    ``stop_requested`` is the flag that the producer of a running answer polls; ``beat_at`` tells that it lives.
    ``omitted`` counts the older messages that the model had no room for.
    """

    __tablename__ = "conversation_messages"
    __table_args__ = (Index("ix_conversation_messages_state", "state"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    parent_id: Mapped[str | None] = mapped_column(Id)
    role: Mapped[str] = mapped_column(String(16))
    content: Mapped[str] = mapped_column(Text, default="")
    parts: Mapped[list[dict[str, JsonValue]]] = mapped_column(JSON, default=list)
    state: Mapped[str] = mapped_column(String(16), default="complete")
    stop_requested: Mapped[bool] = mapped_column(default=False)
    beat_at: Mapped[datetime | None]
    request_id: Mapped[str | None] = mapped_column(String(128))
    model: Mapped[str | None] = mapped_column(String(511))
    finish_reason: Mapped[str | None] = mapped_column(String(64))
    usage: Mapped[dict[str, JsonValue] | None] = mapped_column(JSON)
    cost_nanos: Mapped[int | None] = mapped_column(BigInteger)
    first_token_ms: Mapped[int | None]
    duration_ms: Mapped[int | None]
    error: Mapped[dict[str, JsonValue] | None] = mapped_column(JSON)
    omitted: Mapped[int] = mapped_column(default=0)
    rating: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None]


class MessagePiece(Base):
    """Events of a running answer, in their order. Readers tail them by ``sequence``; they go when it is complete.

    ``sequence`` is how far the answer had come with the event: the characters until then, a picture counting as one.
    """

    __tablename__ = "message_pieces"

    message_id: Mapped[str] = mapped_column(
        ForeignKey("conversation_messages.id", ondelete="CASCADE"), primary_key=True
    )
    sequence: Mapped[int] = mapped_column(primary_key=True)
    event: Mapped[str] = mapped_column(String(16))
    data: Mapped[dict[str, JsonValue]] = mapped_column(JSON)


class Picture(Base):
    """A picture of one person, or of an application: made by a model or sent by somebody, checked for its kind."""

    __tablename__ = "pictures"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    application_id: Mapped[str | None] = mapped_column(Id)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    content_type: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=now)
