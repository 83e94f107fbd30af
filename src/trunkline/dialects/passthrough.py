"""Calls whose client and provider speak the same dialect: the bytes pass, and only what must change is edited.

So everything arrives that the vendor offers, also what this gateway has never heard of, and it costs less. A dialect
that can do it has a ``PASSTHROUGH``, which is a :class:`Passthrough`; where something must be said otherwise than the
wire can (a client that wants another form of stream, say), the call is translated instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Literal, Protocol, TypeAlias

import msgspec

from trunkline.core.chat import ChatRequest, JsonValue, StopReason, Usage
from trunkline.core.chat_events import Failure
from trunkline.core.heard import Heard
from trunkline.core.terms import USUAL, Terms
from trunkline.dialects.history_ids import ANY_ID, IdForm

Adapt: TypeAlias = Callable[[ChatRequest], tuple[ChatRequest, tuple[str, ...]]]
"""Changes a request as its model wants it, and names what was left out. Raises InvalidInput for what cannot be."""

Edit: TypeAlias = Callable[[bytes], tuple[bytes, tuple[str, ...]]]
"""Gives a body for the provider, and what of the caller's was left out. What stays is copied as bytes. Raises
InvalidInput for what cannot be edited."""


EarlierThoughts: TypeAlias = Literal["none", "content", "reasoning", "rounds", "chunks", "details"]
"""How a server takes the thoughts of earlier answers on OpenAI's chat wire: not at all; as ``reasoning_content``
(vLLM); as ``reasoning`` (https://console.groq.com/docs/reasoning); as ``reasoning_content`` of rounds of tool calls
alone (https://api-docs.deepseek.com/guides/thinking_mode#tool-calls); as chunks of the content
(https://docs.mistral.ai/capabilities/reasoning); or with OpenRouter's ``reasoning_details`` besides, which keep
signatures and sealed pieces."""


Files: TypeAlias = Literal["bytes", "addresses", "documents"]
"""How a server takes files on OpenAI's chat wire: as bytes or by id alone
(https://platform.openai.com/docs/guides/pdf-files), also by an address that it fetches
(https://openrouter.ai/docs/features/multimodal/pdfs), or as ``document_url``
(https://docs.mistral.ai/studio-api/document-processing/document_qna)."""


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """What a model wants otherwise in the places that a wire leaves open: thinking and files."""

    earlier: EarlierThoughts = "content"
    switched: bool = False
    """Whether ``thinking`` switches it on and off on OpenAI's chat wire, as DeepSeek has it."""
    bound: bool = False
    """Whether it may be refused beside a tool that must be called, so that ``adapt`` must see the choice."""
    rounds: bool = False
    """Whether it may be refused for calls of tools in the history, so that ``adapt`` must see these."""
    files: Files = "addresses"


PLAIN: Form = Form()


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """What changes in the calls to one model through one configuration, to be made once for all of them.

    How the model differs from its wire is said in two ways, of which a dialect takes the one that suits it: in the
    words of OpenAI's wire, and in neutral ones, by ``adapt``.
    """

    model: str
    """Set where the wire has it in the body."""
    defaults: Mapping[str, JsonValue] = {}
    """Fields of the wire: they fill what the caller left open."""
    output_limit: int | None = None
    """The most output tokens that may be asked for."""
    stream_usage: bool = False
    """In OpenAI's words: a stream is asked to tell its usage."""
    rename: Mapping[str, str] = {}
    """In OpenAI's words: what fields are called there."""
    drop: frozenset[str] = frozenset()
    """In OpenAI's words: what the model does not take."""
    adapt: Adapt | None = None
    """Is given the request's options without messages and tools, but with the rounds of tool calls where ``form`` says
    that they matter."""
    system_prompt: str | None = None
    """Goes before all that the caller says."""
    system_role: str = "system"
    """The role of that, in OpenAI's words."""
    roles: Mapping[str, str] = {}
    """Roles of messages, and what they are called there, in OpenAI's words."""
    form: Form = PLAIN
    call_ids: IdForm = ANY_ID
    """The form of ids of calls, where the wire has them."""
    stops: int | None = None
    """How many stop texts are taken, in OpenAI's words."""
    nulls: bool = True
    """Whether a field may be null, in OpenAI's words; where not, such fields go."""


UNCOUNTED: Final = -1
"""Nobody has looked how many there are."""


class Peek(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The fields of a request that routing, admission and relaying look at. Everything else is passed over unread."""

    model: str = ""
    """Empty where the wire says it elsewhere, in the path (Gemini)."""
    streams: bool = False
    """Whether the answer is to be streamed; false where the wire says it elsewhere, in the path (Gemini)."""
    stream_usage: bool = True
    """Whether the client wants to be told the usage of a stream, which most wires do unasked."""
    user: str | None = None
    """Whom the caller serves, in its own words."""
    n: int | None = None
    """How many choices."""
    output_limit: int | None = None
    """The most tokens of one choice."""
    terms: Terms = USUAL
    """What is asked for of the terms of the bill."""
    characters: int | None = UNCOUNTED
    """Of its texts, where the look was to count them; None where that cannot be told without reading all of it."""
    only_text: bool = False
    """Whether it was seen that there is nothing beside its texts that can cost something: no tools, no other models."""


class Tapped(msgspec.Struct, frozen=True, gc=False):
    """What a whole answer says of itself: ``stop`` is the first choice's reason, ``error`` an error within a 200."""

    usage: Usage | None = None
    model: str = ""
    stop: StopReason | None = None
    error: Failure | None = None
    body: bytes | None = None
    """The answer as the client is to get it, where that is not as it came."""
    renewed: bytes | None = None
    """The same for a client that did not ask in the older way of its wire, where it is answered in that way."""


class Tap(Protocol):
    """Listens to one stream that is relayed unchanged, and holds back its end.

    ``feed`` takes bytes cut anywhere and gives those that may go to the client at once: whole events only, so that an
    error can always follow. Everything from the first event with a stop reason, an error or the end on is kept for
    ``take_held``, which is for after the call is settled. ``close`` is called at the end of the body.

    Nothing raises for what a provider sends: what is malformed, or over 16 MiB in what is held, becomes the ``error``,
    and neither it nor anything after it is relayed.
    """

    error: Failure | None
    """Why the answer is not complete. Who reads the body sets it where reading fails."""

    @property
    def begun(self) -> bool:
        """Whether something of the answer has come: not comments, pings or the mere opening of the stream."""
        ...

    @property
    def model(self) -> str:
        """The model that answers, in the provider's words."""
        ...

    @property
    def usage(self) -> Usage | None:
        """What the provider told so far."""
        ...

    @property
    def heard(self) -> Heard:
        """What was said so far, for counting what nobody tells. Reading it costs a parse."""
        ...

    @property
    def stops(self) -> Mapping[int, StopReason]:
        """The reasons to stop, by choice."""
        ...

    @property
    def done(self) -> bool:
        """Whether the wire's own mark of the end has come."""
        ...

    @property
    def complete(self) -> bool:
        """Whether nothing of the answer is missing, though the mark of the end may be."""
        ...

    @property
    def told(self) -> bool:
        """Whether what is held tells the client of the ``error`` already."""
        ...

    def feed(self, data: bytes) -> bytes: ...

    def take_held(self) -> bytes: ...

    def close(self) -> None: ...


def editor_of(edit: Callable[[bytes, Changes], tuple[bytes, tuple[str, ...]]]) -> Callable[[Changes], Edit]:
    """The ``editor`` of a dialect that makes nothing beforehand: ``edit`` with its changes kept for it."""

    def editor(changes: Changes) -> Edit:
        return lambda body: edit(body, changes)

    return editor


def count_nothing(body: bytes) -> None:
    """As :meth:`Passthrough.count_characters`, of a dialect whose requests are read for that."""


def asks_as_now(body: bytes) -> bool:
    """As :meth:`Passthrough.asks_older`, of a wire with one way to ask."""
    return False


class Passthrough(Protocol):
    """What a dialect offers for calls that pass."""

    @property
    def done(self) -> bytes:
        """Completes a stream that lacks but the mark of its end; none where the wire has no such mark."""
        ...

    @property
    def forward(self) -> tuple[str, ...]:
        """The client's headers, in lower case, that mean something to the provider and travel with the call."""
        ...

    def peek(self, body: bytes) -> Peek:
        """What routing needs of ``body``.

        Raises InvalidInput for broken JSON, a wrong type, and a missing model where the wire has it in the body.
        """
        ...

    def count_characters(self, body: bytes) -> int | None:
        """How many characters the texts of ``body`` have; None where that takes reading all of it."""
        ...

    def editor(self, changes: Changes, /) -> Edit:
        """Makes ``changes``. A dialect passes over those that its wire does not have."""
        ...

    def asks_older(self, body: bytes) -> bool:
        """Whether a client asks in the older way of its wire."""
        ...

    def read_tap(self, body: bytes) -> Tapped:
        """What a whole answer says of usage, model, stop reason and error. Never raises."""
        ...

    def tap(self, *, strip_usage: bool = False, older: bool = False) -> Tap:
        """For one stream. ``strip_usage`` leaves out what only tells the usage, where that must be asked for; ``older``
        is for a client that asked in the older way of its wire, where there is one."""
        ...

    def tell_usage(self, held: bytes, usage: Usage, name: str, model: str) -> bytes:
        """The end of a stream, as a tap held it, with ``usage`` in it in the place of what the provider told.

        ``name`` and ``model`` are of the answer, where the wire needs them for an event of its own.
        """
        ...

    def tell_whole_usage(self, body: bytes, usage: Usage) -> bytes:
        """A whole answer with ``usage`` in it in the place of what the provider told."""
        ...

    def write_failure(self, failure: Failure) -> bytes:
        """The end of a stream that broke off."""
        ...
