"""Answers that are being written: their pieces, the sign of life of who writes them, and the wish to stop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from trunkline.storage.conversations import RUNNING
from trunkline.storage.database import Transaction
from trunkline.storage.tables import ConversationMessage, MessagePiece


async def append(
    tx: Transaction, message_id: str, pieces: Sequence[Mapping[str, Any]], values: Mapping[str, Any]
) -> bool | None:
    """Add pieces (``sequence``, ``event``, ``data``) to a running answer and set ``values`` of its message.

    Pieces that are there already are left out: a database that went away may have kept what it did not confirm. Gives
    whether somebody wants the answer to stop; None, with nothing added, when it is not running any more.
    """
    changed = (
        update(ConversationMessage)
        .where(ConversationMessage.id == message_id, ConversationMessage.state == RUNNING)
        .values(**values)
        .returning(ConversationMessage.stop_requested)
    )
    wanted: bool | None = (await tx.execute(changed)).scalar_one_or_none()
    if wanted is not None and pieces:
        insert = (sqlite if tx.get_bind().dialect.name == "sqlite" else postgresql).insert(MessagePiece)
        rows = [{"message_id": message_id, **piece} for piece in pieces]
        await tx.execute(insert.on_conflict_do_nothing(index_elements=["message_id", "sequence"]), rows)
    return wanted


async def stop_wanted(tx: Transaction, message_id: str) -> bool | None:
    """Whether somebody wants a running answer to stop; None when it is not running any more."""
    return await tx.scalar(
        select(ConversationMessage.stop_requested).where(
            ConversationMessage.id == message_id, ConversationMessage.state == RUNNING
        )
    )


async def request_stop(tx: Transaction, message_ids: Sequence[str]) -> None:
    """Ask whoever writes these answers to stop. Those that are not running stay as they are."""
    query = update(ConversationMessage).where(
        ConversationMessage.id.in_(message_ids), ConversationMessage.state == RUNNING
    )
    await tx.execute(query.values(stop_requested=True))


async def find_pieces(tx: Transaction, message_id: str, *, after: int = -1, limit: int) -> Sequence[MessagePiece]:
    """The first pieces beyond the sequence ``after``."""
    query = select(MessagePiece).where(MessagePiece.message_id == message_id, MessagePiece.sequence > after)
    return (await tx.scalars(query.order_by(MessagePiece.sequence).limit(limit))).all()


async def all_pieces(tx: Transaction, message_id: str) -> Sequence[MessagePiece]:
    """All pieces, in order."""
    query = select(MessagePiece).where(MessagePiece.message_id == message_id)
    return (await tx.scalars(query.order_by(MessagePiece.sequence))).all()


async def finish(tx: Transaction, message_id: str, values: Mapping[str, Any]) -> bool:
    """End a running answer: set ``values`` of its message and drop its pieces. Whether it was still running."""
    ended = (
        update(ConversationMessage)
        .where(ConversationMessage.id == message_id, ConversationMessage.state == RUNNING)
        .values(**values)
        .returning(ConversationMessage.id)
    )
    if (await tx.execute(ended)).scalar_one_or_none() is None:
        return False
    await tx.execute(delete(MessagePiece).where(MessagePiece.message_id == message_id))
    return True


async def find_silent(tx: Transaction, since: datetime, *, limit: int) -> Sequence[ConversationMessage]:
    """Running answers without a sign of life since then."""
    query = select(ConversationMessage).where(ConversationMessage.state == RUNNING, ConversationMessage.beat_at < since)
    return (await tx.scalars(query.order_by(ConversationMessage.id).limit(limit))).all()
