"""Who a caller is where an entry is: routes of this face reach into all workspaces of who asks."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from trunkline.core.access import check
from trunkline.core.actor import Actor
from trunkline.faces.http.auth import ActorDep, EverywhereDep
from trunkline.faces.http.refusal import remember_actor
from trunkline.faces.http.services import services_of
from trunkline.faces.http.wire import PathId


class Acting:
    """The caller in the workspace of the entry in the path, who may do ``action`` there.

    :class:`NotFound` for an entry that they do not see; a refusal is noted in the workspace that it is about.
    """

    def __init__(self, action: str) -> None:
        self._action = action

    async def __call__(self, request: Request, actor: ActorDep, everywhere: EverywhereDep, ai_llm_id: PathId) -> Actor:
        """As a dependency."""
        there = await services_of(request).ai_llms.find_actor_of(actor, ai_llm_id, everywhere=everywhere)
        remember_actor(request, there)
        check(there, self._action)
        return there


ChangerDep = Annotated[Actor, Depends(Acting("configurations.change"))]
"""Who changes the entry."""

TesterDep = Annotated[Actor, Depends(Acting("configurations.test"))]
"""Who has it tested."""
