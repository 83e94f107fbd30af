"""MCP servers, in the database."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError

from trunkline.core.errors import Conflict
from trunkline.storage.database import Transaction
from trunkline.storage.tables import McpServerRow


async def insert(tx: Transaction, row: McpServerRow) -> None:
    """Store a new one. Raises Conflict for a name that somebody has taken just now."""
    tx.add(row)
    await save(tx, row)


async def save(tx: Transaction, row: McpServerRow) -> None:
    """Store what was changed of it. Raises as :func:`insert`."""
    try:
        await tx.flush()
    except IntegrityError as error:
        raise Conflict(
            f"There is an MCP server named {row.name!r} in this workspace. Choose another name.", code="duplicate_name"
        ) from error


async def find(tx: Transaction, workspace_id: str, server_id: str, *, lock: bool = False) -> McpServerRow | None:
    """The workspace's server of that id."""
    row = McpServerRow
    query = select(row).where(row.workspace_id == workspace_id, row.id == server_id)
    return await tx.scalar(query.with_for_update() if lock else query)


async def find_named(tx: Transaction, workspace_id: str, name: str) -> McpServerRow | None:
    """The workspace's server of that name or id."""
    row = McpServerRow
    return await tx.scalar(select(row).where(row.workspace_id == workspace_id, or_(row.name == name, row.id == name)))


async def find_page(tx: Transaction, workspace_id: str, *, limit: int, after: str | None) -> Sequence[McpServerRow]:
    """The newest first; ``after`` is the last id of the page before."""
    row = McpServerRow
    query = select(row).where(row.workspace_id == workspace_id)
    if after is not None:
        query = query.where(row.id < after)
    return (await tx.scalars(query.order_by(row.id.desc()).limit(limit))).all()


async def count(tx: Transaction, workspace_id: str) -> int:
    """How many a workspace has."""
    row = McpServerRow
    return await tx.scalar(select(func.count()).select_from(row).where(row.workspace_id == workspace_id)) or 0


async def remove(tx: Transaction, row: McpServerRow) -> None:
    """Delete it. Its credential is still there."""
    await tx.delete(row)
    await tx.flush()
