"""A chat between a client's dialect and another one of its provider's."""

from __future__ import annotations

import msgspec

from trunkline.core.chat import ChatResponse, Message, Usage
from trunkline.core.errors import UpstreamError
from trunkline.core.heard import hear_choices
from trunkline.core.terms import bind_terms, note_tier, read_terms
from trunkline.dialects.dialect import StreamReader
from trunkline.dialects.half_characters import join_halves
from trunkline.gateway.answer import JSON, Answer, write_headers
from trunkline.gateway.call import Call
from trunkline.gateway.estimate import request_tokens
from trunkline.gateway.exchanges.answer_calls import AnswerCalls, RestoringReader
from trunkline.gateway.exchanges.answer_schema import AnswerSchema, CheckedReader
from trunkline.gateway.exchanges.asked_chat import AskedChat
from trunkline.gateway.exchanges.chat_fit import ChatFit
from trunkline.gateway.exchanges.forced_call import ForcedReader, call_of
from trunkline.gateway.exchanges.passing_chat import forward
from trunkline.gateway.exchanges.prepared_chat import PreparedChat
from trunkline.gateway.relays.relay import mark
from trunkline.gateway.relays.translated_relay import TranslatedRelay
from trunkline.gateway.routing.target import Target
from trunkline.outbound import IncomingResponse, OutgoingRequest
from trunkline.providers.adaptation import adapt
from trunkline.providers.call_fitting import find_names
from trunkline.providers.closed_schema import loosened
from trunkline.providers.defaults import apply_defaults
from trunkline.providers.forced_tool import fit_forced_tool
from trunkline.providers.mending import mend
from trunkline.providers.own_tools import refuse_own_tools


class TranslatedChat(PreparedChat):
    """One such call. ``omitted`` is how many messages of the caller's were left out."""

    __slots__ = ("_calls", "_forced", "_schema", "_sent", "omitted")

    def __init__(self, chat: AskedChat, target: Target, model: str, fit: ChatFit) -> None:
        """Raises InvalidInput for what is wrong in the call or cannot be said to ``target``."""
        twist, theirs = fit.quirk, fit.theirs
        given = chat.read_request()
        refuse_own_tools(given, theirs.name, target.provider.display_name)
        # However the client wants to be told, we want to know what a stream used.
        asked = msgspec.structs.replace(
            apply_defaults(given, target.defaults), model=model, stream=chat.streams, stream_usage=chat.streams
        )
        fitted = chat.fit(asked, target, theirs)
        self.omitted = len(asked.messages) - len(fitted.messages)
        mended, told = mend(fitted, twist)
        forced = fit_forced_tool(mended, twist)
        request = forced.request
        self._forced = forced.name
        """The tool whose call the answer's text is."""
        wanted = request.response_format
        self._calls: AnswerCalls | None = None
        """How the caller knows the calls of the answer; None where there can be none."""
        if request.tools or self._forced:
            names = find_names(request, twist.calls.names)
            self._calls = AnswerCalls(request, {sent: name for name, sent in names.items()})
        request, adapted = adapt(request, twist)
        held_to = loosened(wanted, request.response_format)
        self._schema = None if held_to is None else AnswerSchema(held_to)
        """What answers are held to, where the model was given a looser schema than a strict caller's."""
        self._sent = request
        written = theirs.write_request(request)
        dropped = (*told, *forced.dropped, *adapted, *written.dropped)
        tier = None if "service_tier" in dropped else request.service_tier
        terms = bind_terms(read_terms(tier), target.geo)
        headers = target.endpoint.headers
        if chat.forwarded and theirs.name == chat.dialect.name:
            headers = forward(headers, chat.forwarded)
        outgoing = OutgoingRequest("POST", fit.url, headers, written.body)
        super().__init__(chat, target, fit, outgoing, chat.tell_dropped(dropped, theirs))
        self.terms = terms

    async def read(self, call: Call, response: IncomingResponse) -> Answer:
        """See :class:`~trunkline.gateway.exchanges.exchange.Prepared`."""
        call.asked = self.terms
        self._chat.answering(call, self)
        return await (self._stream(call, response) if self._chat.streams else self._whole(call, response))

    def count_input(self) -> int:
        """Our own count of what the provider was given."""
        return request_tokens(self._sent, self._fit.family)

    def read_whole(self, call: Call, raw: bytes) -> tuple[Usage, bool, bytes]:
        """See :class:`PreparedChat`."""
        usage, estimated, whole = self._understand(call, raw, "")
        return usage, estimated, self._chat.write_answer(whole)

    async def _whole(self, call: Call, response: IncomingResponse) -> Answer:
        raw, keeper = await response.read(), self._chat.make_keeper(call)
        if keeper is None:
            usage, estimated, body = self.read_whole(call, raw)
        else:
            usage, estimated, whole = self._understand(call, raw, keeper.name)
            body = self._chat.write_answer(keeper.show(whole))
            await keeper.keep(Message("assistant", whole.choices[0].parts if whole.choices else ()))
        await call.settle("ok", usage=usage, estimated=estimated)
        headers = write_headers(call, self._target, self.dropped)
        headers.append(JSON)
        if keeper is not None:
            keeper.complete(headers)
        return Answer(200, headers, body=body)

    def _understand(self, call: Call, raw: bytes, name: str) -> tuple[Usage, bool, ChatResponse]:
        """What a whole answer used, whether that is a count of ours, and what it says, under ``name`` if it has one."""
        whole = self._fit.theirs.read_response(join_halves(call.disclosure.whole(raw)))
        if whole.choices and all(choice.stop == "error" and not choice.parts for choice in whole.choices):
            raise UpstreamError("The provider ended the answer with an error.", kind="server", status=200)
        self._hold(whole)
        call.answered = whole.model
        choices, opened, tier = whole.choices, call.opened, whole.service_tier
        usage, estimated = self._counts().complete(call.believe(whole.usage), lambda: hear_choices(choices), whole=True)
        whole = msgspec.structs.replace(
            whole,
            id=name or whole.id or opened.id,
            model=whole.model or opened.model,
            created=whole.created or opened.opened_at // 1_000_000,
            usage=mark(usage) if estimated else usage,
        )
        if self._forced is not None:
            whole = call_of(whole, self._forced)
        if self._calls is not None:
            whole = self._calls.restore(whole)
        return note_tier(usage, tier), estimated, whole

    async def _stream(self, call: Call, response: IncomingResponse) -> Answer:
        await self._expect_stream(response)
        chat = self._chat
        keeper, writer = chat.make_keeper(call), chat.make_writer(chat.read_request())
        relay = TranslatedRelay(
            call,
            response,
            self._counts(),
            reader=self._reader(),
            writer=writer if keeper is None else keeper.watch(writer),
            name="" if keeper is None else keeper.name,
            keep=None if keeper is None else keeper.keep,
            finish=None if keeper is None else keeper.finish,
        )
        answer = await self._start(call, response, relay)
        if keeper is not None:
            keeper.complete(answer.headers)
        return answer

    def _reader(self) -> StreamReader:
        reader = self._fit.theirs.stream_reader()
        if self._forced is not None:
            reader = ForcedReader(reader, self._forced)
        if self._calls is not None:
            reader = RestoringReader(reader, self._calls)
        return reader if self._schema is None else CheckedReader(reader, self._schema)

    def _hold(self, response: ChatResponse) -> None:
        """Raises UpstreamError for an answer that does not fit a strict caller's schema."""
        schema = self._schema
        for choice in response.choices if schema is not None else ():
            fault = schema.choice_fault(choice) if schema is not None else None
            if fault is not None:
                raise UpstreamError(fault, kind="malformed", provider=self._target.provider.id)
