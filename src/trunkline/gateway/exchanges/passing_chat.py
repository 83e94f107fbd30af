"""A chat whose client and provider speak the same dialect: its bytes pass, and only what must change is edited."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from trunkline.core.chat import Usage
from trunkline.core.errors import InvalidInput, UpstreamError
from trunkline.core.heard import Heard, hear_choices
from trunkline.core.terms import USUAL, bind_terms
from trunkline.dialects.half_characters import join_halves
from trunkline.dialects.passthrough import Passthrough
from trunkline.gateway.answer import JSON, Answer, write_headers
from trunkline.gateway.call import Call, Ledger
from trunkline.gateway.estimate import request_tokens, text_tokens
from trunkline.gateway.exchanges.asked_chat import AskedChat
from trunkline.gateway.exchanges.chat_fit import ChatFit, PassingFit
from trunkline.gateway.exchanges.prepared_chat import PreparedChat
from trunkline.gateway.relays.passthrough_relay import PassthroughRelay
from trunkline.gateway.relays.relay import failed, mark
from trunkline.gateway.routing.target import Target
from trunkline.outbound import IncomingResponse, OutgoingRequest
from trunkline.providers.adaptation import refuse_fields
from trunkline.providers.defaults import apply_defaults
from trunkline.providers.endpoint import Headers
from trunkline.providers.provider import Provider


class PassingChat(PreparedChat):
    """One such call."""

    __slots__ = ("_passing",)

    def __init__(self, chat: AskedChat, target: Target, model: str, fit: ChatFit, passing: PassingFit) -> None:
        """Raises InvalidInput for what is wrong in the call or cannot be said to ``target``."""
        if fit.quirk.refuse:
            refuse_fields(chat.body, model, fit.quirk)
        body, dropped = passing.edit(chat.body)
        headers = target.endpoint.headers
        if chat.forwarded:
            headers = forward(headers, chat.forwarded)
        super().__init__(chat, target, fit, OutgoingRequest("POST", fit.url, headers, body), dropped)
        self._passing = passing
        asked = USUAL if chat.peek is None else chat.peek.terms
        self.terms = passing.terms if asked == USUAL else bind_terms(asked, target.geo)
        if self.terms.tier and "service_tier" in dropped:
            self.terms = msgspec.structs.replace(self.terms, tier="")

    async def read(self, call: Call, response: IncomingResponse) -> Answer:
        """See :class:`~trunkline.gateway.exchanges.exchange.Prepared`."""
        call.asked = self.terms
        self._chat.answering(call, self)
        if self._chat.streams:
            await self._expect_stream(response)
            passthrough, strip = self._passing.passthrough, not self._chat.stream_usage
            older = passthrough.asks_older(self._chat.body)
            relay = PassthroughRelay(
                call, response, self._counts(), passthrough=passthrough, strip_usage=strip, older=older
            )
            return await self._start_passing(call, response, relay)
        usage, estimated, body = self.read_whole(call, await response.read())
        await call.settle("ok", usage=usage, estimated=estimated)
        headers = write_headers(call, self._target, self.dropped)
        headers.append(JSON)
        return Answer(200, headers, body=body)

    def read_whole(self, call: Call, raw: bytes) -> tuple[Usage, bool, bytes]:
        """See :class:`PreparedChat`."""
        passthrough = self._passing.passthrough
        raw = join_halves(call.disclosure.whole(raw))
        usual = read_usual(passthrough, raw, call.ledger, call.provider, call.opened.model)
        if usual is not None:
            usage, call.answered, body = usual
            return usage, False, body
        tapped = passthrough.read_tap(raw)
        if tapped.error is not None:
            raise self._explain(failed(tapped.error, self._target.provider.id), raw)
        call.answered = tapped.model
        body = tapped.body or raw
        if tapped.renewed is not None and not passthrough.asks_older(self._chat.body):
            body = tapped.renewed
        usage, estimated = self._counts().complete(call.believe(tapped.usage), lambda: self._hear(raw), whole=True)
        return usage, estimated, passthrough.tell_whole_usage(body, mark(usage)) if estimated else body

    def count_input(self) -> int:
        """Our own count. A body that passed unread may be one that only its provider understands."""
        try:
            request = apply_defaults(self._chat.read_request(), self._target.defaults)
        except InvalidInput:
            return text_tokens(len(self._chat.body))
        return request_tokens(request, self._fit.family)

    async def _start_passing(self, call: Call, response: IncomingResponse, relay: PassthroughRelay) -> Answer:
        try:
            return await self._start(call, response, relay)
        except UpstreamError as error:
            if relay.refusal:
                self._explain(error, relay.refusal)
            raise

    def _explain(self, error: UpstreamError, body: bytes) -> UpstreamError:
        """``error`` with what an error within a 200 says besides its words, for clients of the same wire."""
        told = self._fit.theirs.read_error(200, body, {})
        error.said, error.said_on = told.said, told.said_on
        return error

    def _hear(self, raw: bytes) -> Heard:
        """What a whole answer says that passed unread."""
        try:
            return hear_choices(self._fit.theirs.read_response(raw).choices)
        except UpstreamError:
            return Heard()


def read_usual(
    passthrough: Passthrough, raw: bytes, ledger: Ledger, provider: Provider | None, model: str
) -> tuple[Usage, str, bytes] | None:
    """What an answer of ``model`` used that goes well and tells both sides of it, as nearly all do; the model that it
    names; and the answer for the client.

    None for all others: what :meth:`PassingChat.read_whole` does with them needs the request.
    """
    tapped = passthrough.read_tap(raw)
    if tapped.error is not None or tapped.renewed is not None:
        return None
    told = ledger.believe(tapped.usage, provider, model)
    if told is None or not told.input or not told.output or told.estimated:
        return None
    return told, tapped.model, tapped.body or raw


def forward(headers: Headers, forwarded: Sequence[tuple[str, str]]) -> Headers:
    """The provider's headers with the client's in the place of those of the same name; betas of both count."""
    asked = dict(forwarded)
    kept: list[tuple[str, str]] = []
    for name, value in headers:
        if name.lower() not in asked:
            kept.append((name, value))
        elif name.lower() == "anthropic-beta":
            asked["anthropic-beta"] += f",{value}"
    return (*kept, *asked.items())
