"""What the database knows of answers that are kept, which are elsewhere."""

from __future__ import annotations

from sqlalchemy import exists, or_, select, update

from trunkline.storage import workspaces
from trunkline.storage.database import Transaction
from trunkline.storage.tables import Configuration, Feature, Route, Workspace


async def makes_for_all(tx: Transaction, workspace_id: str, name: str) -> bool:
    """Whether an active route has that name, or a configuration with a model that is the whole workspace's that name or
    id."""
    row = Configuration
    personal_of = select(Workspace.personal_of).where(Workspace.id == workspace_id).scalar_subquery()
    shared = exists().where(
        row.workspace_id == workspace_id,
        or_(row.id == name, row.name == name),
        row.is_active,
        row.model.is_not(None),
        row.application_id.is_(None),
        or_(row.is_shared, row.user_id == personal_of),
    )
    routed = exists().where(Route.workspace_id == workspace_id, Route.name == name, Route.is_active)
    return bool(await tx.scalar(select(or_(shared, routed))))


async def find_longest(tx: Transaction, workspace_id: str) -> int:
    """For how many seconds a workspace keeps answers at most."""
    found = [
        caching
        for row in (Route, Configuration, Feature)
        for caching in await tx.scalars(
            select(row.caching).where(row.workspace_id == workspace_id, row.caching.is_not(None))
        )
    ]
    return max((int(str(caching["ttlSeconds"])) for caching in found if caching), default=0)


async def find_generation(tx: Transaction, workspace_id: str) -> int:
    """How often the workspace had its answers forgotten."""
    return await tx.scalar(select(Workspace.cache_generation).where(Workspace.id == workspace_id)) or 0


async def forget(tx: Transaction, workspace_id: str) -> int:
    """Have no answer given again that is kept now. Gives the generation that it is of."""
    before = await find_generation(tx, workspace_id)
    await tx.execute(
        update(Workspace).where(Workspace.id == workspace_id).values(cache_generation=Workspace.cache_generation + 1)
    )
    await workspaces.touch(tx, workspace_id)
    return before
