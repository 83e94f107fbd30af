"""Workspaces, their members and invitations on the wire."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from trunkline.core.actor import Role
from trunkline.faces.http.wire import GivenId, GivenName, Moment, RequestBody, ResponseBody
from trunkline.faces.management.user_wire import Email


class WorkspaceResponse(ResponseBody):
    """A workspace, and the caller's role in it."""

    id: str
    name: str
    role: str
    personal: bool
    default_configuration_id: str | None
    created_at: Moment
    updated_at: Moment


class WorkspaceCountsResponse(ResponseBody):
    """How many things of a workspace the caller sees. `null`: the caller may not list them."""

    configurations: int | None
    routes: int | None
    features: int | None
    running_experiments: int | None
    open_alerts: int | None


class WorkspaceCreateRequest(RequestBody):
    """A new workspace."""

    read_only: ClassVar[frozenset[str]] = frozenset({"id", "role", "personal", "createdAt", "updatedAt"})
    example: ClassVar[dict[str, Any]] = {"name": "Support team"}

    name: GivenName


class WorkspaceUpdateRequest(RequestBody):
    """What is to change of a workspace. `defaultConfigurationId` null takes the default away."""

    read_only: ClassVar[frozenset[str]] = WorkspaceCreateRequest.read_only
    example: ClassVar[dict[str, Any]] = {"name": "Support team"}

    name: GivenName | None = None
    default_configuration_id: GivenId | None = None


class MemberResponse(ResponseBody):
    """A member of a workspace."""

    user_id: str
    email: str
    name: str
    role: str
    joined_at: Moment


class MemberUpdateRequest(RequestBody):
    """A member's role."""

    read_only: ClassVar[frozenset[str]] = frozenset({"userId", "email", "name", "joinedAt"})
    example: ClassVar[dict[str, Any]] = {"role": "member"}

    role: Role


class InvitationCreateRequest(RequestBody):
    """Whom to invite, as what."""

    read_only: ClassVar[frozenset[str]] = frozenset({"id", "invitedBy", "createdAt", "expiresAt"})
    example: ClassVar[dict[str, Any]] = {"email": "cleo@example.com", "role": "viewer"}

    email: Email
    role: Role = "member"


class InvitationResponse(ResponseBody):
    """An open invitation."""

    id: str
    email: str
    role: str
    invited_by: str
    created_at: Moment
    expires_at: Moment


class InvitationCreateResponse(InvitationResponse):
    """An invitation with its token, which is shown this once: hand it to who is invited, unless it was emailed."""

    token: str
    emailed: Annotated[
        bool,
        Field(description="Whether the link was sent to that address. `false` also where no email is sent at all."),
    ]
    email_problem: Annotated[
        str | None,
        Field(
            description="Why the link could not be sent; hand it on yourself. `null` where it was, or no email is sent."
        ),
    ]
