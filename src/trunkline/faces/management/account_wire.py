"""Accounts and sessions on the wire."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, SecretStr, StrictBool, StringConstraints

from trunkline.control.record import Beside
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.faces.http.wire import GivenName, Moment, RequestBody, ResponseBody
from trunkline.faces.management.user_wire import Email, Password, UserResponse
from trunkline.faces.management.workspace_wire import WorkspaceResponse

Token = Annotated[SecretStr, Field(min_length=1, max_length=512)]


class SessionBody(RequestBody):
    """What begins or continues a session."""

    cookie: StrictBool = Field(
        False,
        description="For pages of this server: puts the refresh token into an `HttpOnly` cookie, and not into the"
        " response.",
    )


class LoginRequest(SessionBody):
    """A sign-in."""

    example: ClassVar[dict[str, Any]] = {"email": "ann@example.com", "password": "correct horse battery staple"}

    email: Email
    password: Password


class SignupRequest(SessionBody):
    """A stranger's account."""

    example: ClassVar[dict[str, Any]] = {
        "email": "ann@example.com",
        "password": "correct horse battery staple",
        "name": "Ann",
    }

    email: Email
    password: Password
    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=255)] = ""


class SetupRequest(SessionBody):
    """The end of set-up."""

    example: ClassVar[dict[str, Any]] = {
        "token": "tl-setup-…",
        "email": "ann@example.com",
        "password": "correct horse battery staple",
    }

    token: Token
    email: Email
    password: Password


class SessionRefreshRequest(SessionBody):
    """A refresh token; it works once. With `cookie`, the cookie's is meant where none is given."""

    example: ClassVar[dict[str, Any]] = {"refreshToken": "tl-refresh-…"}

    refresh_token: Token | None = None


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


class SessionResponse(ResponseBody):
    """A session. `expiresIn` is the access token's lifetime in seconds; `refreshToken` is null if a cookie has it."""

    access_token: str
    refresh_token: str | None
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the name of a scheme
    expires_in: int
    user: UserResponse


class ActorResponse(ResponseBody):
    """How the request was made."""

    kind: Literal["user", "key"]
    workspace_id: str
    role: str
    scope: str
    key_id: str | None
    application_id: str | None
    may: list[str] = Field(
        description="What the caller may do in the workspace: actions, such as `routes.change`. Some also depend on"
        " whose a thing is."
    )

    @classmethod
    def of(cls, record: Actor, /) -> Self:
        """The actor, with what it may do."""
        return super().of(Beside(record, may=access.list_allowed(record)))


class SignOnOptionResponse(ResponseBody):
    """An identity provider by which one may sign in: a browser is sent to `/api/auth/sso/{slug}`."""

    slug: str
    name: str


class SignInOptionsResponse(ResponseBody):
    """What a stranger may do here: make an account, ask for a new password, set the installation up."""

    signup: bool = Field(description="Whether strangers may make an account.")
    password_reset: bool = Field(description="Whether a link to a new password is sent by email.")
    set_up: bool = Field(description="Whether the installation is set up: somebody has set a password.")
    password_sign_in: Literal["everyone", "administrators"] = Field(description="Who may sign in by password.")
    sign_on: list[SignOnOptionResponse] = Field(description="The identity providers by which one may sign in.")


class OwnSessionResponse(ResponseBody):
    """Where one is signed in."""

    id: str
    user_agent: str = Field(description="What the program that signed in called itself.")
    created_at: Moment
    last_used_at: Moment
    expires_at: Moment
    current: bool = Field(description="Whether it is the session that asks.")


class PasswordForgottenRequest(RequestBody):
    """Whose password is forgotten."""

    example: ClassVar[dict[str, Any]] = {"email": "ann@example.com"}

    email: Email


class PasswordResetRequest(SessionBody):
    """The token of the link that was sent, and the new password."""

    example: ClassVar[dict[str, Any]] = {"token": "tlo-…", "password": "correct horse battery staple"}

    token: Token
    password: Password


class MeResponse(ResponseBody):
    """Who asks, and where they work."""

    user: UserResponse
    workspaces: list[WorkspaceResponse]
    actor: ActorResponse


class InvitationAcceptRequest(SessionBody):
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
