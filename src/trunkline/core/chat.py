"""The neutral form of a chat call: what every dialect reads into and writes from.

A dialect translates its wire to these values and back, so that N client dialects and M provider dialects need N + M
pieces. The form is a superset: what one dialect alone knows travels in ``extra`` under that dialect's name and comes
back only when the same dialect writes it.

Conventions that every dialect holds:

- ``messages`` hold the system prompt too, as messages of role ``system`` (``developer`` reads as ``system``) in the
  place where they stood.
- Results of tools are messages of role ``tool`` that hold :class:`ToolResult` parts only. A wire that puts them into a
  user's turn (Anthropic, Gemini) is split on reading and joined on writing.
- Neighbouring text parts are kept apart as they came.
- Tool arguments are JSON text (``ToolCall.arguments``), as models stream them; a wire of objects is written out and
  parsed back. An empty text stands for ``{}``.
- ``None`` means "not said": nothing is sent for it.
- Times are seconds since the epoch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import msgspec

if TYPE_CHECKING:
    JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"
    JsonObject: TypeAlias = "dict[str, JsonValue]"
else:
    JsonObject = dict
    JsonValue = Any  # msgspec has no recursive aliases; any JSON value is just what it would accept

Role = Literal["system", "user", "assistant", "tool"]

StopReason = Literal[
    "stop",  # a natural end
    "stop_sequence",  # one of the caller's stop texts (a wire that cannot tell says "stop")
    "length",  # the limit of output tokens, or the context
    "tool_calls",
    "content_filter",  # safety blocked it
    "refusal",
    "pause",  # the provider's turn is unfinished and may be continued
    "error",
]


class CacheHint(msgspec.Struct, frozen=True, omit_defaults=True):
    """Everything up to and with this part may be kept by the provider's prompt cache. ``ttl`` as the wire says it."""

    ttl: str | None = None


class Citation(msgspec.Struct, frozen=True, omit_defaults=True):
    """A source of a piece of text. ``start`` and ``end`` count characters of the text; ``extra`` keeps more."""

    url: str | None = None
    title: str | None = None
    quote: str | None = None
    start: int | None = None
    end: int | None = None
    extra: dict[str, JsonValue] = {}


class Text(msgspec.Struct, frozen=True, omit_defaults=True, tag="text"):
    """Plain text. ``signature`` is an opaque proof that Gemini attaches to text and wants back."""

    text: str
    cache: CacheHint | None = None
    citations: tuple[Citation, ...] = ()
    signature: str | None = None


class Media(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where bytes come from: exactly one of ``data`` (standard base64), ``url`` and ``file_id`` is set.

    ``extra`` maps a dialect's name to what only it says of them, and others may leave out without harm.
    """

    data: str | None = None
    url: str | None = None
    file_id: str | None = None
    media_type: str | None = None
    extra: dict[str, dict[str, JsonValue]] = {}


class Image(msgspec.Struct, frozen=True, omit_defaults=True, tag="image"):
    """A picture. ``detail`` is OpenAI's ``low``, ``high`` or ``auto``."""

    media: Media
    detail: str | None = None
    cache: CacheHint | None = None
    signature: str | None = None


class Audio(msgspec.Struct, frozen=True, omit_defaults=True, tag="audio"):
    """Sound. ``id``, ``transcript`` and ``expires_at`` stand only on what a model spoke."""

    media: Media
    id: str | None = None
    transcript: str | None = None
    expires_at: int | None = None


class File(msgspec.Struct, frozen=True, omit_defaults=True, tag="file"):
    """A document such as a PDF."""

    media: Media
    name: str | None = None
    title: str | None = None
    context: str | None = None
    citations: bool = False
    cache: CacheHint | None = None


class Reasoning(msgspec.Struct, frozen=True, omit_defaults=True, tag="reasoning"):
    """What the model thought. ``signature`` must come back untouched next turn; ``redacted`` is its sealed form."""

    text: str | None = None
    signature: str | None = None
    redacted: str | None = None
    id: str | None = None
    summary: bool = False
    """Whether ``text`` is a summary of the thinking rather than the thinking itself."""
    format: str | None = None
    """Whose form signature and seal have, as OpenRouter names it (``anthropic-claude-v1``, say)."""


class ToolCall(msgspec.Struct, frozen=True, omit_defaults=True, tag="tool_call"):
    """The model asks for a tool. ``id`` is what a result names; dialects without ids make one up while reading."""

    id: str
    name: str
    arguments: str = ""
    signature: str | None = None
    cache: CacheHint | None = None


class ToolResult(msgspec.Struct, frozen=True, omit_defaults=True, tag="tool_result"):
    """What a tool answered. ``name`` is the tool's, for wires that match results by name."""

    call_id: str
    parts: tuple[Text | Image | Audio | File, ...] = ()
    name: str | None = None
    is_error: bool = False
    cache: CacheHint | None = None
    extra: dict[str, dict[str, JsonValue]] = {}
    """Maps a dialect's name to what only it says, and ``parts`` say in other words."""


class Refusal(msgspec.Struct, frozen=True, omit_defaults=True, tag="refusal"):
    """The model's own words of refusal, where the wire keeps them apart from text."""

    text: str


class Opaque(msgspec.Struct, frozen=True, omit_defaults=True, tag="opaque"):
    """A part that only ``dialect`` knows (a server tool's result, say): passed on to it, refused elsewhere."""

    dialect: str
    value: JsonValue

    @property
    def kind(self) -> str:
        """What its dialect calls it: its type, or the member that it is."""
        value = self.value if isinstance(self.value, dict) else {}
        kind = value.get("type")
        return kind if isinstance(kind, str) else next(iter(value), self.dialect)


Part: TypeAlias = Text | Image | Audio | File | Reasoning | ToolCall | ToolResult | Refusal | Opaque


class Message(msgspec.Struct, frozen=True, omit_defaults=True):
    """One turn."""

    role: Role
    parts: tuple[Part, ...] = ()
    name: str | None = None

    @property
    def text(self) -> str:
        """All text parts joined."""
        return "".join(part.text for part in self.parts if isinstance(part, Text))


class Tool(msgspec.Struct, frozen=True, omit_defaults=True):
    """A function that the model may call. ``parameters`` is a JSON Schema object; None means that it takes nothing.

    ``extra`` maps a dialect's name to fields that only it knows, and that others may leave out without harm.
    """

    name: str
    description: str | None = None
    parameters: dict[str, JsonValue] | None = None
    strict: bool | None = None
    cache: CacheHint | None = None
    extra: dict[str, dict[str, JsonValue]] = {}


class ToolChoice(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which tools may be used. ``names`` narrows ``required`` (one name: exactly that tool) or ``auto``."""

    mode: Literal["auto", "none", "required"] = "auto"
    names: tuple[str, ...] = ()


class ResponseFormat(msgspec.Struct, frozen=True, omit_defaults=True):
    """``json`` is any JSON object; ``json_schema`` one that fits ``schema``."""

    kind: Literal["text", "json", "json_schema"]
    name: str | None = None
    description: str | None = None
    schema: dict[str, JsonValue] | None = None
    strict: bool | None = None


Effort = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]


class ReasoningOptions(msgspec.Struct, frozen=True, omit_defaults=True):
    """How much to think. ``enabled`` False is off; ``budget_tokens`` and ``effort`` are two ways to say how much."""

    enabled: bool | None = None
    effort: Effort | None = None
    budget_tokens: int | None = None
    summary: str | None = None
    """OpenAI's ``auto``, ``concise`` or ``detailed``."""
    include: bool | None = None
    """Whether the answer shows the thoughts."""
    effort_of_answer: bool = False
    """Whether the effort is that of the whole answer and asks for no thinking by itself (Anthropic's)."""
    off: str | None = None
    """Anthropic's word for not thinking, where a model wants another than ``disabled``."""


class Sampling(msgspec.Struct, frozen=True, omit_defaults=True):
    """How tokens are chosen, and when to end."""

    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    min_p: float | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    repetition_penalty: float | None = None
    seed: int | None = None
    stop: tuple[str, ...] = ()
    n: int | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None
    logit_bias: dict[str, float] | None = None


class AudioOptions(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a spoken answer shall sound."""

    voice: str | None = None
    format: str | None = None


class ChatRequest(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One call, whole. ``extra`` maps a dialect's name to top-level fields that only it knows."""

    model: str
    messages: tuple[Message, ...]
    tools: tuple[Tool, ...] = ()
    tool_choice: ToolChoice | None = None
    parallel_tools: bool | None = None
    sampling: Sampling = Sampling()
    response_format: ResponseFormat | None = None
    reasoning: ReasoningOptions | None = None
    modalities: tuple[str, ...] = ()
    audio: AudioOptions | None = None
    stream: bool = False
    functions: bool = False
    """Whether the client declares OpenAI's older ``functions``, and so knows no ``tools`` in the answer."""
    stream_usage: bool = False
    """Whether the client asked to be told usage in the stream (OpenAI's ``stream_options.include_usage``)."""
    user: str | None = None
    service_tier: str | None = None
    metadata: dict[str, str] | None = None
    store: bool | None = None
    extra: dict[str, dict[str, JsonValue]] = {}


class Usage(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """What one call used. ``input`` and ``output`` are totals of tokens; the other counts of tokens are parts of them.

    ``input`` includes ``cached`` (read from the prompt cache), ``cache_write`` (of which ``cache_write_1h`` for an
    hour), ``audio_input`` (of which ``cached_audio`` from the cache) and ``image_input`` (``cached_image``); ``output``
    includes ``reasoning``, ``audio_output`` and ``image_output``. ``images`` counts pictures made. ``audio_ms`` is the
    length of what was listened to, where the provider counts that and no tokens, ``characters`` what was to be spoken.
    ``cost_nanos`` is what the provider itself says the call cost (OpenRouter, xAI), in nano-dollars.

    Billed by the call are ``searches`` of the web (of which ``preview_searches`` by OpenAI's older tool),
    ``map_searches``, ``file_searches``, and ``code_runs``, which are containers that were started to run code in, a
    larger one counted by its GB. ``tier``, ``speed`` and ``geo`` are the terms of the bill as the answer tells them:
    None where it says nothing, empty where they are the usual ones.

    ``rounds`` are the samplings of a call that ran several, where they are priced one by one; their tokens are in the
    totals too. ``model`` is the model of a round, where it is not the call's.
    """

    input: int = 0
    output: int = 0
    cached: int = 0
    cache_write: int = 0
    cache_write_1h: int = 0
    reasoning: int = 0
    audio_input: int = 0
    audio_output: int = 0
    image_input: int = 0
    images: int = 0
    searches: int = 0
    cost_nanos: int | None = None
    audio_ms: int = 0
    estimated: bool = False
    """Whether it is a gateway's own count, and not what a provider has counted and bills."""
    cached_audio: int = 0
    cached_image: int = 0
    image_output: int = 0
    characters: int = 0
    preview_searches: int = 0
    file_searches: int = 0
    map_searches: int = 0
    code_runs: int = 0
    tier: str | None = None
    speed: str | None = None
    geo: str | None = None
    model: str = ""
    rounds: tuple[Usage, ...] = ()

    @property
    def total(self) -> int:
        """Input and output."""
        return self.input + self.output


class LogProb(msgspec.Struct, frozen=True, omit_defaults=True):
    """The log probability of one token, with its rivals."""

    token: str
    logprob: float
    bytes: tuple[int, ...] | None = None
    top: tuple[LogProb, ...] = ()


class Choice(msgspec.Struct, frozen=True, omit_defaults=True):
    """One answer."""

    parts: tuple[Part, ...] = ()
    stop: StopReason = "stop"
    stop_sequence: str | None = None
    index: int = 0
    logprobs: tuple[LogProb, ...] | None = None


class ChatResponse(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A whole answer. ``usage`` is None when the provider said nothing of it."""

    id: str
    model: str
    choices: tuple[Choice, ...]
    created: int = 0
    usage: Usage | None = None
    service_tier: str | None = None
    extra: dict[str, dict[str, JsonValue]] = {}
