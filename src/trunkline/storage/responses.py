"""Stored answers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from trunkline.storage.database import Transaction
from trunkline.storage.tables import StoredResponse


async def put(tx: Transaction, row: StoredResponse) -> None:
    """Keep ``row`` in the place of one with its id, and drop what has expired by the time that it was made."""
    await tx.execute(
        delete(StoredResponse).where((StoredResponse.expires_at < row.created_at) | (StoredResponse.id == row.id))
    )
    tx.add(row)
    await tx.flush()


async def add(tx: Transaction, row: StoredResponse) -> bool:
    """Keep ``row`` unless there is one with its id. Whether it was kept."""
    if await tx.scalar(select(StoredResponse.id).where(StoredResponse.id == row.id)) is not None:
        return False
    tx.add(row)
    await tx.flush()
    return True


async def drop(tx: Transaction, response_id: str, *, workspace_id: str) -> None:
    """Forget one."""
    await tx.execute(
        delete(StoredResponse).where(StoredResponse.id == response_id, StoredResponse.workspace_id == workspace_id)
    )


async def find(
    tx: Transaction, response_id: str, *, workspace_id: str, user_id: str, application_id: str | None, at: datetime
) -> StoredResponse | None:
    """One that the same user (or the same application's keys) has stored and that has not expired."""
    asked = select(StoredResponse).where(
        StoredResponse.id == response_id, StoredResponse.workspace_id == workspace_id, StoredResponse.expires_at > at
    )
    if application_id is not None:
        asked = asked.where(StoredResponse.application_id == application_id)
    else:
        asked = asked.where(StoredResponse.user_id == user_id)
    return await tx.scalar(asked)
