"""Identity providers on the wire."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, cast

import msgspec
from msgspec import UNSET
from pydantic import Field, SecretStr, StrictBool, StringConstraints

from trunkline.control.record import Beside
from trunkline.control.sign_on.provider import (
    MOST_GROUP_ROLES,
    GrantableRole,
    GroupRole,
    ProviderDraft,
    ProviderRecord,
    WorkspaceGrant,
)
from trunkline.core.secret import Secret
from trunkline.faces.http.wire import EXAMPLE_ID, GivenId, GivenName, Moment, RequestBody, ResponseBody

_Slug = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=63)]
_Issuer = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1_024)]
_ClientId = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]
_ClientSecret = Annotated[
    SecretStr,
    Field(
        min_length=1,
        max_length=4_096,
        description="The client secret. It may be sealed for the address of `issuer`. Write-only: responses show a"
        " mask. `null` removes it, for a public client.",
    ),
]
_Scopes = Annotated[list[str], Field(max_length=30, description="What is asked for. `openid` is always asked for.")]
_GroupsClaim = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]


class WorkspaceRoleRequest(RequestBody):
    """A role in a workspace."""

    workspace_id: GivenId
    role: GrantableRole


class GroupRoleRequest(WorkspaceRoleRequest):
    """The role that the people of a group have in a workspace."""

    group: Annotated[str, StringConstraints(min_length=1, max_length=255)]


class _ProviderFields(RequestBody):
    """What adding and changing a provider have in common."""

    read_only: ClassVar[frozenset[str]] = frozenset(
        {
            "id",
            "clientSecretMask",
            "redirectUri",
            "scimUrl",
            "scimTokenMask",
            "revision",
            "createdBy",
            "createdAt",
            "updatedAt",
        }
    )

    client_secret: _ClientSecret | None = None
    scopes: _Scopes | None = None
    groups_claim: _GroupsClaim | None = None
    group_roles: Annotated[list[GroupRoleRequest], Field(max_length=MOST_GROUP_ROLES)] | None = None
    default_role: WorkspaceRoleRequest | None = None
    links_by_email: StrictBool | None = None
    enabled: StrictBool | None = None

    def read(self) -> ProviderDraft:
        """What was given, for the use case."""
        given: dict[str, Any] = {
            name: value
            for name in ("slug", "name", "issuer", "client_id", "groups_claim", "links_by_email")
            if (value := getattr(self, name, None)) is not None
        }
        if self.was_sent("client_secret"):
            secret = self.client_secret
            given["client_secret"] = None if secret is None else Secret(secret.get_secret_value())
        if self.was_sent("default_role"):
            role = self.default_role
            given["default_role"] = (
                None if role is None else msgspec.convert(role, WorkspaceGrant, from_attributes=True)
            )
        if self.group_roles is not None:
            given["group_roles"] = tuple(
                msgspec.convert(each, GroupRole, from_attributes=True) for each in self.group_roles
            )
        return ProviderDraft(
            **given,
            scopes=UNSET if self.scopes is None else tuple(self.scopes),
            is_enabled=UNSET if self.enabled is None else self.enabled,
        )


class IdentityProviderCreateRequest(_ProviderFields):
    """A new identity provider. Its discovery document is read at once: `issuer` must be what that says."""

    example: ClassVar[dict[str, Any]] = {
        "slug": "okta",
        "name": "Okta",
        "issuer": "https://example.okta.com",
        "clientId": "0oa1b2c3d4",
        "clientSecret": "…",
        "groupRoles": [{"group": "engineering", "workspaceId": EXAMPLE_ID, "role": "member"}],
    }

    slug: _Slug
    name: GivenName
    issuer: _Issuer
    client_id: _ClientId


class IdentityProviderUpdateRequest(_ProviderFields):
    """What is to change of an identity provider. With another `issuer`, the client secret is needed again."""

    example: ClassVar[dict[str, Any]] = {"name": "Okta, Europe", "linksByEmail": True}

    slug: _Slug | None = None
    name: GivenName | None = None
    issuer: _Issuer | None = None
    client_id: _ClientId | None = None


class WorkspaceRoleResponse(ResponseBody):
    """A role in a workspace."""

    workspace_id: str
    role: GrantableRole


class GroupRoleResponse(WorkspaceRoleResponse):
    """The role that the people of a group have in a workspace."""

    group: str


class IdentityProviderResponse(ResponseBody):
    """An identity provider. `redirectUri` is what it must be told."""

    id: str
    slug: str
    name: str
    issuer: str
    client_id: str
    client_secret_mask: str | None
    scopes: list[str]
    groups_claim: str
    group_roles: list[GroupRoleResponse]
    default_role: WorkspaceRoleResponse | None
    links_by_email: bool
    enabled: bool
    redirect_uri: str
    scim_url: str
    scim_token_mask: str | None
    revision: int
    created_by: str
    created_at: Moment
    updated_at: Moment

    @classmethod
    def of(cls, record: ProviderRecord) -> IdentityProviderResponse:
        """From the record."""
        return cast("IdentityProviderResponse", super().of(Beside(record, enabled=record.is_enabled)))


class ScimTokenResponse(ResponseBody):
    """A new SCIM token, which is shown this once."""

    token: str
    scim_url: str
