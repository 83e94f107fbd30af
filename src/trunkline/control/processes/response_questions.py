"""Stored answers, for a process that has no database: asked of the one that has."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import msgspec

from trunkline.control.processes.link import Handler, Link
from trunkline.core.actor import Actor
from trunkline.gateway.exchanges.kept_response import KeptResponse, ResponseStore

PUT: Final = "response.put"
FIND: Final = "response.find"
DROP: Final = "response.drop"
CLAIM: Final = "response.claim"


class _Question(msgspec.Struct, array_like=True):
    actor: Actor
    response_id: str
    kept: KeptResponse | None = None


_encoder: Final = msgspec.msgpack.Encoder()
_question: Final = msgspec.msgpack.Decoder(_Question)
_found: Final = msgspec.msgpack.Decoder(KeptResponse | None)
_claimed: Final = msgspec.msgpack.Decoder(bool)


class AskedResponses:
    """Implements :class:`trunkline.gateway.exchanges.kept_response.ResponseStore` over ``ask``."""

    def __init__(self, ask: Callable[[str, bytes], Awaitable[bytes]]) -> None:
        self._ask = ask

    async def put(self, actor: Actor, response_id: str, kept: KeptResponse) -> None:
        """See the protocol."""
        await self._ask(PUT, _encoder.encode(_Question(actor, response_id, kept)))

    async def find(self, actor: Actor, response_id: str) -> KeptResponse | None:
        """See the protocol."""
        return _found.decode(await self._ask(FIND, _encoder.encode(_Question(actor, response_id))))

    async def drop(self, actor: Actor, response_id: str) -> None:
        """See the protocol."""
        await self._ask(DROP, _encoder.encode(_Question(actor, response_id)))

    async def claim(self, actor: Actor, response_id: str) -> bool:
        """See the protocol."""
        return _claimed.decode(await self._ask(CLAIM, _encoder.encode(_Question(actor, response_id))))


def answer_responses(store: ResponseStore) -> Mapping[str, Handler]:
    """What the process that has ``store`` answers those questions with."""

    async def put(_link: Link, payload: bytes) -> bytes:
        question = _question.decode(payload)
        assert question.kept is not None
        await store.put(question.actor, question.response_id, question.kept)
        return b""

    async def find(_link: Link, payload: bytes) -> bytes:
        question = _question.decode(payload)
        return _encoder.encode(await store.find(question.actor, question.response_id))

    async def drop(_link: Link, payload: bytes) -> bytes:
        question = _question.decode(payload)
        await store.drop(question.actor, question.response_id)
        return b""

    async def claim(_link: Link, payload: bytes) -> bytes:
        question = _question.decode(payload)
        return _encoder.encode(await store.claim(question.actor, question.response_id))

    return {PUT: put, FIND: find, DROP: drop, CLAIM: claim}
