"""The pieces of answers that are being written, on both databases."""

from __future__ import annotations

from typing import Any

from trunkline.storage.answers import all_pieces, append
from trunkline.storage.database import Database
from trunkline.storage.tables import Conversation, ConversationMessage, User, Workspace


async def begin(database: Database) -> str:
    async with database.write() as tx:
        user, workspace = User(email="a@example.com"), Workspace(name="A")
        tx.add_all([user, workspace])
        await tx.flush()
        conversation = Conversation(workspace_id=workspace.id, user_id=user.id, model="m")
        tx.add(conversation)
        await tx.flush()
        message = ConversationMessage(conversation_id=conversation.id, role="assistant", state="streaming")
        tx.add(message)
        await tx.flush()
        return message.id


def piece(sequence: int, text: str) -> dict[str, Any]:
    return {"sequence": sequence, "event": "delta", "data": {"text": text}}


async def test_pieces_whose_writing_was_not_confirmed_are_written_once(database: Database) -> None:
    message_id = await begin(database)
    for pieces in ([piece(3, "one")], [piece(3, "one"), piece(6, "two")]):
        async with database.write() as tx:
            assert await append(tx, message_id, pieces, {"model": "m"}) is False
    async with database.read() as tx:
        assert [found.data["text"] for found in await all_pieces(tx, message_id)] == ["one", "two"]
