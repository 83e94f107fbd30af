"""Who somebody is in each of the workspaces that they belong to, for what looks at several at once."""

from __future__ import annotations

from typing import cast

import msgspec

from trunkline.core.actor import Actor, Role
from trunkline.core.errors import Forbidden
from trunkline.storage import workspaces
from trunkline.storage.database import Transaction


async def find_actors(tx: Transaction, actor: Actor, *, everywhere: bool = True) -> tuple[Actor, ...]:
    """``actor`` in each workspace that is theirs, with the role they have there.

    An API key belongs to its own workspace alone. So does, unless ``everywhere``, a user who asked in one by name.
    """
    if actor.kind == "key" or not everywhere:
        return (actor,)
    return tuple(
        msgspec.structs.replace(actor, workspace_id=found.workspace.id, role=cast("Role", found.role))
        for found in await workspaces.find_memberships(tx, actor.user_id)
    )


async def find_actor_in(tx: Transaction, actor: Actor, workspace_id: str, *, everywhere: bool = True) -> Actor:
    """``actor`` in that workspace. :class:`Forbidden`, alike for one that is not theirs and one that nobody has."""
    for found in await find_actors(tx, actor, everywhere=everywhere):
        if found.workspace_id == workspace_id:
            return found
    raise Forbidden(f"You have no access to a workspace {workspace_id[:100]!r}.", code="no_workspace_access")
