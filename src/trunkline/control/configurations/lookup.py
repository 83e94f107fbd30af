"""Finding a configuration for somebody: only what they may see, and for a change only what they may change."""

from __future__ import annotations

from trunkline.control.revision import require_revision
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.errors import Forbidden, NotFound
from trunkline.storage import configurations
from trunkline.storage.database import Transaction
from trunkline.storage.tables import Configuration


async def find_visible(tx: Transaction, actor: Actor, configuration_id: str, *, lock: bool = False) -> Configuration:
    """The configuration, if the actor may see it. Raises NotFound otherwise."""
    row = await configurations.find(tx, actor.workspace_id, configuration_id, lock=lock)
    if row is None or not access.may_see(
        actor,
        owner_id=row.user_id,
        workspace_id=row.workspace_id,
        shared=row.is_shared,
        application_id=row.application_id,
    ):
        raise NotFound("There is no such configuration.", code="configuration_not_found")
    return row


async def find_changeable(
    tx: Transaction, actor: Actor, configuration_id: str, if_revision: int | None = None
) -> Configuration:
    """The same, locked, if the actor may change it too and ``if_revision`` is its current one."""
    row = await find_visible(tx, actor, configuration_id, lock=True)
    if not access.may_change(
        actor,
        owner_id=row.user_id,
        workspace_id=row.workspace_id,
        shared=row.is_shared,
        application_id=row.application_id,
    ):
        raise Forbidden("Only its owner, or an admin of the workspace, may change this shared configuration.")
    require_revision("configuration", row.revision, if_revision)
    return row
