"""Who asks, and whether they may: the two dependencies that every route has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final

from fastapi import Depends, Query
from fastapi.security import HTTPBearer
from starlette.requests import Request

from trunkline.core.access import ACTIONS, check
from trunkline.core.actor import Actor
from trunkline.core.errors import Forbidden, InvalidInput, NotFound, Unauthenticated
from trunkline.core.secret import Secret
from trunkline.faces.http.query import refuse_unknown
from trunkline.faces.http.refusal import remember_action, remember_actor
from trunkline.faces.http.services import services_of

KNOWN: Final = "trunkline.known"
"""The key of the scope under which our server waits to hear that the caller is no stranger."""

WORKSPACE_HEADER: Final = "x-trunkline-workspace"
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_CALLS: Final = frozenset({"call", "features.run", "mcp.use", "mcp.call"})
"""What changes nothing although it is no GET, and is asked for as often as its users like."""


_SCHEME: Final = HTTPBearer(
    auto_error=False, scheme_name="token", description="An access token from `POST /api/auth/login`, or an API key."
)
"""For the description of the API alone: the header is read below, together with the others that clients use."""


async def identify(request: Request, _: Annotated[Any, Depends(_SCHEME)] = None) -> Actor:
    """The actor behind the request's credential. :class:`Unauthenticated` without a good one.

    A path below a workspace is in that workspace, whatever ``X-Trunkline-Workspace`` says. Changes are counted here,
    because here is known who makes them.
    """
    services = services_of(request)
    credential = find_credential(request)
    if credential is None:
        raise Unauthenticated("Send an access token or an API key: `Authorization: Bearer …`.")
    in_path: str | None = request.path_params.get("workspace_id")
    wanted = in_path or request.headers.get(WORKSPACE_HEADER)
    try:
        actor = services.identity.actor(credential.reveal(), wanted.lower() if wanted else None)
    except (NotFound, Forbidden) as error:
        # Known, but not in that workspace: the attempt is noted where the caller is at home.
        remember_actor(request, services.identity.actor(credential.reveal()))
        remember_action(request, "workspaces.read")
        if in_path is not None:
            raise NotFound("There is no workspace of that id among yours.") from error
        raise
    remember_actor(request, actor)
    known: Callable[[], None] | None = request.scope.get(KNOWN)
    if known is not None:
        known()
    if request.method not in _SAFE and not _is_call(request):
        services.writes.take(actor.key_id or actor.user_id)
    return actor


def find_credential(request: Request) -> Secret | None:
    """The credential of a request, from whichever header its client puts it in.

    ``Authorization: Bearer``, ``x-api-key`` and ``x-goog-api-key`` are read. :class:`InvalidInput` when two differ:
    one of them would be ignored, and which one is not for us to guess.
    """
    found: set[str] = set()
    for value in request.headers.getlist("authorization"):
        scheme, _, token = value.strip().partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Unauthenticated("The Authorization header must be `Bearer` and a token.")
        found.add(token.strip())
    for name in ("x-api-key", "x-goog-api-key"):
        found.update(value.strip() for value in request.headers.getlist(name) if value.strip())
    if len(found) > 1:
        raise InvalidInput("The request carries two different credentials. Send one.")
    return Secret(found.pop()) if found else None


ActorDep = Annotated[Actor, Depends(identify)]
"""Who asks. A route with it answers 401 to everybody else."""


async def identify_reader(
    request: Request,
    conversation_id: str,
    ticket: Annotated[
        str | None, Query(description="From `POST …/tickets`, where headers cannot be set: an `EventSource`.")
    ] = None,
    _: Annotated[Any, Depends(_SCHEME)] = None,
) -> Actor:
    """As :func:`identify`, or by a ticket in the address, which is good once."""
    if ticket is None or find_credential(request) is not None:
        return await identify(request)
    actor = await services_of(request).tickets.redeem(ticket, conversation_id.lower())
    remember_actor(request, actor)
    known: Callable[[], None] | None = request.scope.get(KNOWN)
    if known is not None:
        known()
    return actor


ReaderDep = Annotated[Actor, Depends(identify_reader)]
"""Who reads a stream of a conversation."""


async def asks_everywhere(request: Request) -> bool:
    """For what spans workspaces: whether a request is about all of the caller's. It is, unless its header names one."""
    return WORKSPACE_HEADER not in request.headers


EverywhereDep = Annotated[bool, Depends(asks_everywhere)]


async def identify_if_any(request: Request) -> Actor | None:
    """The actor, if the request carries a credential; a bad one is refused all the same."""
    return None if find_credential(request) is None else await identify(request)


MaybeActorDep = Annotated[Actor | None, Depends(identify_if_any)]
"""Who asks, on the few routes that strangers may use too."""


class Permission:
    """That the actor may do ``action``. A route's permission is also how tests and the reference page know it."""

    def __init__(self, action: str) -> None:
        if action not in ACTIONS:
            raise ValueError(f"{action!r} is not in core.access.ACTIONS")
        self.action = action

    async def __call__(self, request: Request, actor: ActorDep) -> Actor:
        """Refuse with :class:`Forbidden` unless the actor may."""
        remember_action(request, self.action)
        check(actor, self.action)
        refuse_unknown(request)
        return actor


class ReaderPermission(Permission):
    """The same for a reader of a stream."""

    async def __call__(self, request: Request, actor: ReaderDep) -> Actor:
        """Refuse with :class:`Forbidden` unless the actor may."""
        return await super().__call__(request, actor)


def _is_call(request: Request) -> bool:
    """Whether the route of ``request`` is one of a call, by its permission."""
    dependencies: Sequence[Any] = getattr(request.scope.get("route"), "dependencies", ())
    asked = (dependency.dependency for dependency in dependencies)
    return any(isinstance(each, Permission) and each.action in _CALLS for each in asked)


def allow_reader(action: str) -> Any:
    """As :func:`allow`, for a stream that a ticket opens too."""
    return Depends(ReaderPermission(action))


def allow(action: str) -> Any:
    """The dependency that lets only those in who may do ``action``; for a route's ``dependencies``."""
    return Depends(Permission(action))
