"""The shape of a streamed chunk and of a whole answer, as leniently as the servers that speak this wire differ.

https://platform.openai.com/docs/api-reference/chat-streaming/streaming. Besides OpenAI's own fields: ``reasoning`` and
``reasoning_details`` (OpenRouter), ``reasoning_content`` (DeepSeek, vLLM), content as an array (Mistral), ``images``
(OpenRouter), ``extra_content`` (Google), ``x_groq`` (Groq), ``stop_reason`` (vLLM).
"""

from __future__ import annotations

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.dialects.raw_json import ABSENT


class GoogleContent(msgspec.Struct, frozen=True):
    """``extra_content.google``: a proof to send back, and whether the text is a thought."""

    thought_signature: str | None = None
    thought: bool | None = None


class ExtraContent(msgspec.Struct, frozen=True):
    """https://ai.google.dev/gemini-api/docs/thought-signatures#openai"""

    google: GoogleContent | None = None


class FunctionDelta(msgspec.Struct, frozen=True):
    """A function's name and a piece of its arguments; some servers send them as an object."""

    name: str | None = None
    arguments: str | dict[str, JsonValue] | None = None


class CustomDelta(msgspec.Struct, frozen=True):
    """A custom tool's name and its input, which is free text."""

    name: str | None = None
    input: str | None = None


class ToolCallPiece(msgspec.Struct, frozen=True):
    """A tool call, or a piece of one. ``index`` and ``id`` may both be missing."""

    index: int | None = None
    id: str | None = None
    type: str | None = None
    function: FunctionDelta | None = None
    custom: CustomDelta | None = None
    extra_content: ExtraContent | None = None


class ReasoningDetail(msgspec.Struct, frozen=True):
    """https://openrouter.ai/docs/use-cases/reasoning-tokens#reasoning_details-array-structure"""

    type: str | None = None
    text: str | None = None
    summary: str | None = None
    data: str | None = None
    signature: str | None = None
    id: str | None = None
    format: str | None = None
    index: int | None = None


class UrlObject(msgspec.Struct, frozen=True):
    """``{"url": …}``."""

    url: str | None = None


class ImagePiece(msgspec.Struct, frozen=True):
    """A picture that the model made."""

    image_url: UrlObject | str | None = None


class UrlCitation(msgspec.Struct, frozen=True):
    """Where a piece of the answer comes from. ``content`` is OpenRouter's quote."""

    url: str | None = None
    title: str | None = None
    content: str | None = None
    start_index: int | None = None
    end_index: int | None = None


class Annotation(msgspec.Struct, frozen=True):
    """An annotation; we know ``url_citation``."""

    type: str | None = None
    url_citation: UrlCitation | None = None


class AudioPiece(msgspec.Struct, frozen=True):
    """Speech, or a piece of it."""

    id: str | None = None
    data: str | None = None
    transcript: str | None = None
    expires_at: int | None = None


class ContentPiece(msgspec.Struct, frozen=True):
    """An entry of a content array: ``text`` or Mistral's ``thinking``, which holds texts itself."""

    type: str | None = None
    text: str | None = None
    thinking: str | list[ContentPiece] | None = None
    image_url: UrlObject | str | None = None

    @property
    def thought(self) -> str:
        """All text of a ``thinking`` entry."""
        if isinstance(self.thinking, list):
            return "".join(piece.text or "" for piece in self.thinking)
        return self.thinking or ""


class TopLogProb(msgspec.Struct, frozen=True):
    """One rival of a token."""

    token: str
    logprob: float
    bytes: tuple[int, ...] | None = None


class TokenLogProb(msgspec.Struct, frozen=True):
    """One token with its rivals."""

    token: str
    logprob: float
    bytes: tuple[int, ...] | None = None
    top_logprobs: list[TopLogProb] | None = None


class LogProbs(msgspec.Struct, frozen=True):
    """The log probabilities of a choice or of a delta."""

    content: list[TokenLogProb] | None = None


class Delta(msgspec.Struct, frozen=True):
    """What a chunk adds to a choice; a whole answer's ``message`` has the same fields."""

    content: str | list[ContentPiece] | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    reasoning_details: list[ReasoningDetail] | None = None
    tool_calls: list[ToolCallPiece] | None = None
    function_call: FunctionDelta | None = None
    refusal: str | None = None
    images: list[ImagePiece] | None = None
    audio: AudioPiece | None = None
    annotations: list[Annotation] | None = None
    extra_content: ExtraContent | None = None


class WireChoice(msgspec.Struct, frozen=True):
    """One choice of a chunk (``delta``) or of a whole answer (``message``)."""

    index: int | None = None
    delta: Delta | None = None
    message: Delta | None = None
    finish_reason: str | None = None
    stop_reason: str | int | None = None
    logprobs: LogProbs | None = None
    error: msgspec.Raw = ABSENT


class Groq(msgspec.Struct, frozen=True):
    """Where Groq told usage in streams before it learned ``stream_options``."""

    usage: msgspec.Raw = ABSENT


class Chunk(msgspec.Struct, frozen=True):
    """One chunk, or one whole answer."""

    id: str | int | None = None
    object: str | None = None
    created: int | float | None = None
    model: str | None = None
    choices: list[WireChoice] | None = None
    usage: msgspec.Raw = ABSENT
    service_tier: str | None = None
    error: msgspec.Raw = ABSENT
    x_groq: Groq | None = None
