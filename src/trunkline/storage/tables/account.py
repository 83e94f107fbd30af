"""People and where they work: users, sessions, workspaces, members, invitations, one-time tokens."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from trunkline.core.chat import JsonObject
from trunkline.storage.tables.base import Base, Id, new_id, now


class User(Base):
    """A person. ``role`` is that of the installation: ``admin`` or ``user``. Email is kept in lower case."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(255), default="")
    password_hash: Mapped[str | None] = mapped_column(String(255))
    role: Mapped[str] = mapped_column(String(16), default="user")
    created_at: Mapped[datetime] = mapped_column(default=now)
    disabled_at: Mapped[datetime | None]


class Session(Base):
    """A sign-in. A refresh token works once: using it stores the next one's digest and keeps the last one's.

    Presenting ``previous_digest`` means that a token was stolen or replayed: the session is revoked.
    """

    __tablename__ = "sessions"
    __table_args__ = (Index("ix_sessions_user_id", "user_id", "id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    refresh_digest: Mapped[str] = mapped_column(String(64), unique=True)
    previous_digest: Mapped[str | None] = mapped_column(String(64), index=True)
    user_agent: Mapped[str] = mapped_column(String(255), default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_used_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None] = mapped_column(index=True)


class Workspace(Base):
    """The tenancy boundary. ``personal_of`` names the user whose personal one it is.

    ``revision`` is that of the snapshot at the last change that a call could notice; the snapshot compiles the
    workspaces whose revision it has not seen. ``cache_generation`` counts how often the answers that are kept were
    forgotten; ``retention`` are days by what is kept for them, where that is shorter than in the installation.
    ``capture`` is what is kept of the content of its calls, None: nothing.
    """

    __tablename__ = "workspaces"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(255))
    personal_of: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    default_configuration_id: Mapped[str | None] = mapped_column(Id)
    cache_generation: Mapped[int] = mapped_column(default=0, server_default="0")
    retention: Mapped[dict[str, int] | None] = mapped_column(JSON(none_as_null=True))
    capture: Mapped[JsonObject | None] = mapped_column(JSON(none_as_null=True))
    revision: Mapped[int] = mapped_column(BigInteger, default=1, index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)


class Membership(Base):
    """A user's role in a workspace. ``granted_by`` is the identity provider whose groups gave it; None: people did."""

    __tablename__ = "memberships"
    __table_args__ = (Index("ix_memberships_user_id", "user_id", "workspace_id"),)

    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(String(16))
    granted_by: Mapped[str | None] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(default=now)


class Invitation(Base):
    """An open door for one email address into one workspace. The token itself is shown once and kept as a digest."""

    __tablename__ = "invitations"
    __table_args__ = (
        Index(
            "ix_invitations_open",
            "workspace_id",
            "id",
            sqlite_where=text("accepted_at IS NULL"),
            postgresql_where=text("accepted_at IS NULL"),
        ),
        Index(
            "uq_invitations_open",
            "workspace_id",
            "email",
            unique=True,
            sqlite_where=text("accepted_at IS NULL"),
            postgresql_where=text("accepted_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    email: Mapped[str] = mapped_column(String(320))
    role: Mapped[str] = mapped_column(String(16))
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    invited_by: Mapped[str] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]


class SetupToken(Base):
    """The one-time token of the first start, as a digest."""

    __tablename__ = "setup_tokens"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
