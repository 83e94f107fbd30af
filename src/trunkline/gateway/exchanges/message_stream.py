"""A chat answer as people see it: texts, thoughts, pictures and an end, in no provider's wire.

Pages and programs that only want to show an answer are served from this: conversations, and features that are run or
tried. Use::

    exchange = MessageChat(body)  # an OpenAI chat request as JSON
    answer = await gateway.run(actor, "chat", exchange, request_id, context)
    async for record in read_records(answer):
        ...  # Said, Thought and Pictured as they come; Finished or Broken is the last
    used = exchange.used()  # exact from Finished and Broken on: the call is settled before either is given

Who stops early calls ``answer.relay.abandon()``, after which ``used()`` is final too. Errors before the first record
are raised by ``run``, as ever.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from typing import Final, TypeAlias

import msgspec

from trunkline.core.chat import ChatRequest, StopReason, Usage
from trunkline.core.chat_events import (
    AudioDelta,
    ChatEvent,
    End,
    Failure,
    ImageDelta,
    ReasoningDelta,
    RefusalDelta,
    Stop,
    TextDelta,
)
from trunkline.core.errors import UpstreamKind
from trunkline.dialects import openai_chat
from trunkline.dialects.dialect import Dialect
from trunkline.dialects.media_url import write_image_url
from trunkline.dialects.openai_chat.finish import write_finish
from trunkline.gateway.answer import Answer
from trunkline.gateway.call import Call
from trunkline.gateway.exchanges.chat import Chat
from trunkline.gateway.exchanges.context_window import fit_window
from trunkline.gateway.exchanges.exchange import Prepared
from trunkline.gateway.exchanges.prepared_chat import PreparedChat
from trunkline.gateway.exchanges.translated_chat import TranslatedChat
from trunkline.gateway.prices import Prices
from trunkline.gateway.routing.target import Target
from trunkline.providers.provider import Provider

Windows: TypeAlias = Callable[[Provider, str], int | None]
"""How many tokens a model takes, input and output together; None where nobody knows."""


class Said(msgspec.Struct, frozen=True, tag="delta"):
    """More of the answer's text."""

    text: str


class Thought(msgspec.Struct, frozen=True, tag="reasoning"):
    """More of what the model thought, where it shows that."""

    text: str


class Pictured(msgspec.Struct, frozen=True, tag="image"):
    """A whole picture. ``url`` is what the provider gave: nearly always a data URL, else an address of anybody's."""

    url: str


class Finished(msgspec.Struct, frozen=True, tag="finish"):
    """The answer is whole and its call is settled. ``reason`` is a ``finish_reason`` of OpenAI's."""

    reason: str


class Broken(msgspec.Struct, frozen=True, tag="broken"):
    """The answer broke off; what came before it stands. ``message`` is safe to show."""

    message: str
    kind: UpstreamKind


Record: TypeAlias = Said | Thought | Pictured | Finished | Broken


class Used(msgspec.Struct, frozen=True):
    """What a call used, as its usage event has it. ``cost_nanos`` is None where no price is known.

    ``first_token_ms`` and ``duration_ms`` are None for a call that nobody answered.
    """

    usage: Usage
    estimated: bool
    cost_nanos: int | None
    first_token_ms: int | None = None
    duration_ms: int | None = None


_decode: Final = msgspec.json.Decoder(Record).decode
_encode: Final = msgspec.json.Encoder().encode


class RecordWriter:
    """Writes one streamed answer as lines of JSON, a :class:`Record` each. Only the first choice is shown."""

    __slots__ = ("_ended", "_reason", "_refused")

    def __init__(self) -> None:
        self._reason: StopReason = "stop"
        self._refused = False
        self._ended = False

    def write(self, event: ChatEvent) -> bytes:
        """See :class:`~trunkline.dialects.dialect.StreamWriter`."""
        if self._ended:
            return b""
        match event:
            case TextDelta(text=text, choice=0) if text:
                return _line(Said(text))
            case RefusalDelta(text=text, choice=0) if text:
                self._refused = True
                return _line(Said(text))
            case AudioDelta(transcript=text, choice=0) if text:
                return _line(Said(text))
            case ReasoningDelta(text=text, choice=0) if text:
                return _line(Thought(text))
            case ImageDelta(media=media, choice=0):
                url = write_image_url(media)
                return _line(Pictured(url)) if url else b""
            case Stop(reason=reason, choice=0):
                self._reason = reason
                return b""
            case Failure():
                self._ended = True
                return _line(Broken(event.message, event.kind))
            case End():
                self._ended = True
                return _line(Finished(write_finish(self._reason, refused=self._refused)))
            case _:
                return b""


def _line(record: Record) -> bytes:
    return _encode(record) + b"\n"


class MessageChat(Chat):
    """A chat call that is always streamed, and answered in records.

    With ``windows`` the oldest turns are left out that the model has no room for; ``omitted`` says how many. ``prices``
    are for :meth:`used` of a call that was given up before its provider answered at all.
    """

    __slots__ = ("_asked", "_prepared", "_prices", "_windows", "call")

    def __init__(self, body: bytes, *, windows: Windows | None = None, prices: Prices | None = None) -> None:
        super().__init__(openai_chat.DIALECT, body, stream=True, writer=_make_writer)
        self._windows = windows
        self._prices = prices
        self._asked: tuple[Provider, str] | None = None
        self._prepared: Prepared | None = None
        self.call: Call | None = None
        """The call's books, from the provider's first byte on: what serves it stands in ``call.opened``."""

    def prepare(self, target: Target, model: str) -> PreparedChat:
        """See :class:`~trunkline.gateway.exchanges.exchange.Exchange`."""
        self._asked = (target.provider, model)
        self._prepared = super().prepare(target, model)
        return self._prepared

    def fit(self, request: ChatRequest, target: Target, theirs: Dialect) -> ChatRequest:
        """See :class:`~trunkline.gateway.exchanges.chat.Chat`."""
        window = None if self._windows is None else self._windows(target.provider, request.model)
        return request if window is None else fit_window(request, window)

    def answering(self, call: Call, prepared: Prepared) -> None:
        """See :class:`~trunkline.gateway.exchanges.chat.Chat`."""
        self.call, self._prepared = call, prepared

    @property
    def omitted(self) -> int:
        """How many of the oldest messages were left out."""
        return self._prepared.omitted if isinstance(self._prepared, TranslatedChat) else 0

    def used(self) -> Used:
        """What the call used; only final when the call is over."""
        call = self.call
        if call is not None:
            first = call.first_token_us
            return Used(
                call.usage,
                call.estimated,
                call.cost_nanos,
                None if first is None else first // 1000,
                call.elapsed_us() // 1000,
            )
        usage = Usage() if self._prepared is None else self._prepared.estimate()
        price = None
        if self._asked is not None and self._prices is not None:
            price = self._prices.find(*self._asked)
        return Used(usage, True, None if price is None else price.cost(usage))


def _make_writer(_request: ChatRequest) -> RecordWriter:
    return RecordWriter()


async def read_records(answer: Answer) -> AsyncGenerator[Record]:
    """The records of an answer to a :class:`MessageChat`, as they come. The last is Finished or Broken."""
    assert answer.relay is not None
    while piece := await answer.relay.next():
        for line in piece.splitlines():
            yield _decode(line)
