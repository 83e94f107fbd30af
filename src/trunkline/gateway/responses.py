"""A call in OpenAI's responses dialect, which may go on from an answer that was stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

import msgspec

from trunkline.core.actor import Actor
from trunkline.core.chat import ChatRequest, ChatResponse, Message
from trunkline.core.errors import NotFound, Unsupported
from trunkline.dialects import openai_responses
from trunkline.gateway.call import Call
from trunkline.gateway.chat import Chat
from trunkline.gateway.target import Target
from trunkline.outbound import OutgoingRequest

PREVIOUS: Final = "previous_response_id"
PREFIX: Final = "resp_tl_"
"""How the ids of answers begin that are stored here; others are the provider's own."""


class ResponseStore(Protocol):
    """Where conversations are kept for :data:`PREVIOUS`."""

    async def put(self, actor: Actor, response_id: str, messages: tuple[Message, ...]) -> None:
        """Keep a conversation for ``actor``."""
        ...

    async def find(self, actor: Actor, response_id: str) -> tuple[Message, ...] | None:
        """What ``actor`` has kept."""
        ...


class Responses(Chat):
    """One such call. With a provider that speaks this dialect itself, its own store is used; else ours."""

    keeps = True

    __slots__ = ("_actor", "_before", "_store")

    def __init__(self, body: bytes, actor: Actor, store: ResponseStore) -> None:
        super().__init__(openai_responses.DIALECT, body)
        self._actor = actor
        self._store = store
        self._before: tuple[Message, ...] = ()

    async def load(self) -> None:
        """Fetch what the call goes on from. Raises :class:`NotFound` for what this caller has not stored here."""
        previous = self._said().get(PREVIOUS)
        if not isinstance(previous, str) or not previous.startswith(PREFIX):
            return
        found = await self._store.find(self._actor, previous)
        if found is None:
            raise NotFound(
                f"There is no stored response {previous!r}: it was not stored, or is older than 30 days. Send the whole"
                " conversation as input instead.",
                code="previous_response_not_found",
            )
        self._before = found

    def write(self, target: Target, model: str) -> OutgoingRequest:
        """See :class:`~trunkline.gateway.chat.Chat`. Refuses what another dialect cannot keep and must not lose."""
        self._native = target.provider.paths.responses is not None and not self._before
        if not self._native:
            said = self._said()
            lost = sorted(openai_responses.BINDING.intersection(said) - ({PREVIOUS} if self._before else set()))
            if lost:
                raise Unsupported.of(lost[0], f"{target.provider.display_name} has no such thing; leave it out")
        return super().write(target, model)

    def _fit(self, request: ChatRequest) -> ChatRequest:
        if self._native:
            return request
        extra = {name: fields for name, fields in request.extra.items() if name != openai_responses.DIALECT.name}
        if not self._before:
            return msgspec.structs.replace(request, extra=extra)
        # The system prompt of this call is the one that counts, as OpenAI has it; earlier ones are not repeated.
        leading = [message for message in request.messages if message.role == "system"]
        rest = [message for message in request.messages if message.role != "system"]
        return msgspec.structs.replace(request, extra=extra, messages=(*leading, *self._before, *rest))

    def _earlier(self) -> Sequence[Message]:
        return self._before

    def _name(self, call: Call) -> str:
        return "" if self._native else PREFIX + call.opened.id.replace("-", "")

    def _show(self, response: ChatResponse) -> ChatResponse:
        echo = openai_responses.echo_request(self._read())
        given = response.extra.get(openai_responses.DIALECT.name, {})
        return msgspec.structs.replace(
            response, extra={**response.extra, openai_responses.DIALECT.name: {**echo, **given}}
        )

    async def _keep(self, call: Call, answer: Message) -> None:
        request = self._read()
        if self._native or request.store is False:
            return
        turns = tuple(message for message in request.messages if message.role != "system")
        await self._store.put(self._actor, self._name(call), (*self._before, *turns, answer))

    def _said(self) -> dict[str, object]:
        return dict(self._read().extra.get(openai_responses.DIALECT.name, {}))
