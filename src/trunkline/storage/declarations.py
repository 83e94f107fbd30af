"""What files declare of workspaces, in the database."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from trunkline.core.errors import Conflict
from trunkline.storage.database import Transaction
from trunkline.storage.tables import Declaration


async def find_all(tx: Transaction, workspace_id: str) -> Sequence[Declaration]:
    """Those of a workspace, the one that was declared last at the end."""
    row = Declaration
    query = select(row).where(row.workspace_id == workspace_id).order_by(row.declared_at, row.source)
    return (await tx.scalars(query)).all()


async def insert(tx: Transaction, row: Declaration) -> None:
    """Store a new one. Raises Conflict where its file was declared just now."""
    tx.add(row)
    try:
        await tx.flush()
    except IntegrityError as error:
        raise Conflict(f"{row.source} is being applied by somebody else. Apply it again.") from error


async def remove(tx: Transaction, row: Declaration) -> None:
    """Delete it."""
    await tx.delete(row)
    await tx.flush()
