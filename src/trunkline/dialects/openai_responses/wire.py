"""The shape of an answer and of the events of a stream, as leniently as the servers that speak this wire differ.

https://platform.openai.com/docs/api-reference/responses/object and
https://platform.openai.com/docs/api-reference/responses-streaming. Unknown fields are passed over.
"""

from __future__ import annotations

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.dialects.openai_responses.logprobs import WireLogProb
from trunkline.dialects.raw_json import ABSENT


class Google(msgspec.Struct, frozen=True):
    """``extra_content.google``: a proof to send back."""

    thought_signature: str | None = None


class ExtraContent(msgspec.Struct, frozen=True):
    """https://ai.google.dev/gemini-api/docs/thought-signatures#openai"""

    google: Google | None = None


class Piece(msgspec.Struct, frozen=True):
    """A text, a refusal, or a piece of reasoning."""

    type: str | None = None
    text: str | None = None
    refusal: str | None = None
    annotations: list[JsonValue] | None = None
    logprobs: list[WireLogProb] | None = None
    extra_content: ExtraContent | None = None


class ItemKind(msgspec.Struct, frozen=True):
    """What tells how to read an item."""

    type: str | None = None


class Item(msgspec.Struct, frozen=True):
    """An item of the kinds that we know: ``message``, ``reasoning``, ``function_call``, ``image_generation_call``."""

    type: str | None = None
    id: str | None = None
    content: list[Piece] | None = None
    summary: list[Piece] | None = None
    encrypted_content: str | None = None
    call_id: str | None = None
    name: str | None = None
    arguments: str | dict[str, JsonValue] | None = None
    result: str | None = None
    output_format: str | None = None
    extra_content: ExtraContent | None = None


class Incomplete(msgspec.Struct, frozen=True):
    """Why an answer is not whole."""

    reason: str | None = None


class Answer(msgspec.Struct, frozen=True):
    """A whole answer, or its state within an event."""

    id: str | None = None
    created_at: float | None = None
    model: str | None = None
    status: str | None = None
    incomplete_details: Incomplete | None = None
    service_tier: str | None = None
    output: list[msgspec.Raw] | None = None
    usage: msgspec.Raw = ABSENT
    tool_usage: msgspec.Raw = ABSENT
    tools: msgspec.Raw = ABSENT
    error: msgspec.Raw = ABSENT


class Event(msgspec.Struct, frozen=True):
    """One event of a stream."""

    type: str | None = None
    item_id: str | None = None
    output_index: int | None = None
    content_index: int | None = None
    summary_index: int | None = None
    delta: str | None = None
    logprobs: list[WireLogProb] | None = None
    text: str | None = None
    refusal: str | None = None
    arguments: str | None = None
    item: msgspec.Raw = ABSENT
    annotation: msgspec.Raw = ABSENT
    response: msgspec.Raw = ABSENT
    error: msgspec.Raw = ABSENT
