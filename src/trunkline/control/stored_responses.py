"""Keeps conversations for ``previous_response_id``: encrypted, for their maker alone, for thirty days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import msgspec

from trunkline.core.actor import Actor
from trunkline.core.chat import Message
from trunkline.core.errors import CannotOpen
from trunkline.storage import responses
from trunkline.storage.database import Database
from trunkline.storage.tables import StoredResponse, now
from trunkline.vault.box import Box
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.subkey import Purpose

LIFETIME: Final = timedelta(days=30)
"""As long as OpenAI keeps them: https://platform.openai.com/docs/guides/conversation-state."""

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(tuple[Message, ...])


class StoredResponses:
    """Implements :class:`trunkline.gateway.responses.ResponseStore` over the database."""

    def __init__(self, database: Database, ring: KeyRing, *, clock: Callable[[], datetime] = now) -> None:
        self._database = database
        self._box = Box(ring.derive(Purpose.STORED_RESPONSE))
        self._clock = clock

    async def put(self, actor: Actor, response_id: str, messages: tuple[Message, ...]) -> None:
        """Keep ``messages`` under ``response_id`` for ``actor``."""
        made = self._clock()
        row = StoredResponse(
            id=response_id,
            workspace_id=actor.workspace_id,
            user_id=actor.user_id,
            application_id=actor.application_id,
            sealed=self._box.seal(_encoder.encode(messages), _bind(actor.workspace_id, response_id)),
            created_at=made,
            expires_at=made + LIFETIME,
        )
        async with self._database.write() as tx:
            await responses.put(tx, row)

    async def find(self, actor: Actor, response_id: str) -> tuple[Message, ...] | None:
        """What ``actor`` has kept under ``response_id``; None when there is nothing, or it has expired."""
        async with self._database.read() as tx:
            row = await responses.find(
                tx,
                response_id,
                workspace_id=actor.workspace_id,
                user_id=actor.user_id,
                application_id=actor.application_id,
                at=self._clock(),
            )
        if row is None:
            return None
        try:
            return _decoder.decode(self._box.open(row.sealed, _bind(row.workspace_id, row.id)))
        except msgspec.MsgspecError as error:
            raise CannotOpen("A stored answer cannot be read.") from error


def _bind(workspace_id: str, response_id: str) -> bytes:
    return msgspec.json.encode(["trunkline/1 response", workspace_id, response_id])
