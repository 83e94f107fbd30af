"""Pictures' rows."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update

from trunkline.storage.conversations import Owner
from trunkline.storage.database import Transaction
from trunkline.storage.tables import Picture


async def insert(tx: Transaction, picture: Picture) -> Picture:
    """Add a picture; its id is set afterwards."""
    tx.add(picture)
    await tx.flush()
    return picture


async def find(tx: Transaction, owner: Owner, picture_ids: Sequence[str]) -> Sequence[Picture]:
    """The owner's pictures among these ids, with their bytes."""
    query = select(Picture).where(
        Picture.id.in_(picture_ids),
        Picture.workspace_id == owner.workspace_id,
        Picture.user_id == owner.user_id,
        Picture.application_id.is_(None)
        if owner.application_id is None
        else Picture.application_id == owner.application_id,
    )
    return (await tx.scalars(query)).all()


async def adopt(tx: Transaction, picture_id: str, conversation_id: str) -> None:
    """Make a picture that belongs to no conversation a part of this one, with which it goes."""
    query = update(Picture).where(Picture.id == picture_id, Picture.conversation_id.is_(None))
    await tx.execute(query.values(conversation_id=conversation_id))
