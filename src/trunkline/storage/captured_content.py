"""Content of calls, sealed."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from sqlalchemy import delete, func, select

from trunkline.core.moment import to_moment
from trunkline.storage.database import Transaction
from trunkline.storage.tables import CapturedContent


class Sealed(Protocol):
    """What is to be stored. Times are microseconds since the epoch."""

    @property
    def call_id(self) -> str: ...
    @property
    def workspace_id(self) -> str: ...
    @property
    def sealed(self) -> bytes: ...
    @property
    def made_at(self) -> int: ...
    @property
    def expires_at(self) -> int: ...


async def insert(tx: Transaction, content: Sealed) -> None:
    """Store it, unless there is some of the same call: then nothing changes."""
    if await tx.get(CapturedContent, content.call_id) is not None:
        return
    tx.add(
        CapturedContent(
            call_id=content.call_id,
            workspace_id=content.workspace_id,
            sealed=content.sealed,
            made_at=to_moment(content.made_at),
            expires_at=to_moment(content.expires_at),
        )
    )
    await tx.flush()


async def find(tx: Transaction, workspace_id: str, call_id: str, at: datetime) -> bytes | None:
    """That of one call, if it has not expired."""
    row = CapturedContent
    return await tx.scalar(
        select(row.sealed).where(row.call_id == call_id, row.workspace_id == workspace_id, row.expires_at > at)
    )


async def count(tx: Transaction, workspace_id: str) -> int:
    """Of how many calls there is some."""
    row = CapturedContent
    return int(await tx.scalar(select(func.count()).select_from(row).where(row.workspace_id == workspace_id)) or 0)


async def erase(tx: Transaction, workspace_id: str) -> int:
    """Delete that of a workspace. Of how many calls there was some."""
    gone = await count(tx, workspace_id)
    await tx.execute(delete(CapturedContent).where(CapturedContent.workspace_id == workspace_id))
    return gone


async def prune(tx: Transaction, at: datetime, most: int) -> int:
    """Delete at most ``most`` that have expired. How many went."""
    row = CapturedContent
    old = list(await tx.scalars(select(row.call_id).where(row.expires_at <= at).order_by(row.expires_at).limit(most)))
    if old:
        await tx.execute(delete(row).where(row.call_id.in_(old)))
    return len(old)
