"""Keeps the answer to a call in OpenAI's responses dialect, so that another call can go on from it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

import msgspec

from trunkline.core.actor import Actor
from trunkline.core.chat import ChatRequest, ChatResponse, Message
from trunkline.core.errors import Unavailable
from trunkline.dialects import openai_responses
from trunkline.dialects.dialect import StreamWriter
from trunkline.dialects.openai_responses.stream_writer import ResponsesStreamWriter
from trunkline.dialects.openai_responses.unstored import tell_unstored
from trunkline.gateway.answer import HeaderList
from trunkline.gateway.call import Call
from trunkline.gateway.exchanges.kept_response import PREFIX, KeptResponse, ResponseStore
from trunkline.logs import get_logger

KEEP_SECONDS: Final = 5.0
"""How long an answer waits to be kept. It goes out all the same."""

UNSTORED: Final = (b"x-trunkline-stored", b"false")
"""Says that an answer could not be kept, so that nothing can go on from it."""

_log: Final = get_logger(__name__)


class KeptAnswer:
    """Of one answer: whether it could be kept, and how the client is told."""

    __slots__ = ("_actor", "_store", "_unstored")

    def __init__(self, store: ResponseStore, actor: Actor) -> None:
        self._store = store
        self._actor = actor
        self._unstored = False

    async def put(self, response_id: str, kept: KeptResponse) -> None:
        """Keep ``kept`` under that id. Never raises."""
        try:
            async with asyncio.timeout(KEEP_SECONDS):
                await self._store.put(self._actor, response_id, kept)
        except (Unavailable, TimeoutError):
            # The answer is paid for: to lose it as well would help nobody.
            self._unstored = True
            _log.warning("response_not_stored", response=response_id, workspace=self._actor.workspace_id)

    def finish(self, held: bytes) -> bytes:
        """The end of a stream, which tells what could not be kept."""
        return tell_unstored(held) if self._unstored else held

    def complete(self, headers: HeaderList) -> None:
        """Adds the header that tells the same."""
        if self._unstored:
            headers.append(UNSTORED)


class ResponseKeeper(KeptAnswer):
    """Of an answer that is translated: the conversation is kept here.

    ``before`` is what the call went on from. Implements
    :class:`~trunkline.gateway.exchanges.answer_keeper.AnswerKeeper`.
    """

    __slots__ = ("_before", "_made", "_request", "_shown", "name")

    def __init__(
        self, store: ResponseStore, actor: Actor, call: Call, request: ChatRequest, before: Sequence[Message]
    ) -> None:
        super().__init__(store, actor)
        self.name = PREFIX + call.opened.id.replace("-", "")
        self._request = request
        self._before = before
        self._shown: ChatResponse | None = None
        self._made: StreamWriter | None = None

    def show(self, response: ChatResponse) -> ChatResponse:
        """Echoes what was asked for, as OpenAI does."""
        echo = openai_responses.echo_request(self._request)
        given = response.extra.get(openai_responses.DIALECT.name, {})
        self._shown = msgspec.structs.replace(
            response, extra={**response.extra, openai_responses.DIALECT.name: {**echo, **given}}
        )
        return self._shown

    def watch(self, writer: StreamWriter) -> StreamWriter:
        """See :class:`~trunkline.gateway.exchanges.answer_keeper.AnswerKeeper`."""
        self._made = writer
        return writer

    async def keep(self, answer: Message) -> None:
        """Keep the conversation, and the answer as the client gets it."""
        if self._request.store is False:
            return
        if self._shown is not None:
            body = openai_responses.DIALECT.write_response(self._shown)
        else:
            made = self._made
            body = msgspec.json.encode(made.whole if isinstance(made, ResponsesStreamWriter) else None)
        turns = tuple(message for message in self._request.messages if message.role != "system")
        await self.put(self.name, KeptResponse(messages=(*self._before, *turns, answer), body=body))
