"""A call in OpenAI's responses dialect whose provider speaks it too, and keeps the conversation."""

from __future__ import annotations

from trunkline.core.chat import Usage
from trunkline.dialects.half_characters import join_halves
from trunkline.dialects.openai_responses.passthrough import PASSTHROUGH, read_tap
from trunkline.gateway.answer import JSON, Answer, write_headers
from trunkline.gateway.call import Call
from trunkline.gateway.exchanges.asked_chat import AskedResponse
from trunkline.gateway.exchanges.chat_fit import ChatFit, PassingFit
from trunkline.gateway.exchanges.kept_response import KeptResponse, Pin, claim_end
from trunkline.gateway.exchanges.passing_chat import PassingChat
from trunkline.gateway.exchanges.response_keeper import KeptAnswer
from trunkline.gateway.relays.relay import failed, mark
from trunkline.gateway.relays.response_relay import ResponseRelay
from trunkline.gateway.routing.target import Target
from trunkline.outbound import IncomingResponse


class PassingResponse(PassingChat):
    """One such call. Whose answer it is and what served it is kept here."""

    __slots__ = ("_responses",)

    def __init__(self, responses: AskedResponse, target: Target, model: str, fit: ChatFit, passing: PassingFit) -> None:
        super().__init__(responses, target, model, fit, passing)
        self._responses = responses

    async def read(self, call: Call, response: IncomingResponse) -> Answer:
        """See :class:`PassingChat`."""
        kept = KeptAnswer(self._responses.store, self._responses.actor)
        call.asked = self.terms
        passing = self._pass_stream if self._chat.streams else self._pass
        answer = await passing(call, response, kept)
        kept.complete(answer.headers)
        return answer

    async def _pass(self, call: Call, response: IncomingResponse, kept: KeptAnswer) -> Answer:
        """An answer in one piece. One that is still made in the background has used nothing yet."""
        raw, asked = join_halves(call.disclosure.whole(await response.read())), self._responses.asked
        told = read_tap(raw)
        if told.error is not None:
            raise self._explain(failed(told.error, self._target.provider.id), raw)
        raw = told.body or raw
        call.answered = told.model
        if told.id:
            await self._note(call, told.id, kept)
        waits = asked.background and not (told.ended and await self._claim(told.id))
        usage, estimated = Usage(), False
        if not waits:
            usage, estimated = self._counts().complete(call.believe(told.usage), lambda: self._hear(raw), whole=True)
        if estimated:
            raw = PASSTHROUGH.tell_whole_usage(raw, mark(usage))
        await call.settle("ok", usage=usage, estimated=estimated)
        return Answer(200, [*write_headers(call, self._target, self.dropped), JSON], body=raw)

    async def _pass_stream(self, call: Call, response: IncomingResponse, kept: KeptAnswer) -> Answer:
        async def note(response_id: str) -> None:
            await self._note(call, response_id, kept)

        claim = self._claim if self._responses.asked.background else None
        await self._expect_stream(response)
        relay = ResponseRelay(call, response, self._counts(), keep=note, claim=claim, finish=kept.finish)
        return await self._start_passing(call, response, relay)

    async def _claim(self, response_id: str) -> bool:
        return await claim_end(self._responses.store, self._responses.actor, response_id)

    async def _note(self, call: Call, response_id: str, kept: KeptAnswer) -> None:
        """Keep whose answer it is that its provider keeps."""
        asked, entry = self._responses.asked, self._target.entry
        if not (asked.store and self._responses.keeps_ids):
            return
        pin = Pin(configuration_id=entry.id, version_id=entry.version_id, model=self._responses.model)
        opened = call.opened if asked.background else None
        await kept.put(response_id, KeptResponse(pin=pin, background=asked.background, opened=opened))
