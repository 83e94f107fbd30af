"""Prices of workspaces' own in the database."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, func, select

from trunkline.storage.database import Transaction
from trunkline.storage.tables import Configuration, WorkspacePrice


async def find(tx: Transaction, workspace_id: str, price_id: str, *, lock: bool = False) -> WorkspacePrice | None:
    """The workspace's price of that id. ``lock`` keeps other writers away from it until the end."""
    query = select(WorkspacePrice).where(WorkspacePrice.workspace_id == workspace_id, WorkspacePrice.id == price_id)
    return await tx.scalar(query.with_for_update() if lock else query)


async def find_page(tx: Transaction, workspace_id: str, *, limit: int, after: str | None) -> Sequence[WorkspacePrice]:
    """The newest first; ``after`` is the last id of the page before. Ids grow with time."""
    query = select(WorkspacePrice).where(WorkspacePrice.workspace_id == workspace_id)
    if after is not None:
        query = query.where(WorkspacePrice.id < after)
    return (await tx.scalars(query.order_by(WorkspacePrice.id.desc()).limit(limit))).all()


async def count(tx: Transaction, workspace_id: str) -> int:
    """How many a workspace has."""
    query = select(func.count()).select_from(WorkspacePrice).where(WorkspacePrice.workspace_id == workspace_id)
    return await tx.scalar(query) or 0


async def insert(tx: Transaction, price: WorkspacePrice) -> None:
    """Store a new one."""
    tx.add(price)
    await tx.flush()


async def remove(tx: Transaction, price: WorkspacePrice) -> None:
    """Delete it."""
    await tx.execute(delete(WorkspacePrice).where(WorkspacePrice.id == price.id))


async def is_configured(tx: Transaction, workspace_id: str, provider: str, model: str) -> bool:
    """Whether a configuration of the workspace has this model."""
    own = select(Configuration.id).where(
        Configuration.workspace_id == workspace_id, Configuration.provider == provider, Configuration.model == model
    )
    return await tx.scalar(own.limit(1)) is not None
