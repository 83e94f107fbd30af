"""Where a request is about: all workspaces of who asks, or one of them; and who the caller is where a policy is."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from trunkline.core.actor import Actor
from trunkline.faces.http.auth import WORKSPACE_HEADER, ActorDep
from trunkline.faces.http.refusal import remember_actor
from trunkline.faces.http.services import services_of
from trunkline.faces.http.wire import PathId


async def asks_everywhere(request: Request) -> bool:
    """Whether the request is about all of one's workspaces: it is, unless it names one in ``X-Trunkline-Workspace``."""
    return WORKSPACE_HEADER not in request.headers


EverywhereDep = Annotated[bool, Depends(asks_everywhere)]


async def act_there(request: Request, actor: ActorDep, everywhere: EverywhereDep, policy_id: PathId) -> Actor:
    """The caller in the workspace of the policy in the path, where a refusal is noted too.

    :class:`~trunkline.core.errors.NotFound` for a policy that they do not see.
    """
    there = await services_of(request).policies.find_actor_of(actor, policy_id, everywhere=everywhere)
    remember_actor(request, there)
    return there


ThereDep = Annotated[Actor, Depends(act_there)]
