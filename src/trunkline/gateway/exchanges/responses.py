"""A call in OpenAI's responses dialect, which may go on from an answer that was kept."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from trunkline.core.actor import Actor
from trunkline.core.chat import ChatRequest, ChatResponse, JsonValue, Message, Usage
from trunkline.core.errors import Unavailable, Unsupported
from trunkline.dialects import openai_responses
from trunkline.dialects.dialect import StreamWriter
from trunkline.dialects.ollama import DIALECT as OLLAMA
from trunkline.dialects.ollama.request import OWN as OLLAMAS_OWN
from trunkline.dialects.openai_responses.passthrough import PASSTHROUGH, ResponsePeek, read_tap
from trunkline.dialects.openai_responses.stream_writer import ResponsesStreamWriter
from trunkline.dialects.openai_responses.unstored import tell_unstored
from trunkline.dialects.passthrough import Passthrough
from trunkline.gateway.answer import JSON, Answer, write_headers
from trunkline.gateway.call import Call
from trunkline.gateway.exchanges.chat import Chat
from trunkline.gateway.exchanges.kept_response import PREFIX, KeptResponse, Pin, ResponseStore, claim_end, find_kept
from trunkline.gateway.exchanges.unsaid import find_unsaid
from trunkline.gateway.relays.passthrough_relay import PassthroughRelay
from trunkline.gateway.relays.relay import failed, mark
from trunkline.gateway.relays.response_relay import ResponseRelay
from trunkline.gateway.routing.target import Target
from trunkline.logs import get_logger
from trunkline.outbound import IncomingResponse, OutgoingRequest
from trunkline.outbound.url import Url

PREVIOUS: Final = "previous_response_id"

KEEP_SECONDS: Final = 5.0
"""How long an answer waits to be kept. It goes out all the same."""

UNSTORED: Final = (b"x-trunkline-stored", b"false")
"""Says that an answer could not be kept, so that nothing can go on from it."""

_log: Final = get_logger(__name__)


class Responses(Chat):
    """One such call.

    With a provider that speaks this dialect itself its bytes pass, and the provider keeps the conversation: we keep
    whose answer it is and what served it. Else the call is translated, and we keep the conversation.
    """

    keeps = True

    __slots__ = ("_actor", "_asked", "_before", "_made", "_pin", "_shown", "_store", "_unstored")

    def __init__(self, body: bytes, actor: Actor, store: ResponseStore) -> None:
        super().__init__(openai_responses.DIALECT, body)
        assert isinstance(self._peek, ResponsePeek)
        self._asked = self._peek
        self._actor = actor
        self._store = store
        self._before: tuple[Message, ...] = ()
        self._pin: Pin | None = None
        self._shown: ChatResponse | None = None
        self._made: StreamWriter | None = None
        self._unstored = False

    @property
    def pin(self) -> Pin | None:
        """See :class:`~trunkline.gateway.exchanges.exchange.Exchange`."""
        return self._pin

    async def load(self) -> None:
        """Fetch what the call goes on from. Raises :class:`NotFound` for what this caller has not stored here."""
        previous = self._asked.previous
        if previous is None:
            return
        kept = await find_kept(self._store, self._actor, previous, code="previous_response_not_found")
        self._pin, self._before = kept.pin, kept.messages

    def write(self, target: Target, model: str) -> OutgoingRequest:
        """See :meth:`.Chat.write`. Refuses what another dialect cannot keep and must not lose."""
        self._native = target.endpoint.has_responses and not self._before
        if self._native:
            return super().write(target, model)
        said = self._said()
        # The tools of a vendor are refused by their names.
        ours = {"tools", *([PREVIOUS] if self._before else ()), *(["tool_choice"] if said.get("tools") else ())}
        lost = sorted(name for name in openai_responses.BINDING & said.keys() - ours if said[name])
        if lost:
            raise Unsupported.of(lost[0], f"{target.provider.display_name} has no such thing; leave it out")
        request = super().write(target, model)
        # A summary is made of whatever thoughts there are: see the dialect's own writers.
        said_here = (name for name in self._dropped if name != "reasoning.summary")
        self._dropped = tuple(dict.fromkeys((*said_here, *find_unsaid(self._read(), self._served))))
        return request

    async def read(self, call: Call, target: Target, response: IncomingResponse) -> Answer:
        """See :class:`~trunkline.gateway.exchanges.chat.Chat`."""
        if self._native and not self.streams:
            answer = await self._pass(call, target, response)
        else:
            answer = await super().read(call, target, response)
        if self._unstored:
            answer.headers.append(UNSTORED)
        return answer

    async def _pass(self, call: Call, target: Target, response: IncomingResponse) -> Answer:
        """An answer in one piece. One that is still made in the background has used nothing yet."""
        raw = await response.read()
        told = read_tap(raw)
        if told.error is not None:
            raise self._explain(failed(told.error, target.provider.id), raw)
        call.asked, call.answered = self._terms, told.model
        if told.id:
            await self._note(call, target, told.id)
        waits = self._asked.background and not (told.ended and await claim_end(self._store, self._actor, told.id))
        usage, estimated = Usage(), False
        if not waits:
            usage, estimated = self._estimate.complete(call.believe(told.usage), lambda: self._hear(raw), whole=True)
        if estimated:
            raw = PASSTHROUGH.tell_whole_usage(raw, mark(usage))
        await call.settle("ok", usage=usage, estimated=estimated)
        return Answer(200, [*write_headers(call, target, self._dropped), JSON], body=raw)

    def _passing(self, target: Target) -> Passthrough | None:
        return self._passthrough if self._native else None

    def _url(self, target: Target, model: str) -> Url:
        return target.endpoint.responses(model) if self._native else super()._url(target, model)

    def _defaults(self, target: Target) -> Mapping[str, JsonValue]:
        return target.responses_defaults

    def _relay(self, call: Call, target: Target, response: IncomingResponse, passing: Passthrough) -> PassthroughRelay:
        async def note(response_id: str) -> None:
            await self._note(call, target, response_id)

        async def claim(response_id: str) -> bool:
            return await claim_end(self._store, self._actor, response_id)

        waits = claim if self._asked.background else None
        return ResponseRelay(call, response, self._estimate, keep=note, claim=waits, finish=self._finish)

    def _make_writer(self, request: ChatRequest) -> StreamWriter:
        self._made = super()._make_writer(request)
        return self._made

    def _fit(self, request: ChatRequest) -> ChatRequest:
        extra = dict(request.extra)
        own = extra.pop(openai_responses.DIALECT.name, {})
        if served := {name: value for name, value in own.items() if name in self._served}:
            extra[openai_responses.DIALECT.name] = served
        # Whether to store it is said to us, who do it.
        request = msgspec.structs.replace(request, extra=extra, store=None)
        if not self._before:
            return request
        # The system prompt of this call is the one that counts, as OpenAI has it; earlier ones are not repeated.
        leading = [message for message in request.messages if message.role == "system"]
        rest = [message for message in request.messages if message.role != "system"]
        return msgspec.structs.replace(request, messages=(*leading, *self._before, *rest))

    @property
    def _served(self) -> frozenset[str]:
        """What only this dialect's client says and its target knows all the same."""
        return OLLAMAS_OWN if self._theirs.name == OLLAMA.name else frozenset()

    def _earlier(self) -> Sequence[Message]:
        return self._before

    def _name(self, call: Call) -> str:
        return "" if self._native else PREFIX + call.opened.id.replace("-", "")

    def _show(self, response: ChatResponse) -> ChatResponse:
        echo = openai_responses.echo_request(self._read())
        given = response.extra.get(openai_responses.DIALECT.name, {})
        self._shown = msgspec.structs.replace(
            response, extra={**response.extra, openai_responses.DIALECT.name: {**echo, **given}}
        )
        return self._shown

    async def _keep(self, call: Call, answer: Message) -> None:
        """Keep a conversation that was translated, and the answer as the client gets it."""
        request = self._read()
        if request.store is False:
            return
        if self._shown is not None:
            body = self._dialect.write_response(self._shown)
        else:
            made = self._made
            body = msgspec.json.encode(made.whole if isinstance(made, ResponsesStreamWriter) else None)
        turns = tuple(message for message in request.messages if message.role != "system")
        kept = KeptResponse(messages=(*self._before, *turns, answer), body=body)
        await self._put(self._name(call), kept)

    async def _note(self, call: Call, target: Target, response_id: str) -> None:
        """Keep whose answer it is that its provider keeps."""
        if not self._asked.store:
            return
        entry = target.entry
        pin = Pin(configuration_id=entry.id, version_id=entry.version_id, model=self.model)
        background = self._asked.background
        opened = call.opened if background else None
        await self._put(response_id, KeptResponse(pin=pin, background=background, opened=opened))

    async def _put(self, response_id: str, kept: KeptResponse) -> None:
        try:
            async with asyncio.timeout(KEEP_SECONDS):
                await self._store.put(self._actor, response_id, kept)
        except (Unavailable, TimeoutError):
            # The answer is paid for: to lose it as well would help nobody.
            self._unstored = True
            _log.warning("response_not_stored", response=response_id, workspace=self._actor.workspace_id)

    def _finish(self, held: bytes) -> bytes:
        return tell_unstored(held) if self._unstored else held

    def _said(self) -> dict[str, JsonValue]:
        return dict(self._read().extra.get(openai_responses.DIALECT.name, {}))
