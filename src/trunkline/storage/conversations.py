"""Conversations' rows and their messages'. What is somebody's is found by workspace, user and application together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, and_, delete, or_, select, tuple_, update

from trunkline.storage import conversation_search
from trunkline.storage.database import Transaction
from trunkline.storage.tables import Conversation, ConversationMessage

RUNNING: Final = "streaming"


class Owner(msgspec.Struct, frozen=True):
    """Whose conversations: a user's own (``application_id`` None), or those that an application holds for its maker."""

    workspace_id: str
    user_id: str
    application_id: str | None


def _owned(owner: Owner) -> ColumnElement[bool]:
    return and_(
        Conversation.workspace_id == owner.workspace_id,
        Conversation.user_id == owner.user_id,
        Conversation.application_id.is_(None)
        if owner.application_id is None
        else Conversation.application_id == owner.application_id,
    )


async def insert(tx: Transaction, conversation: Conversation) -> Conversation:
    """Add a conversation; its id is set afterwards."""
    tx.add(conversation)
    await tx.flush()
    return conversation


async def find(tx: Transaction, owner: Owner, conversation_id: str, *, lock: bool = False) -> Conversation | None:
    """The owner's conversation of that id. With ``lock`` others wait to change it, or anything below it."""
    query = select(Conversation).where(Conversation.id == conversation_id, _owned(owner))
    return await tx.scalar(query.with_for_update() if lock else query)


async def find_page(
    tx: Transaction, owner: Owner, *, words: str | None, limit: int, after: tuple[datetime, str] | None
) -> Sequence[Conversation]:
    """The owner's conversations, the last used first; those alone whose title or messages contain ``words``.

    ``after`` is the time and id of the last one of the page before.
    """
    query = select(Conversation).where(_owned(owner))
    if words:
        candidates = await conversation_search.find_candidates(tx, words)
        if candidates is not None:
            query = query.where(Conversation.id.in_(candidates))
        said = select(ConversationMessage.id).where(
            ConversationMessage.conversation_id == Conversation.id,
            ConversationMessage.content.icontains(words, autoescape=True),
        )
        # The offset keeps PostgreSQL from looking through everybody's messages at once instead of conversation by
        # conversation, which it takes to be cheaper.
        found = said.offset(0).exists()
        query = query.where(or_(Conversation.title.icontains(words, autoescape=True), found))
    if after is not None:
        query = query.where(tuple_(Conversation.updated_at, Conversation.id) < tuple_(*after))
    query = query.order_by(Conversation.updated_at.desc(), Conversation.id.desc()).limit(limit)
    return (await tx.scalars(query)).all()


async def remove(tx: Transaction, conversation: Conversation) -> None:
    """Delete a conversation with its messages and pictures."""
    await tx.execute(delete(Conversation).where(Conversation.id == conversation.id))


async def touch(tx: Transaction, conversation_id: str, at: datetime) -> None:
    """Note that something was said. Locks the conversation, which comes before its messages."""
    await tx.execute(update(Conversation).where(Conversation.id == conversation_id).values(updated_at=at))


async def insert_message(tx: Transaction, message: ConversationMessage) -> ConversationMessage:
    """Add a message; its id is set afterwards."""
    tx.add(message)
    await tx.flush()
    return message


async def list_messages(tx: Transaction, conversation_id: str) -> Sequence[ConversationMessage]:
    """All messages of a conversation in the order of their making."""
    query = select(ConversationMessage).where(ConversationMessage.conversation_id == conversation_id)
    return (await tx.scalars(query.order_by(ConversationMessage.id))).all()


async def list_running(tx: Transaction, conversation_id: str) -> Sequence[ConversationMessage]:
    """The answers of a conversation that are being written, in the order of their making."""
    query = select(ConversationMessage).where(
        ConversationMessage.conversation_id == conversation_id, ConversationMessage.state == RUNNING
    )
    return (await tx.scalars(query.order_by(ConversationMessage.id))).all()


async def find_message(
    tx: Transaction, owner: Owner, conversation_id: str, message_id: str
) -> ConversationMessage | None:
    """A message of the owner's conversation."""
    query = select(ConversationMessage).join(Conversation, Conversation.id == ConversationMessage.conversation_id)
    return await tx.scalar(
        query.where(Conversation.id == conversation_id, _owned(owner), ConversationMessage.id == message_id)
    )


async def get_message(tx: Transaction, message_id: str) -> ConversationMessage | None:
    """A message, whoever's it is: for who has found it as its owner's before."""
    return await tx.get(ConversationMessage, message_id)


async def update_message(tx: Transaction, message_id: str, values: Mapping[str, Any]) -> None:
    """Set some of a message's fields."""
    await tx.execute(update(ConversationMessage).where(ConversationMessage.id == message_id).values(**values))
