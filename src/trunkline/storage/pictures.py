"""Pictures' rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, and_, func, select, update

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
    return (await tx.scalars(select(Picture).where(_among(owner, picture_ids)))).all()


async def find_sizes(tx: Transaction, owner: Owner, picture_ids: Sequence[str]) -> Mapping[str, int]:
    """The bytes of each of the owner's pictures among these ids."""
    query = select(Picture.id, func.length(Picture.content)).where(_among(owner, picture_ids))
    return {identity: int(size) for identity, size in await tx.execute(query)}


def _among(owner: Owner, picture_ids: Sequence[str]) -> ColumnElement[bool]:
    return and_(
        Picture.id.in_(picture_ids),
        Picture.workspace_id == owner.workspace_id,
        Picture.user_id == owner.user_id,
        Picture.application_id.is_(None)
        if owner.application_id is None
        else Picture.application_id == owner.application_id,
    )


async def adopt(tx: Transaction, picture_id: str, conversation_id: str) -> None:
    """Make a picture that belongs to no conversation a part of this one, with which it goes."""
    query = update(Picture).where(Picture.id == picture_id, Picture.conversation_id.is_(None))
    await tx.execute(query.values(conversation_id=conversation_id))
