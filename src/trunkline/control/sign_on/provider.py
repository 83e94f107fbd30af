"""An identity provider as use cases give and take it, and what is checked of one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Literal

import msgspec
from msgspec import UNSET, UnsetType

from trunkline.core.chat import JsonValue
from trunkline.core.errors import FieldError, InvalidInput
from trunkline.core.secret import Secret
from trunkline.outbound import Url
from trunkline.storage.tables import IdentityProvider

PROVIDER: Final = "identity_provider"
"""What audit events call it."""

MOST: Final = 20
MOST_GROUP_ROLES: Final = 200
DEFAULT_SCOPES: Final = ("openid", "email", "profile")
DEFAULT_GROUPS_CLAIM: Final = "groups"

GrantableRole = Literal["viewer", "member", "admin"]
"""What a group may give. An owner is made by an owner, so that no group can take the last one away."""

_SLUG: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_SCOPE: Final = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,255}")


class WorkspaceGrant(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A role in a workspace."""

    workspace_id: str
    role: GrantableRole


class GroupRole(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The role that people of ``group`` have in a workspace. Groups are compared as they are written."""

    group: str
    workspace_id: str
    role: GrantableRole


class ProviderDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be saved; ``UNSET``: as it is. None takes the client secret or the default role away."""

    slug: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    issuer: str | UnsetType = UNSET
    client_id: str | UnsetType = UNSET
    client_secret: Secret | UnsetType | None = UNSET
    scopes: tuple[str, ...] | UnsetType = UNSET
    groups_claim: str | UnsetType = UNSET
    group_roles: tuple[GroupRole, ...] | UnsetType = UNSET
    default_role: WorkspaceGrant | UnsetType | None = UNSET
    links_by_email: bool | UnsetType = UNSET
    is_enabled: bool | UnsetType = UNSET


class ProviderRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A provider as the administrator sees it. ``redirect_uri`` is what the provider must be told.

    ``scim_url`` is where it may send users and groups, by the token that ``scim_token_mask`` shows masked.
    """

    id: str
    slug: str
    name: str
    issuer: str
    client_id: str
    client_secret_mask: str | None
    scopes: list[str]
    groups_claim: str
    group_roles: list[GroupRole]
    default_role: WorkspaceGrant | None
    links_by_email: bool
    is_enabled: bool
    redirect_uri: str
    scim_url: str
    scim_token_mask: str | None
    revision: int
    created_by: str
    created_at: datetime
    updated_at: datetime


def read_slug(text: str) -> str:
    """The slug of a provider. Raises InvalidInput at ``slug``."""
    if _SLUG.fullmatch(text) is None:
        raise InvalidInput.of("slug", "has lower-case letters, digits and hyphens, at most 63, such as `okta`.")
    return text


def read_issuer(text: str) -> str:
    """An issuer, exactly as the provider writes it. Raises InvalidInput at ``issuer``.

    https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig
    """
    try:
        Url.parse(text)
    except InvalidInput as error:
        raise InvalidInput.of("issuer", error.message) from None
    if "?" in text:
        raise InvalidInput.of("issuer", "has a query: leave out the ? and what follows it.")
    if len(text) > 1_024 or "{" in text:
        raise InvalidInput.of("issuer", "is not the issuer of one tenant, such as https://login.example.com/tenant.")
    if text.endswith("/.well-known/openid-configuration"):
        raise InvalidInput.of("issuer", "ends before /.well-known/openid-configuration: leave that out.")
    return text


def read_scopes(given: Sequence[str]) -> list[str]:
    """What is asked for, each once, ``openid`` among it. Raises InvalidInput at ``scopes``."""
    wrong = [
        FieldError(f"scopes[{at}]", "is no scope: it has letters, digits and signs, without spaces.")
        for at, scope in enumerate(given)
        if _SCOPE.fullmatch(scope) is None
    ]
    if wrong:
        raise InvalidInput.of_all(tuple(wrong))
    return list(dict.fromkeys(("openid", *given)))


def read_group_roles(row: IdentityProvider) -> list[GroupRole]:
    """Which group has which role where, as the row has it."""
    return msgspec.convert(row.group_roles, list[GroupRole])


def read_default_role(row: IdentityProvider) -> WorkspaceGrant | None:
    """What people of no such group have."""
    return msgspec.convert(row.default_role, WorkspaceGrant | None)


def write_state(row: IdentityProvider) -> dict[str, JsonValue]:
    """What the audit log keeps of it."""
    roles: Any = list(row.group_roles)
    return {
        "slug": row.slug,
        "name": row.name,
        "issuer": row.issuer,
        "clientId": row.client_id,
        "scopes": list(row.scopes),
        "groupsClaim": row.groups_claim,
        "groupRoles": roles,
        "defaultRole": row.default_role,
        "linksByEmail": row.links_by_email,
        "enabled": row.is_enabled,
    }
