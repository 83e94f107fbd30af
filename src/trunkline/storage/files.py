"""Files that callers keep here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, delete, select, update

from trunkline.storage.database import Transaction
from trunkline.storage.tables import FilePiece, StoredFile


async def find(
    tx: Transaction, file_id: str, *, workspace_id: str, user_id: str, application_id: str | None, at: datetime
) -> StoredFile | None:
    """One of the same user, or the same application, that has not expired; whole or not."""
    asked = _list(workspace_id, user_id, application_id, at).where(StoredFile.id == file_id)
    return await tx.scalar(asked)


async def list_whole(
    tx: Transaction,
    *,
    workspace_id: str,
    user_id: str,
    application_id: str | None,
    at: datetime,
    purposes: Sequence[str],
    after: str | None,
    before: str | None = None,
    newest_first: bool,
    limit: int,
) -> Sequence[StoredFile]:
    """Those of some purposes that are whole, by their making; with ``before`` the last ones in front of that."""
    asked = _list(workspace_id, user_id, application_id, at).where(
        StoredFile.whole.is_(True), StoredFile.purpose.in_(purposes)
    )
    if after is not None:
        asked = asked.where(StoredFile.id < after if newest_first else StoredFile.id > after)
    if before is not None:
        ahead = StoredFile.id > before if newest_first else StoredFile.id < before
        nearest = StoredFile.id if newest_first else StoredFile.id.desc()
        return (await tx.scalars(asked.where(ahead).order_by(nearest).limit(limit))).all()[::-1]
    order = StoredFile.id.desc() if newest_first else StoredFile.id
    return (await tx.scalars(asked.order_by(order).limit(limit))).all()


async def add_piece(tx: Transaction, file_id: str, number: int, sealed: bytes, size: int) -> None:
    """Write a piece of ``size`` bytes."""
    tx.add(FilePiece(file_id=file_id, number=number, sealed=sealed))
    await tx.execute(update(StoredFile).where(StoredFile.id == file_id).values(size=StoredFile.size + size))


async def read_piece(tx: Transaction, file_id: str, number: int) -> bytes | None:
    """One piece, sealed; None behind the end."""
    return await tx.scalar(select(FilePiece.sealed).where(FilePiece.file_id == file_id, FilePiece.number == number))


async def finish(tx: Transaction, file_id: str) -> None:
    """It is whole."""
    await tx.execute(update(StoredFile).where(StoredFile.id == file_id).values(whole=True))


async def drop(tx: Transaction, file_ids: Sequence[str]) -> None:
    """Forget some."""
    await tx.execute(delete(StoredFile).where(StoredFile.id.in_(file_ids)))


async def find_old(tx: Transaction, at: datetime, torn: datetime, limit: int) -> Sequence[str]:
    """Those that expired before ``at``, and those begun before ``torn`` that were never finished."""
    expired = select(StoredFile.id).where(StoredFile.expires_at < at).limit(limit)
    unfinished = select(StoredFile.id).where(~StoredFile.whole, StoredFile.created_at < torn).limit(limit)
    found = dict.fromkeys([*await tx.scalars(expired), *await tx.scalars(unfinished)])
    return list(found)[:limit]


def _list(workspace_id: str, user_id: str, application_id: str | None, at: datetime) -> Select[StoredFile]:
    own = StoredFile.user_id == user_id if application_id is None else StoredFile.application_id == application_id
    return select(StoredFile).where(StoredFile.workspace_id == workspace_id, own, StoredFile.expires_at > at)
