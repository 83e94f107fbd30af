"""A chat call as its client sent it, and how it is made ready for a provider's dialect."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from functools import partial
from typing import Final

from trunkline.core.chat import ChatRequest, ChatResponse, JsonValue, Message
from trunkline.core.errors import InvalidInput
from trunkline.core.policy import Content
from trunkline.core.terms import bind_terms, read_terms
from trunkline.dialects.dialect import Dialect, StreamWriter
from trunkline.dialects.passthrough import Changes, Peek
from trunkline.gateway.call import Call
from trunkline.gateway.estimate import find_family, quick_tokens, text_tokens
from trunkline.gateway.exchanges.answer_keeper import AnswerKeeper
from trunkline.gateway.exchanges.chat_fit import ChatFit, PassingFit
from trunkline.gateway.exchanges.content import read_chat, read_unknown
from trunkline.gateway.exchanges.exchange import Prepared
from trunkline.gateway.exchanges.kept_response import Pin
from trunkline.gateway.exchanges.output_bound import bound_output
from trunkline.gateway.exchanges.passing_chat import PassingChat
from trunkline.gateway.exchanges.prepared_chat import PreparedChat
from trunkline.gateway.exchanges.translated_chat import TranslatedChat
from trunkline.gateway.routing.target import Target
from trunkline.outbound.url import Url
from trunkline.providers.adaptation import adapt
from trunkline.providers.dialect_choice import PASSTHROUGHS, choose_answer_dialect, choose_dialect
from trunkline.providers.passing import passes
from trunkline.providers.quirks import quirk

_UNCOUNTED: Final = -2
_UNCOUNTABLE: Final = -1


class Chat:
    """One chat call. ``model``, ``streams`` and ``user`` are all that is read before the target is known.

    Implements :class:`~trunkline.gateway.exchanges.exchange.Exchange`. Kinds of chat that differ say so in the methods
    that are made for it.
    """

    __slots__ = (
        "_characters",
        "_request",
        "_writer",
        "body",
        "dialect",
        "forwarded",
        "model",
        "passthrough",
        "peek",
        "stream_usage",
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
        peek: Peek | None = None,
    ) -> None:
        """``model`` and ``stream`` are given where the URL says them.

        ``forwarded`` are the client's headers that travel with a call that passes; ``writer`` replaces the dialect's
        own writer of streams; ``peek`` is what a look into the body has told, where somebody has looked.
        """
        self.dialect = dialect
        self.body = body
        self.forwarded = forwarded
        self._writer = writer
        self._request: ChatRequest | None = None
        self._characters = _UNCOUNTED
        """Of its texts; ``_UNCOUNTABLE`` where that cannot be told without reading all of it."""
        self.passthrough = PASSTHROUGHS.get(dialect.name) if writer is None else None
        """How it passes, where its provider speaks the same dialect."""
        self.peek: Peek | None = None
        """What a look into the body told, where it was not read."""
        if self.passthrough is not None:
            peek = self.peek = peek or self.passthrough.peek(body)
            self.stream_usage = peek.stream_usage
            asked, streams, self.user = peek.model, peek.streams, peek.user
        else:
            request = self.read_request()
            self.stream_usage = True
            asked, streams, self.user = request.model, request.stream, request.user
        self.model = asked if model is None else model
        self.streams = streams if stream is None else stream

    def read_request(self) -> ChatRequest:
        """The whole of it, read when first asked for. Raises InvalidInput."""
        if self._request is None:
            self._request = self.dialect.read_request(self.body)
        return self._request

    @property
    def pin(self) -> Pin | None:
        """See :class:`~trunkline.gateway.exchanges.exchange.Exchange`."""
        return None

    @property
    def writes_array(self) -> bool:
        """Whether a stream is no stream of events."""
        return self._writer is not None

    def bounded(self, tokens: int) -> Chat:
        """See :class:`~trunkline.gateway.exchanges.exchange.Exchange`."""
        other = copy(self)
        other.body = bound_output(self.dialect.name, self.body, tokens)
        other._request = None
        other._characters = _UNCOUNTED
        return other

    def prepare(self, target: Target, model: str) -> PreparedChat:
        """See :class:`~trunkline.gateway.exchanges.exchange.Exchange`."""
        fit = self.find_fit(target, model)
        if fit.passing is not None:
            return self._pass(target, model, fit, fit.passing)
        return TranslatedChat(self, target, model, fit)

    def find_fit(self, target: Target, model: str) -> ChatFit:
        """How calls of this kind go to ``model``."""
        return self._find_fit(target, model, native=self.is_native(target))

    def _pass(self, target: Target, model: str, fit: ChatFit, passing: PassingFit) -> PassingChat:
        return PassingChat(self, target, model, fit, passing)

    def content(self) -> Content:
        """What is sent, for policies. Reads the whole body, so only who must look calls it."""
        try:
            request = self.read_request()
        except InvalidInput:
            return read_unknown(self.body, text_tokens(len(self.body)))
        return read_chat(request, quick_tokens(request), self.earlier)

    def says_text(self) -> bool:
        """Whether its messages are known to hold nothing but text: found out without reading all of it."""
        if self._characters == _UNCOUNTED:
            counted = None if self.passthrough is None else self.passthrough.count_characters(self.body)
            self._characters = _UNCOUNTABLE if counted is None else counted
        return self._characters >= 0

    def guess_tokens(self) -> int:
        """See :class:`~trunkline.gateway.exchanges.exchange.Inspectable`. Reads only texts where that will do."""
        if self.says_text():
            return text_tokens(self._characters)
        try:
            return quick_tokens(self.read_request())
        except InvalidInput:
            return text_tokens(len(self.body))

    def _find_fit(self, target: Target, model: str, *, native: bool) -> ChatFit:
        """How calls of this kind go to ``model``, made once for the target.

        What the model's vendor is known to refuse does not pass: it is read and mended.
        """
        twist = quirk(target.provider.id, model)
        unread = self._can_pass(target, native) and passes(self.body, self.dialect.name, twist)
        key = (type(self), model, self.streams, native, unread)
        fit = target.fits.get(key)
        if isinstance(fit, ChatFit):
            return fit
        theirs = choose_dialect(target.provider, model, native)
        passing: PassingFit | None = None
        if unread and self.passthrough is not None:
            defaults = self.defaults(target)
            changes = Changes(
                model=model,
                defaults=defaults,
                stream_usage=self.streams and twist.stream_usage,
                rename=twist.rename,
                drop=twist.drop,
                adapt=partial(adapt, quirk=twist),
                system_prompt=target.defaults.system_prompt,
                system_role=twist.wire.system_role,
                roles=twist.roles,
                form=twist.form,
                call_ids=twist.calls.ids,
                stops=twist.stops,
                nulls=not twist.wire.strict_turns,
            )
            edit = self.passthrough.editor(changes)
            usual = read_terms(defaults.get("service_tier", defaults.get("serviceTier")))
            passing = PassingFit(self.passthrough, edit, bind_terms(usual, target.geo))
        fit = ChatFit(twist, theirs, find_family(model, target.provider.id), self.url(target, model, native), passing)
        target.keep_fit(key, fit)
        return fit

    def _can_pass(self, target: Target, native: bool) -> bool:
        return self.passthrough is not None and target.provider.dialect == self.dialect.name

    # What kinds of chat may have otherwise.

    def is_native(self, target: Target) -> bool:
        """Whether the provider is asked in OpenAI's responses dialect."""
        return False

    def url(self, target: Target, model: str, native: bool) -> Url:
        """Where the call goes."""
        return target.endpoint.chat(model, self.streams)

    def defaults(self, target: Target) -> Mapping[str, JsonValue]:
        """What a configuration adds to a call that passes."""
        return target.wire_defaults

    def fit(self, request: ChatRequest, target: Target, theirs: Dialect) -> ChatRequest:
        """A last change before a request is adapted to its model."""
        return request

    def tell_dropped(self, dropped: tuple[str, ...], theirs: Dialect) -> tuple[str, ...]:
        """What the caller is told was left out of a call that is translated."""
        return dropped

    @property
    def earlier(self) -> Sequence[Message]:
        """What the call goes on from and the caller does not repeat."""
        return ()

    def answering(self, call: Call, prepared: Prepared) -> None:
        """An answer to ``prepared`` has begun to come."""

    def make_writer(self, request: ChatRequest) -> StreamWriter:
        """Writes a stream that is translated."""
        if self._writer is not None:
            return self._writer(request)
        return choose_answer_dialect(self.dialect, request).stream_writer(request)

    def write_answer(self, answer: ChatResponse) -> bytes:
        """Writes a whole answer that is translated."""
        return choose_answer_dialect(self.dialect, self.read_request()).write_response(answer)

    def make_keeper(self, call: Call) -> AnswerKeeper | None:
        """What keeps an answer that is translated; None where none is kept."""
        return None
