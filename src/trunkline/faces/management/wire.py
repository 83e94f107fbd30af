"""What goes over the wire of the management face."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, SecretStr, StrictBool, StringConstraints

from trunkline.core.actor import Role, Scope
from trunkline.core.chat import JsonValue
from trunkline.faces.http.wire import Answer, Given, GivenId, GivenMoment, GivenName, Moment

Email = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=320)]
Password = Annotated[SecretStr, Field(max_length=1024, description="8 to 256 characters, any of Unicode.")]
Token = Annotated[SecretStr, Field(min_length=1, max_length=512)]


class Done(Answer):
    """That it was done."""

    success: Literal[True] = True


class GivenLogin(Given):
    """A sign-in."""

    example: ClassVar[dict[str, Any]] = {"email": "ann@example.com", "password": "correct horse battery staple"}

    email: Email
    password: Password


class GivenSignup(Given):
    """A stranger's account."""

    example: ClassVar[dict[str, Any]] = {
        "email": "ann@example.com",
        "password": "correct horse battery staple",
        "name": "Ann",
    }

    email: Email
    password: Password
    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=255)] = ""


class GivenSetup(Given):
    """The end of set-up."""

    example: ClassVar[dict[str, Any]] = {
        "token": "tl-setup-…",
        "email": "ann@example.com",
        "password": "correct horse battery staple",
    }

    token: Token
    email: Email
    password: Password


class GivenRefresh(Given):
    """A refresh token; it works once."""

    example: ClassVar[dict[str, Any]] = {"refreshToken": "tl-refresh-…"}

    refresh_token: Token


class GivenLogout(Given):
    """How far signing out goes."""

    example: ClassVar[dict[str, Any]] = {"everywhere": True}

    everywhere: StrictBool = Field(False, description="End all of the user's sessions, not only this one.")


class GivenPassword(Given):
    """A new password."""

    example: ClassVar[dict[str, Any]] = {"currentPassword": "a short old one", "newPassword": "a longer and better one"}

    current_password: Password
    new_password: Password


class UserAnswer(Answer):
    """A user. `role` is that of the installation."""

    id: str
    email: str
    name: str
    role: str
    created_at: Moment
    disabled_at: Moment | None


class SignInAnswer(Answer):
    """A session. `expiresIn` is the access token's lifetime in seconds."""

    access_token: str
    refresh_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the name of a scheme
    expires_in: int
    user: UserAnswer


class WorkspaceAnswer(Answer):
    """A workspace, and the caller's role in it."""

    id: str
    name: str
    role: str
    personal: bool
    default_configuration_id: str | None
    created_at: Moment
    updated_at: Moment


class ActorAnswer(Answer):
    """How the request was made."""

    kind: Literal["user", "key"]
    workspace_id: str
    role: str
    scope: str
    key_id: str | None
    application_id: str | None


class MeAnswer(Answer):
    """Who asks, and where they work."""

    user: UserAnswer
    workspaces: list[WorkspaceAnswer]
    actor: ActorAnswer


class GivenUser(Given):
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


class GivenUserChange(Given):
    """What is to change of a user."""

    read_only: ClassVar[frozenset[str]] = frozenset({"id", "email", "createdAt", "disabledAt"})
    example: ClassVar[dict[str, Any]] = {"name": "Bob", "disabled": False}

    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=255)] | None = None
    role: Literal["admin", "user"] | None = None
    disabled: StrictBool | None = None
    password: Password | None = None


class SessionsAnswer(Answer):
    """How many sessions ended."""

    success: Literal[True] = True
    sessions: int


class GivenWorkspace(Given):
    """A new workspace."""

    read_only: ClassVar[frozenset[str]] = frozenset({"id", "role", "personal", "createdAt", "updatedAt"})
    example: ClassVar[dict[str, Any]] = {"name": "Support team"}

    name: GivenName


class GivenWorkspaceChange(Given):
    """What is to change of a workspace. `defaultConfigurationId` null takes the default away."""

    read_only: ClassVar[frozenset[str]] = GivenWorkspace.read_only
    example: ClassVar[dict[str, Any]] = {"name": "Support team"}

    name: GivenName | None = None
    default_configuration_id: GivenId | None = None


class MemberAnswer(Answer):
    """A member of a workspace."""

    user_id: str
    email: str
    name: str
    role: str
    joined_at: Moment


class GivenMember(Given):
    """A member's role."""

    read_only: ClassVar[frozenset[str]] = frozenset({"userId", "email", "name", "joinedAt"})
    example: ClassVar[dict[str, Any]] = {"role": "member"}

    role: Role


class GivenInvitation(Given):
    """Whom to invite, as what."""

    read_only: ClassVar[frozenset[str]] = frozenset({"id", "invitedBy", "createdAt", "expiresAt"})
    example: ClassVar[dict[str, Any]] = {"email": "cleo@example.com", "role": "viewer"}

    email: Email
    role: Role = "member"


class InvitationAnswer(Answer):
    """An open invitation."""

    id: str
    email: str
    role: str
    invited_by: str
    created_at: Moment
    expires_at: Moment


class NewInvitationAnswer(InvitationAnswer):
    """An invitation with its token, which is shown this once: hand it to who is invited."""

    token: str


class GivenAcceptance(Given):
    """An invitation's token. `name` and `password` make an account; who has one signs in instead."""

    example: ClassVar[dict[str, Any]] = {
        "token": "tl-invitation-…",
        "name": "Cleo",
        "password": "correct horse battery staple",
    }

    token: Token
    name: GivenName | None = None
    password: Password | None = None


class AcceptanceAnswer(Answer):
    """The workspace that one belongs to now; for a new account also its first session."""

    workspace: WorkspaceAnswer
    session: SignInAnswer | None


class GivenKey(Given):
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


class KeyAnswer(Answer):
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


class EncryptionKeyAnswer(Answer):
    """The public key to seal provider keys with (RFC 9180); `publicKey` is base64url of 32 bytes."""

    kid: str
    kem: int
    kdf: int
    aead: int
    public_key: str
    instance: str


class AuditAnswer(Answer):
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
