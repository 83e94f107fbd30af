"""Who a caller is where a policy is: routes of this face reach into all workspaces of who asks."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from trunkline.core.actor import Actor
from trunkline.faces.http.auth import ActorDep, EverywhereDep
from trunkline.faces.http.refusal import remember_actor
from trunkline.faces.http.services import services_of
from trunkline.faces.http.wire import PathId


async def act_there(request: Request, actor: ActorDep, everywhere: EverywhereDep, policy_id: PathId) -> Actor:
    """The caller in the workspace of the policy in the path, where a refusal is noted too.

    :class:`~trunkline.core.errors.NotFound` for a policy that they do not see.
    """
    there = await services_of(request).policies.find_actor_of(actor, policy_id, everywhere=everywhere)
    remember_actor(request, there)
    return there


ThereDep = Annotated[Actor, Depends(act_there)]
