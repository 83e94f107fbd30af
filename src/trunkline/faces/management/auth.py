"""``/api/auth``: signing in and out, one's account, set-up, accepting an invitation."""

from __future__ import annotations

from fastapi import BackgroundTasks, Request, Response

from trunkline.control.people.registration import UserRecord
from trunkline.control.people.sessions import LEEWAY, SignIn
from trunkline.control.workspaces.workspaces import WorkspaceRecord
from trunkline.core.errors import InvalidInput
from trunkline.core.secret import Secret
from trunkline.faces.http.auth import ActorDep, MaybeActorDep, allow
from trunkline.faces.http.paging import OptionalPageDep, PageDep, link_next
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import SuccessResponse
from trunkline.faces.management.account_wire import (
    ActorResponse,
    InvitationAcceptRequest,
    InvitationAcceptResponse,
    LocalSessionRequest,
    LocalSessionResponse,
    LoginRequest,
    LogoutRequest,
    MeResponse,
    OwnSessionResponse,
    PasswordForgottenRequest,
    PasswordResetRequest,
    PasswordUpdateRequest,
    SessionBody,
    SessionRefreshRequest,
    SessionResponse,
    SetupRequest,
    SignInOptionsResponse,
    SignOnOptionResponse,
    SignupRequest,
)
from trunkline.faces.management.session_cookie import read_cookie, remove_cookie, set_cookie
from trunkline.faces.management.user_wire import UserResponse
from trunkline.faces.management.workspace_wire import WorkspaceResponse

router = Router(prefix="/api/auth", tags=["Account"])


@router.post("/login")
async def log_in(services: ServicesDep, given: LoginRequest, request: Request, response: Response) -> SessionResponse:
    """Sign in by email address and password."""
    password = given.password.get_secret_value()
    signed_in = await services.sessions.log_in(given.email, password, user_agent=_agent(request))
    return _answer(given, signed_in, request, response)


@router.post(
    "/refresh",
    response_model=SessionResponse,
    responses={204: {"description": "With `cookie`: there is no session in this browser."}},
)
async def refresh_session(
    services: ServicesDep, given: SessionRefreshRequest, request: Request, response: Response
) -> SessionResponse | Response:
    """Exchange a refresh token, which works once, for the next pair of tokens."""
    if given.refresh_token is not None:
        signed_in = await services.sessions.refresh(Secret(given.refresh_token.get_secret_value()))
    elif given.cookie:
        kept = read_cookie(request)
        if kept is None:
            # Every page asks so when it is opened, also by who is not signed in: browsers would show them an error.
            return Response(status_code=204)
        signed_in = await services.sessions.refresh(kept, leeway=LEEWAY)
    else:
        raise InvalidInput.of("refreshToken", "is required, unless `cookie` is true")
    return _answer(given, signed_in, request, response)


@router.post("/logout", dependencies=[allow("account.change")])
async def log_out(
    services: ServicesDep, actor: ActorDep, request: Request, response: Response, given: LogoutRequest | None = None
) -> SuccessResponse:
    """End the session that asks, or all of the user's."""
    await services.sessions.log_out(actor, everywhere=given is not None and given.everywhere)
    remove_cookie(request, response)
    return SuccessResponse()


# For the command line of this machine, which is of the same version: no part of the API that others may build on.
@router.post("/local", status_code=201, include_in_schema=False)
async def begin_local_session(services: ServicesDep, given: LocalSessionRequest) -> LocalSessionResponse:
    """Sign in as the first administrator, with a proof that one owns the data folder."""
    session = await services.local_sessions.begin(Secret(given.proof.get_secret_value()))
    return LocalSessionResponse(access_token=session.access_token.reveal(), expires_in=session.expires_in)


@router.delete("/local", dependencies=[allow("account.change")], include_in_schema=False)
async def end_local_session(services: ServicesDep, actor: ActorDep) -> SuccessResponse:
    """End the session that asks."""
    await services.local_sessions.end(actor)
    return SuccessResponse()


@router.post("/password", dependencies=[allow("account.change")])
async def update_password(services: ServicesDep, given: PasswordUpdateRequest, actor: ActorDep) -> SuccessResponse:
    """Replace one's password; all other sessions end."""
    await services.accounts.update_password(
        actor, given.current_password.get_secret_value(), given.new_password.get_secret_value()
    )
    return SuccessResponse()


@router.post("/password/forgot")
async def forget_password(
    services: ServicesDep, given: PasswordForgottenRequest, background: BackgroundTasks
) -> SuccessResponse:
    """Have a link to a new password sent by email, where the installation sends any.

    The response is the same whether there is such an account or not.
    """
    address = services.password_resets.admit(given.email)
    background.add_task(services.password_resets.send, address)
    return SuccessResponse()


@router.post("/password/reset")
async def reset_password(
    services: ServicesDep, given: PasswordResetRequest, request: Request, response: Response
) -> SessionResponse:
    """Set a new password by the token of the link; all sessions end, and a new one begins."""
    signed_in = await services.password_resets.finish(
        Secret(given.token.get_secret_value()), given.password.get_secret_value(), user_agent=_agent(request)
    )
    return _answer(given, signed_in, request, response)


@router.get("/options")
async def get_sign_in_options(services: ServicesDep) -> SignInOptionsResponse:
    """What a stranger may do here. Needs no key."""
    return SignInOptionsResponse(
        signup=services.settings.signup == "open" and services.sessions.takes_password_of("user"),
        password_reset=services.password_resets.possible,
        set_up=not await services.setup.is_unfinished(),
        password_sign_in=services.settings.password_sign_in,
        sign_on=[SignOnOptionResponse.of(option) for option in await services.sign_on.list_options()],
    )


@router.get("/sessions", dependencies=[allow("account.change")])
async def list_sessions(
    services: ServicesDep, actor: ActorDep, request: Request, response: Response, page: PageDep
) -> list[OwnSessionResponse]:
    """Where one is signed in, the newest first."""
    found = await services.sessions.list(actor, page)
    link_next(request, response, found)
    return [OwnSessionResponse.of(record) for record in found.items]


@router.delete("/sessions/{session_id}", dependencies=[allow("account.change")])
async def end_session(services: ServicesDep, actor: ActorDep, session_id: str) -> SuccessResponse:
    """End one of one's own sessions, on a device that one no longer has."""
    await services.sessions.end(actor, session_id)
    return SuccessResponse()


@router.post("/signup", status_code=201)
async def sign_up(services: ServicesDep, given: SignupRequest, request: Request, response: Response) -> SessionResponse:
    """Make an account, where sign-up is open."""
    password = given.password.get_secret_value()
    signed_in = await services.accounts.sign_up(given.email, password, given.name, user_agent=_agent(request))
    return _answer(given, signed_in, request, response)


@router.post("/setup")
async def set_up(services: ServicesDep, given: SetupRequest, request: Request, response: Response) -> SessionResponse:
    """Set the first administrator's address and password, with the token that the first start printed."""
    signed_in = await services.setup.finish(
        Secret(given.token.get_secret_value()),
        given.email,
        given.password.get_secret_value(),
        user_agent=_agent(request),
    )
    return _answer(given, signed_in, request, response)


@router.get("/me", dependencies=[allow("account.read")])
async def get_me(
    services: ServicesDep, request: Request, response: Response, actor: ActorDep, page: OptionalPageDep
) -> MeResponse:
    """Who asks, and their workspaces and roles."""
    me = await services.accounts.describe(actor, page)
    link_next(request, response, me.workspaces)
    return MeResponse(
        user=write_user(me.user),
        workspaces=[write_workspace(view) for view in me.workspaces.items],
        actor=ActorResponse.of(me.actor),
    )


@router.post("/invitations/accept")
async def accept_invitation(
    services: ServicesDep, given: InvitationAcceptRequest, actor: MaybeActorDep, request: Request, response: Response
) -> InvitationAcceptResponse:
    """Join a workspace: signed in, or with a name and a password for a new account."""
    password = given.password.get_secret_value() if given.password is not None else None
    accepted = await services.invitations.accept(
        actor, Secret(given.token.get_secret_value()), given.name, password, user_agent=_agent(request)
    )
    return InvitationAcceptResponse(
        workspace=write_workspace(accepted.workspace),
        session=_answer(given, accepted.sign_in, request, response) if accepted.sign_in else None,
    )


def _answer(given: SessionBody, sign_in: SignIn, request: Request, response: Response) -> SessionResponse:
    """A session on the wire: the one place where its tokens are shown."""
    if given.cookie:
        set_cookie(request, response, sign_in)
    return SessionResponse(
        access_token=sign_in.access_token.reveal(),
        refresh_token=None if given.cookie else sign_in.refresh_token.reveal(),
        expires_in=sign_in.expires_in,
        user=write_user(sign_in.user),
    )


def write_user(view: UserRecord) -> UserResponse:
    """A user on the wire."""
    return UserResponse.model_validate(view)


def write_workspace(view: WorkspaceRecord) -> WorkspaceResponse:
    """A workspace on the wire."""
    return WorkspaceResponse.model_validate(view)


def _agent(request: Request) -> str:
    return request.headers.get("user-agent", "")
