"""Single sign-on: who may vouch for people, whom they vouched for, and which answers of theirs were used."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from trunkline.core.chat import JsonObject
from trunkline.storage.tables.base import Base, Id, new_id, now


class IdentityProvider(Base):
    """An OpenID Connect provider of the installation.

    ``group_roles`` says which group has which role in which workspace, ``default_role`` what people of no such group
    have. The client secret lies in a credential of the personal workspace of whoever added the provider,
    ``workspace_id``, whose audit log also keeps the sign-ins that were refused. ``scim_digest`` is that of the token by
    which the provider sends users and groups.
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
    scim_digest: Mapped[str | None] = mapped_column(String(64), unique=True, index=True)
    scim_mask: Mapped[str | None] = mapped_column(String(64))
    is_enabled: Mapped[bool]
    revision: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[str] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)


class UserIdentity(Base):
    """Whom a provider calls ``subject``. Of who has not signed in by it yet, ``subject`` is not known.

    ``user_name`` (in lower case), ``external_id`` and ``attributes`` are there for who was provisioned: what SCIM sent.
    ``version`` counts its changes. ``is_active`` False: the provider has disabled them.
    """

    __tablename__ = "user_identities"
    __table_args__ = (
        UniqueConstraint("provider_id", "subject", name="uq_user_identities_subject"),
        Index("ix_user_identities_user_name", "provider_id", "user_name", unique=True),
        Index("ix_user_identities_external_id", "provider_id", "external_id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    provider_id: Mapped[str] = mapped_column(ForeignKey("identity_providers.id", ondelete="CASCADE"))
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    subject: Mapped[str | None] = mapped_column(String(255))
    email: Mapped[str] = mapped_column(String(320))
    user_name: Mapped[str | None] = mapped_column(String(320))
    external_id: Mapped[str | None] = mapped_column(String(255))
    attributes: Mapped[JsonObject | None] = mapped_column(JSON(none_as_null=True))
    is_active: Mapped[bool] = mapped_column(default=True, server_default=true())
    version: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class ProvisionedGroup(Base):
    """A group that a provider sent. ``name_key`` is its name in lower case, ``version`` counts its changes."""

    __tablename__ = "provisioned_groups"
    __table_args__ = (
        Index("ix_provisioned_groups_name_key", "provider_id", "name_key"),
        Index("ix_provisioned_groups_external_id", "provider_id", "external_id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    provider_id: Mapped[str] = mapped_column(ForeignKey("identity_providers.id", ondelete="CASCADE"))
    display_name: Mapped[str] = mapped_column(String(255))
    name_key: Mapped[str] = mapped_column(String(255))
    external_id: Mapped[str | None] = mapped_column(String(255))
    attributes: Mapped[JsonObject] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)


class ProvisionedMember(Base):
    """That a provisioned user is in a provisioned group."""

    __tablename__ = "provisioned_members"

    group_id: Mapped[str] = mapped_column(ForeignKey("provisioned_groups.id", ondelete="CASCADE"), primary_key=True)
    identity_id: Mapped[str] = mapped_column(
        ForeignKey("user_identities.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class UsedSignOn(Base):
    """A sign-in whose answer has come: its state is good once. ``state_digest`` is a SHA-256 in hex."""

    __tablename__ = "used_sign_ons"

    state_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
