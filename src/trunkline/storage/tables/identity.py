"""Single sign-on: who may vouch for people, whom they vouched for, and which answers of theirs were used."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from trunkline.core.chat import JsonObject
from trunkline.storage.tables.base import Base, Id, new_id, now


class IdentityProvider(Base):
    """An OpenID Connect provider of the installation.

    ``group_roles`` says which group has which role in which workspace, ``default_role`` what people of no such group
    have. The client secret lies in a credential of the personal workspace of whoever added the provider,
    ``workspace_id``, whose audit log also keeps the sign-ins that were refused.
    """

    __tablename__ = "identity_providers"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), index=True)
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(255))
    issuer: Mapped[str] = mapped_column(Text)
    client_id: Mapped[str] = mapped_column(String(255))
    credential_id: Mapped[str | None] = mapped_column(ForeignKey("credentials.id"))
    scopes: Mapped[list[str]] = mapped_column(JSON)
    groups_claim: Mapped[str] = mapped_column(String(255))
    group_roles: Mapped[list[JsonObject]] = mapped_column(JSON)
    default_role: Mapped[JsonObject | None] = mapped_column(JSON(none_as_null=True))
    links_by_email: Mapped[bool]
    is_enabled: Mapped[bool]
    revision: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[str] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)


class UserIdentity(Base):
    """Whom a provider calls ``subject``. Of who has not signed in by it yet, ``subject`` is not known."""

    __tablename__ = "user_identities"
    __table_args__ = (UniqueConstraint("provider_id", "subject", name="uq_user_identities_subject"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    provider_id: Mapped[str] = mapped_column(ForeignKey("identity_providers.id", ondelete="CASCADE"))
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    subject: Mapped[str | None] = mapped_column(String(255))
    email: Mapped[str] = mapped_column(String(320))
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_used_at: Mapped[datetime | None]


class UsedSignOn(Base):
    """A sign-in whose answer has come: its state is good once. ``state_digest`` is a SHA-256 in hex."""

    __tablename__ = "used_sign_ons"

    state_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
