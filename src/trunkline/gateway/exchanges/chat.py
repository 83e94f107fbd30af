"""A chat call between a client's dialect and a provider's: what is sent, and what is made of the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import msgspec

from trunkline.core.chat import ChatRequest, ChatResponse, JsonValue, Message, Usage
from trunkline.core.errors import InvalidInput, UpstreamError
from trunkline.core.heard import Heard, hear_choices
from trunkline.core.policy import Content
from trunkline.core.terms import USUAL, Terms, bind_terms, note_tier, read_terms
from trunkline.dialects.dialect import Dialect, StreamReader, StreamWriter
from trunkline.dialects.passthrough import Edit, Passthrough, Peek
from trunkline.gateway.answer import EVENTS, JSON, Answer, write_headers
from trunkline.gateway.call import Call
from trunkline.gateway.estimate import OTHER, Estimate, find_family, quick_tokens, request_tokens, text_tokens
from trunkline.gateway.exchanges.answer_calls import AnswerCalls, RestoringReader
from trunkline.gateway.exchanges.answer_schema import AnswerSchema, CheckedReader
from trunkline.gateway.exchanges.forced_call import ForcedReader, call_of
from trunkline.gateway.exchanges.kept_response import Pin
from trunkline.gateway.gates.content import read_chat, read_unknown
from trunkline.gateway.relays.passthrough_relay import PassthroughRelay
from trunkline.gateway.relays.relay import failed, mark
from trunkline.gateway.relays.translated_relay import TranslatedRelay
from trunkline.gateway.routing.target import Target
from trunkline.outbound import IncomingResponse, OutgoingRequest
from trunkline.outbound.url import Url
from trunkline.providers.adaptation import adapt, refuse_fields
from trunkline.providers.call_fitting import find_names
from trunkline.providers.closed_schema import loosened
from trunkline.providers.defaults import Defaults, apply_defaults
from trunkline.providers.dialect_choice import PASSTHROUGHS, choose_dialect
from trunkline.providers.endpoint import Headers
from trunkline.providers.forced_tool import fit_forced_tool
from trunkline.providers.own_tools import refuse_own_tools
from trunkline.providers.quirks import Quirk, quirk


class Chat:
    """One chat call. ``model``, ``streams`` and ``user`` are all that is read before the target is known."""

    keeps = False
    """Whether whole answers are kept, which costs putting streams together again."""

    __slots__ = (
        "_body",
        "_calls",
        "_dialect",
        "_dropped",
        "_estimate",
        "_filled",
        "_forced",
        "_forwarded",
        "_native",
        "_passthrough",
        "_peek",
        "_request",
        "_schema",
        "_sent",
        "_spoken",
        "_stream_usage",
        "_terms",
        "_theirs",
        "_writer",
        "model",
        "streams",
        "user",
    )

    def __init__(
        self,
        dialect: Dialect,
        body: bytes,
        model: str | None = None,
        stream: bool | None = None,
        *,
        forwarded: Sequence[tuple[str, str]] = (),
        writer: Callable[[ChatRequest], StreamWriter] | None = None,
    ) -> None:
        """``model`` and ``stream`` are given where the URL says them.

        ``forwarded`` are the client's headers that travel with a call that passes; ``writer`` replaces the dialect's
        own writer of streams.
        """
        self._dialect = dialect
        self._body = body
        self._forwarded = forwarded
        self._estimate = Estimate(OTHER, self._count_input)
        self._sent: ChatRequest | None = None
        """What a provider of another dialect was given."""
        self._filled: Defaults | None = None
        """What the configuration adds to a call that passes."""
        self._native = False
        """Whether the provider is asked in OpenAI's responses dialect."""
        self._writer = writer
        self._request: ChatRequest | None = None
        self._theirs: Dialect = dialect
        self._dropped: tuple[str, ...] = ()
        self._calls: AnswerCalls | None = None
        """How the caller knows the calls of the answer; None where there can be none."""
        self._forced: str | None = None
        """The tool whose call the answer's text is."""
        self._schema: AnswerSchema | None = None
        """What answers are held to, where the model was given a looser schema than a strict caller's."""
        self._spoken = False
        """Whether a schema is told in words, as the model takes none."""
        self._terms = USUAL
        """What the provider was asked for of the terms of the bill."""
        self._passthrough = PASSTHROUGHS.get(dialect.name) if writer is None else None
        self._peek: Peek | None = None
        if self._passthrough is not None:
            peek = self._peek = self._passthrough.peek(body)
            self._stream_usage = peek.stream_usage
            asked, streams, self.user = peek.model, peek.streams, peek.user
        else:
            request = self._read()
            self._stream_usage = True
            asked, streams, self.user = request.model, request.stream, request.user
        self.model = asked if model is None else model
        self.streams = streams if stream is None else stream

    def _read(self) -> ChatRequest:
        if self._request is None:
            self._request = self._dialect.read_request(self._body)
        return self._request

    @property
    def pin(self) -> Pin | None:
        """See :class:`~trunkline.gateway.exchanges.exchange.Exchange`."""
        return None

    def _url(self, target: Target, model: str) -> Url:
        """Where the call goes."""
        return target.endpoint.chat(model, self.streams)

    def _defaults(self, target: Target) -> Mapping[str, JsonValue]:
        """What a configuration adds to a call that passes."""
        return target.wire_defaults

    def _read_terms(self, target: Target) -> Terms:
        """The terms that a call asks for that passes, by itself or by its configuration."""
        asked = USUAL if self._peek is None else self._peek.terms
        if asked == USUAL:
            defaults = self._defaults(target)
            asked = read_terms(defaults.get("service_tier", defaults.get("serviceTier")))
        if "service_tier" in self._dropped and asked.tier:
            asked = msgspec.structs.replace(asked, tier="")
        return bind_terms(asked, target.geo)

    def _passing(self, target: Target) -> Passthrough | None:
        """How the call passes, when both sides speak the same dialect.

        A schema that must be told in words is read, so that its answer can be held to it.
        """
        return self._passthrough if target.provider.dialect == self._dialect.name and not self._spoken else None

    def write(self, target: Target, model: str) -> OutgoingRequest:
        """The request for ``target``. Raises InvalidInput for what is wrong in it or cannot be said there."""
        headers = target.endpoint.headers
        twist = quirk(target.provider.id, model)
        self._theirs = choose_dialect(target.provider, model, self._native)
        self._spoken = twist.schemas == "words" and b'"json_schema"' in self._body
        url = self._url(target, model)
        passing = self._passing(target)
        self._estimate = Estimate(find_family(model, target.provider.id), self._count_input)
        self._sent, self._filled = None, target.defaults
        if passing is not None:
            if twist.refuse:
                refuse_fields(self._body, model, twist)
            body, self._dropped = self._find_edit(target, model, twist, passing)(self._body)
            self._terms = self._read_terms(target)
            if self._forwarded:
                headers = _forward(headers, self._forwarded)
        else:
            refuse_own_tools(self._read(), self._theirs.name, target.provider.display_name)
            # However the client wants to be told, we want to know what a stream used.
            request = msgspec.structs.replace(
                apply_defaults(self._read(), target.defaults),
                model=model,
                stream=self.streams,
                stream_usage=self.streams,
            )
            forced = fit_forced_tool(self._fit(request), twist)
            request, self._forced = forced.request, forced.name
            asked = request.response_format
            self._calls = None
            if request.tools or self._forced:
                names = find_names(request, twist.calls.names)
                self._calls = AnswerCalls(request, {sent: given for given, sent in names.items()})
            request, adapted = adapt(request, twist)
            held_to = loosened(asked, request.response_format)
            self._schema = None if held_to is None else AnswerSchema(held_to)
            self._sent = request
            written = self._theirs.write_request(request)
            body = written.body
            self._dropped = (*forced.dropped, *adapted, *written.dropped)
            tier = None if "service_tier" in self._dropped else request.service_tier
            self._terms = bind_terms(read_terms(tier), target.geo)
        return OutgoingRequest("POST", url, headers, body)

    def _find_edit(self, target: Target, model: str, twist: Quirk, passing: Passthrough) -> Edit:
        """What changes in calls of this kind to ``model``, made once for the target."""
        key = (type(self), model, self.streams)
        edit = target.edits.get(key)
        if edit is None:
            edit = passing.editor(
                model=model,
                defaults=self._defaults(target),
                stream_usage=self.streams and twist.stream_usage,
                rename=twist.rename,
                drop=twist.drop,
                adapt=partial(adapt, quirk=twist),
                system_prompt=target.defaults.system_prompt,
                system_role=twist.wire.system_role,
                roles=twist.roles,
                form=twist.form,
                call_ids=twist.calls.ids,
            )
            target.keep_edit(key, edit)
        return edit

    async def read(self, call: Call, target: Target, response: IncomingResponse) -> Answer:
        """The answer for the client, from a response with a good status.

        Raises UpstreamError as long as nothing has gone to the client, so that another attempt is possible.
        """
        call.asked = self._terms
        if self.streams:
            return await self._stream(call, target, response)
        raw = call.disclosure.whole(await response.read())
        passing = self._passing(target)
        if passing is not None:
            tapped = passing.read_tap(raw)
            if tapped.error is not None:
                raise self._explain(failed(tapped.error, target.provider.id), raw)
            call.answered = tapped.model
            body = tapped.body or raw
            usage, estimated = self._estimate.complete(call.believe(tapped.usage), lambda: self._hear(raw), whole=True)
            if estimated:
                body = passing.tell_whole_usage(body, mark(usage))
        else:
            whole = self._theirs.read_response(raw)
            if whole.choices and all(choice.stop == "error" and not choice.parts for choice in whole.choices):
                raise UpstreamError("The provider ended the answer with an error.", kind="server", status=200)
            self._hold(whole, target)
            call.answered = whole.model
            choices = whole.choices
            usage, estimated = self._estimate.complete(
                call.believe(whole.usage), lambda: hear_choices(choices), whole=True
            )
            whole = msgspec.structs.replace(whole, usage=mark(usage) if estimated else usage)
            usage = note_tier(usage, whole.service_tier)
            if self._forced is not None:
                whole = call_of(whole, self._forced)
            if self._calls is not None:
                whole = self._calls.restore(whole)
            whole = self._show(self._complete(whole, call))
            body = self._dialect.write_response(whole)
            parts = whole.choices[0].parts if whole.choices else ()
            await self._keep(call, Message("assistant", parts))
        await call.settle("ok", usage=usage, estimated=estimated)
        headers = write_headers(call, target, self._dropped)
        headers.append(JSON)
        return Answer(200, headers, body=body)

    async def _stream(self, call: Call, target: Target, response: IncomingResponse) -> Answer:
        kind = response.headers.get("content-type") or ""
        if "html" in kind or (kind.startswith("application/json") and target.provider.dialect != "ollama"):
            raise self._not_a_stream(target, response, await response.read(1 << 20))
        relay: PassthroughRelay | TranslatedRelay
        passing = self._passing(target)
        if passing is not None:
            relay = self._relay(call, target, response, passing)
        else:
            request = self._read()
            relay = TranslatedRelay(
                call,
                response,
                self._estimate,
                reader=self._reader(),
                writer=self._make_writer(request),
                name=self._name(call),
                keep=partial(self._keep, call) if self.keeps else None,
                finish=self._finish if self.keeps else None,
            )
        try:
            await relay.start()
        except UpstreamError as error:
            response.abort()
            if isinstance(relay, PassthroughRelay) and relay.refusal:
                self._explain(error, relay.refusal)
            raise
        except BaseException:
            # A cancellation as well: nobody will read the rest, and the provider should see that.
            response.abort()
            raise
        headers = write_headers(call, target, self._dropped)
        headers.extend(EVENTS)
        if self._writer is not None:
            headers[-len(EVENTS)] = JSON
        return Answer(200, headers, relay=relay)

    def _explain(self, error: UpstreamError, body: bytes) -> UpstreamError:
        """``error`` with what an error within a 200 says besides its words, for clients of the same wire."""
        told = self._theirs.read_error(200, body, {})
        error.said, error.said_on = told.said, told.said_on
        return error

    def _reader(self) -> StreamReader:
        reader = self._theirs.stream_reader()
        if self._forced is not None:
            reader = ForcedReader(reader, self._forced)
        if self._calls is not None:
            reader = RestoringReader(reader, self._calls)
        return reader if self._schema is None else CheckedReader(reader, self._schema)

    def _hold(self, response: ChatResponse, target: Target) -> None:
        """Raises UpstreamError for an answer that does not fit a strict caller's schema."""
        for choice in response.choices if self._schema is not None else ():
            fault = self._schema.choice_fault(choice) if self._schema is not None else None
            if fault is not None:
                raise UpstreamError(fault, kind="malformed", provider=target.provider.id)

    def _make_writer(self, request: ChatRequest) -> StreamWriter:
        return self._writer(request) if self._writer else self._dialect.stream_writer(request)

    def _relay(self, call: Call, target: Target, response: IncomingResponse, passing: Passthrough) -> PassthroughRelay:
        """The relay of a stream that passes."""
        strip = not self._stream_usage
        return PassthroughRelay(call, response, self._estimate, passthrough=passing, strip_usage=strip)

    def _complete(self, response: ChatResponse, call: Call) -> ChatResponse:
        opened = call.opened
        return msgspec.structs.replace(
            response,
            id=self._name(call) or response.id or opened.id,
            model=response.model or opened.model,
            created=response.created or opened.opened_at // 1_000_000,
        )

    def _fit(self, request: ChatRequest) -> ChatRequest:
        """A last change before a request is adapted to its model. For kinds of chat that need one."""
        return request

    def _name(self, call: Call) -> str:
        """An id for the answer in the place of the provider's; empty to keep that."""
        return ""

    def _show(self, response: ChatResponse) -> ChatResponse:
        """A last change before an answer is written for the client."""
        return response

    async def _keep(self, call: Call, answer: Message) -> None:
        """Do what is to be done with a whole answer before the client sees its end."""

    def _finish(self, held: bytes) -> bytes:
        """A last change to the end of a stream. For kinds of chat whose answers are kept."""
        return held

    def _hear(self, raw: bytes) -> Heard:
        """What a whole answer says that passed unread."""
        try:
            return hear_choices(self._theirs.read_response(raw).choices)
        except UpstreamError:
            return Heard()

    def _count_input(self) -> int:
        """Our own count of the input. A body that passed unread may be one that only its provider understands."""
        request = self._sent
        try:
            if request is None:
                request = self._read()
                request = request if self._filled is None else apply_defaults(request, self._filled)
        except InvalidInput:
            return text_tokens(len(self._body))
        return request_tokens(request, self._estimate.family)

    def _quick_input(self) -> int:
        """The same at little cost, for what happens before every call."""
        try:
            return quick_tokens(self._read())
        except InvalidInput:
            return text_tokens(len(self._body))

    def _not_a_stream(self, target: Target, response: IncomingResponse, body: bytes) -> UpstreamError:
        """The error for an answer in one piece where a stream was asked for: its own error, if it is one."""
        try:
            self._theirs.read_response(body)
        except UpstreamError as error:
            if error.kind != "malformed":
                return error
        error = self._theirs.read_error(response.status, body, response.headers)
        return UpstreamError(
            f"{target.provider.display_name} did not answer with a stream of events.",
            kind="malformed",
            provider=target.provider.id,
            status=response.status,
            detail=error.detail,
        )

    def content(self) -> Content:
        """What is sent, for policies. Reads the whole body, so only who must look calls it."""
        try:
            request = self._read()
        except InvalidInput:
            return read_unknown(self._body, self._quick_input())
        return read_chat(request, self._quick_input(), self._earlier())

    def _earlier(self) -> Sequence[Message]:
        """What the call goes on from and the caller does not repeat. For kinds of chat that have it."""
        return ()

    def read_error(self, response: IncomingResponse, body: bytes) -> UpstreamError:
        """What an answer with a bad status says."""
        return self._theirs.read_error(response.status, body, response.headers)

    def estimate(self) -> Usage:
        """What a call that was cut off before its answer may have used: its input."""
        return Usage(input=self._estimate.input)


def _forward(headers: Headers, forwarded: Sequence[tuple[str, str]]) -> Headers:
    """The provider's headers with the client's in the place of those of the same name; betas of both count."""
    asked = dict(forwarded)
    kept: list[tuple[str, str]] = []
    for name, value in headers:
        if name.lower() not in asked:
            kept.append((name, value))
        elif name.lower() == "anthropic-beta":
            asked["anthropic-beta"] += f",{value}"
    return (*kept, *asked.items())
