"""Keeps answers that are gone on from or asked for again: encrypted, for their maker alone, for thirty days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

import msgspec

from trunkline.core.actor import Actor
from trunkline.core.chat import Message
from trunkline.core.errors import CannotOpen, Conflict
from trunkline.gateway.exchanges.kept_response import PREFIX, KeptResponse
from trunkline.storage import responses
from trunkline.storage.database import Database
from trunkline.storage.tables import StoredResponse, now
from trunkline.vault.box import Box
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.subkey import Purpose

LIFETIME: Final = timedelta(days=30)
"""As long as OpenAI keeps them: https://platform.openai.com/docs/guides/conversation-state."""

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(tuple[Message, ...] | KeptResponse)  # messages alone: of versions before 1.1


class StoredResponses:
    """Implements :class:`trunkline.gateway.exchanges.responses.ResponseStore` over the database."""

    def __init__(self, database: Database, ring: KeyRing, *, clock: Callable[[], datetime] = now) -> None:
        self._database = database
        self._box = Box(ring.derive(Purpose.STORED_RESPONSE))
        self._clock = clock

    async def put(self, actor: Actor, response_id: str, kept: KeptResponse) -> None:
        """Keep ``kept`` under ``response_id`` for ``actor``."""
        name = _name(actor, response_id)
        async with self._database.write() as tx:
            await responses.put(tx, self._row(actor, name, _encoder.encode(kept)))

    async def find(self, actor: Actor, response_id: str) -> KeptResponse | None:
        """What ``actor`` has kept under ``response_id``; None when there is nothing, or it has expired."""
        async with self._database.read() as tx:
            row = await responses.find(
                tx,
                _name(actor, response_id),
                workspace_id=actor.workspace_id,
                user_id=actor.user_id,
                application_id=actor.application_id,
                at=self._clock(),
            )
        if row is None:
            return None
        try:
            found = _decoder.decode(self._box.open(row.sealed, _bind(row.workspace_id, row.id)))
        except msgspec.MsgspecError as error:
            raise CannotOpen("A stored answer cannot be read.") from error
        return found if isinstance(found, KeptResponse) else KeptResponse(messages=found)

    async def drop(self, actor: Actor, response_id: str) -> None:
        """Forget it."""
        async with self._database.write() as tx:
            await responses.drop(tx, _name(actor, response_id), workspace_id=actor.workspace_id)

    async def claim(self, actor: Actor, response_id: str) -> bool:
        """Whether nobody has claimed the end of this answer before."""
        name = _name(actor, f"{response_id} ended")
        try:
            async with self._database.write() as tx:
                return await responses.add(tx, self._row(actor, name, b""))
        except Conflict:
            return False

    def _row(self, actor: Actor, name: str, plain: bytes) -> StoredResponse:
        made = self._clock()
        return StoredResponse(
            id=name,
            workspace_id=actor.workspace_id,
            user_id=actor.user_id,
            application_id=actor.application_id,
            sealed=self._box.seal(plain, _bind(actor.workspace_id, name)),
            created_at=made,
            expires_at=made + LIFETIME,
        )


def _name(actor: Actor, response_id: str) -> str:
    """The row's id. Ids of providers are told apart by who has them: a provider may give any id, also another's."""
    if response_id.startswith(PREFIX):
        return response_id
    owner = ["application", actor.application_id] if actor.application_id else ["user", actor.user_id]
    return sha256(msgspec.json.encode([actor.workspace_id, *owner, response_id])).hexdigest()


def _bind(workspace_id: str, response_id: str) -> bytes:
    return msgspec.json.encode(["trunkline/1 response", workspace_id, response_id])
