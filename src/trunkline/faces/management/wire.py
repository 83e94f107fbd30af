"""What goes over the wire of the management face."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, SecretStr, StrictBool, StringConstraints

from trunkline.core.actor import Role, Scope
from trunkline.core.chat import JsonValue
from trunkline.faces.http.wire import GivenId, GivenMoment, GivenName, Moment, RequestBody, ResponseBody

Email = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=320)]
Password = Annotated[SecretStr, Field(max_length=1024, description="8 to 256 characters, any of Unicode.")]
Token = Annotated[SecretStr, Field(min_length=1, max_length=512)]


class LoginRequest(RequestBody):
    """A sign-in."""

    example: ClassVar[dict[str, Any]] = {"email": "ann@example.com", "password": "correct horse battery staple"}

    email: Email
    password: Password


class SignupRequest(RequestBody):
    """A stranger's account."""

    example: ClassVar[dict[str, Any]] = {
        "email": "ann@example.com",
        "password": "correct horse battery staple",
        "name": "Ann",
    }

    email: Email
    password: Password
    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=255)] = ""


class SetupRequest(RequestBody):
    """The end of set-up."""

    example: ClassVar[dict[str, Any]] = {
        "token": "tl-setup-…",
        "email": "ann@example.com",
        "password": "correct horse battery staple",
    }

    token: Token
    email: Email
    password: Password


class SessionRefreshRequest(RequestBody):
    """A refresh token; it works once."""

    example: ClassVar[dict[str, Any]] = {"refreshToken": "tl-refresh-…"}

    refresh_token: Token


class LocalSessionRequest(RequestBody):
    """Who owns the data folder, with what shows it (`control.people.local_proof`)."""

    proof: Token


class LocalSessionResponse(ResponseBody):
    """What a command goes on with."""

    access_token: str
    expires_in: int


class LogoutRequest(RequestBody):
    """How far signing out goes."""

    example: ClassVar[dict[str, Any]] = {"everywhere": True}

    everywhere: StrictBool = Field(False, description="End all of the user's sessions, not only this one.")


class PasswordUpdateRequest(RequestBody):
    """A new password."""

    example: ClassVar[dict[str, Any]] = {"currentPassword": "a short old one", "newPassword": "a longer and better one"}

    current_password: Password
    new_password: Password


class UserResponse(ResponseBody):
    """A user. `role` is that of the installation."""

    id: str
    email: str
    name: str
    role: str
    created_at: Moment
    disabled_at: Moment | None


class SessionResponse(ResponseBody):
    """A session. `expiresIn` is the access token's lifetime in seconds."""

    access_token: str
    refresh_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the name of a scheme
    expires_in: int
    user: UserResponse


class WorkspaceResponse(ResponseBody):
    """A workspace, and the caller's role in it."""

    id: str
    name: str
    role: str
    personal: bool
    default_configuration_id: str | None
    created_at: Moment
    updated_at: Moment


class ActorResponse(ResponseBody):
    """How the request was made."""

    kind: Literal["user", "key"]
    workspace_id: str
    role: str
    scope: str
    key_id: str | None
    application_id: str | None


class MeResponse(ResponseBody):
    """Who asks, and where they work."""

    user: UserResponse
    workspaces: list[WorkspaceResponse]
    actor: ActorResponse


class UserCreateRequest(RequestBody):
    """A new user."""

    read_only: ClassVar[frozenset[str]] = frozenset({"id", "createdAt", "disabledAt"})
    example: ClassVar[dict[str, Any]] = {
        "email": "bob@example.com",
        "password": "correct horse battery staple",
        "name": "Bob",
    }

    email: Email
    password: Password
    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=255)] = ""
    role: Literal["admin", "user"] = "user"


class UserUpdateRequest(RequestBody):
    """What is to change of a user."""

    read_only: ClassVar[frozenset[str]] = frozenset({"id", "email", "createdAt", "disabledAt"})
    example: ClassVar[dict[str, Any]] = {"name": "Bob", "disabled": False}

    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=255)] | None = None
    role: Literal["admin", "user"] | None = None
    disabled: StrictBool | None = None
    password: Password | None = None


class EndedSessionsResponse(ResponseBody):
    """How many sessions ended."""

    success: Literal[True] = True
    sessions: int


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
    """An invitation with its token, which is shown this once: hand it to who is invited."""

    token: str


class InvitationAcceptRequest(RequestBody):
    """An invitation's token. `name` and `password` make an account; who has one signs in instead."""

    example: ClassVar[dict[str, Any]] = {
        "token": "tl-invitation-…",
        "name": "Cleo",
        "password": "correct horse battery staple",
    }

    token: Token
    name: GivenName | None = None
    password: Password | None = None


class InvitationAcceptResponse(ResponseBody):
    """The workspace that one belongs to now; for a new account also its first session."""

    workspace: WorkspaceResponse
    session: SessionResponse | None


class KeyCreateRequest(RequestBody):
    """A new API key. Without `models` it may use any; without `expiresAt` it does not expire."""

    read_only: ClassVar[frozenset[str]] = frozenset({"id", "key", "userId", "createdAt", "lastUsedAt"})
    example: ClassVar[dict[str, Any]] = {
        "name": "Help desk, production",
        "scope": "call",
        "expiresAt": "2099-12-31T00:00:00Z",
    }

    name: GivenName
    scope: Scope = "call"
    application_id: GivenId | None = None
    workspace_id: GivenId | None = None
    models: Annotated[tuple[GivenName, ...], Field(max_length=100)] = ()
    expires_at: GivenMoment | None = None


class KeyResponse(ResponseBody):
    """An API key. `key` is the key itself in the answer that makes it, and its mask ever after.

    `warnings` say which of `models` cannot be called now, and what was perhaps meant.
    """

    id: str
    name: str
    key: str
    scope: str
    workspace_id: str
    application_id: str | None
    user_id: str
    models: list[str]
    created_at: Moment
    expires_at: Moment | None
    last_used_at: Moment | None
    warnings: list[str]


class EncryptionKeyResponse(ResponseBody):
    """The public key to seal provider keys with (RFC 9180); `publicKey` is base64url of 32 bytes."""

    kid: str
    kem: int
    kdf: int
    aead: int
    public_key: str
    instance: str


class AuditEventResponse(ResponseBody):
    """An event of the audit log."""

    id: str
    at: Moment
    workspace_id: str | None
    actor_kind: str
    actor_id: str | None
    key_id: str | None
    action: str
    target_type: str
    target_id: str | None
    outcome: str
    before: dict[str, JsonValue] | None
    after: dict[str, JsonValue] | None
    address: str | None
    request_id: str | None
    actor_name: str | None = Field(description="The actor's email address.")
    key_name: str | None
    target_name: str | None = Field(description="What the target is called, or was when it was deleted.")
