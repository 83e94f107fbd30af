"""Attempts that were refused go to the audit log, wherever in a request they were refused."""

from __future__ import annotations

from typing import Final, cast

from starlette.requests import Request

from trunkline.core.actor import Actor
from trunkline.core.errors import Forbidden, NotFound, TrunklineError, Unavailable
from trunkline.core.ids import is_id
from trunkline.faces.http.services import services_of
from trunkline.logs import get_logger

HIDDEN: Final = "hidden"
"""The code of a NotFound that is known to hide something: what it is about may stand in a body, not in the address."""

_log: Final = get_logger(__name__)


def remember_actor(request: Request, actor: Actor) -> None:
    """Note who asks, for whoever handles an error of this request later."""
    request.scope.setdefault("state", {})["actor"] = actor


def remember_action(request: Request, action: str) -> None:
    """Note what is asked for."""
    request.scope.setdefault("state", {})["action"] = action


def actor_of(request: Request) -> Actor | None:
    """Who asks, if that is known by now."""
    return cast("Actor | None", request.scope.get("state", {}).get("actor"))


async def note_refusal(request: Request, error: TrunklineError) -> None:
    """Add an event with the outcome ``refused``, if ``error`` is a refusal.

    Forbidden is one. NotFound is one when something with an id of this request exists out of the caller's reach; an id
    that nobody has is a slip of the pen.
    """
    action = cast("str | None", request.scope.get("state", {}).get("action"))
    actor = actor_of(request)
    if action is None or actor is None or not isinstance(error, (Forbidden, NotFound)):
        return
    given = (
        *request.path_params.values(),
        *request.query_params.values(),
        request.headers.get("x-trunkline-workspace", ""),
    )
    ids = [str(value) for value in given if is_id(str(value))]
    target = ids[0] if ids else None
    services = services_of(request)
    try:
        # Where the caller works is no secret from it, and says nothing of what it did not find there.
        hidden = [given for given in ids if given.lower() != actor.workspace_id]
        if isinstance(error, NotFound) and error.code != HIDDEN and not await services.audit.is_hidden(hidden):
            return
        # As the events of changes name it, so that one filter finds both.
        kind = action.partition(".")[0].removesuffix("s")
        await services.audit.refused(actor, action, target=(kind, target))
    except Unavailable:
        # The refusal stands without its note: a database that is down must not turn a 403 into a 503.
        _log.warning("refusal_not_recorded", action=action)
