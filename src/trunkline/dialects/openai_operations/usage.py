"""What the answers to these calls say of what they used.

Pictures: https://platform.openai.com/docs/api-reference/images/object; transcripts, by tokens or by seconds:
https://platform.openai.com/docs/api-reference/audio/json-object; ranking: https://docs.cohere.com/reference/rerank and
https://docs.together.ai/reference/rerank-1. Mistral counts the seconds of a sound beside the tokens of its text
(https://docs.mistral.ai/capabilities/audio_transcription), xAI tells the cost itself, in ticks of which 10 are a
nano-dollar (https://docs.x.ai/developers/cost-tracking). Realtime responses write ``output_token_details``:
https://developers.openai.com/api/docs/guides/realtime-costs.
"""

from __future__ import annotations

import msgspec

from trunkline.core.chat import Usage
from trunkline.core.chat_events import Failure
from trunkline.dialects.failure import MALFORMED
from trunkline.dialects.openai_failure import read_failure
from trunkline.dialects.raw_json import ABSENT, BROKEN_JSON, decode, is_said

_Count = int | float | None


class _Kept(msgspec.Struct, frozen=True):
    image_tokens: _Count = None
    audio_tokens: _Count = None


class _Details(msgspec.Struct, frozen=True):
    image_tokens: _Count = None
    audio_tokens: _Count = None
    cached_tokens: _Count = None
    cached_tokens_details: _Kept | None = None


class _Usage(msgspec.Struct, frozen=True):
    """Newer calls say ``input_tokens``; older ones and ranking ``prompt_tokens``, some only ``total_tokens``."""

    type: str | None = None
    seconds: _Count = None
    input_tokens: _Count = None
    output_tokens: _Count = None
    prompt_tokens: _Count = None
    completion_tokens: _Count = None
    total_tokens: _Count = None
    prompt_audio_seconds: _Count = None
    cost_in_usd_ticks: _Count = None
    input_tokens_details: _Details | None = None
    input_token_details: _Details | None = None
    output_tokens_details: _Details | None = None
    output_token_details: _Details | None = None


class _Billed(msgspec.Struct, frozen=True):
    search_units: _Count = None


class _Tokens(msgspec.Struct, frozen=True):
    input_tokens: _Count = None
    output_tokens: _Count = None


class _Meta(msgspec.Struct, frozen=True):
    """Cohere's: what is billed for, and the tokens behind it where they are told."""

    billed_units: _Billed | None = None
    tokens: _Tokens | None = None


class _Picture(msgspec.Struct, frozen=True):
    """One item of ``data``; its bytes are passed over."""


class _Answer(msgspec.Struct, frozen=True):
    usage: msgspec.Raw = ABSENT
    meta: msgspec.Raw = ABSENT
    duration: msgspec.Raw = ABSENT
    data: msgspec.Raw = ABSENT
    error: msgspec.Raw = ABSENT


class ResponseUsage(msgspec.Struct, frozen=True):
    """What a whole answer says of itself: ``usage`` is None where it says nothing, ``error`` is one within a 200."""

    usage: Usage | None = None
    error: Failure | None = None
    model: str = ""


_answer = msgspec.json.Decoder(_Answer)
_usage = msgspec.json.Decoder(_Usage)
_meta = msgspec.json.Decoder(_Meta)
_pictures = msgspec.json.Decoder(list[_Picture])
_MALFORMED = Failure(MALFORMED, "malformed")
_NOTHING = _Details()
_NOTHING_KEPT = _Kept()


def read_told(body: bytes, *, pictures: bool = False) -> ResponseUsage:
    """What ``body``, a whole answer in JSON, says. ``pictures``: whether ``data`` lists those. Never raises."""
    try:
        answer = _answer.decode(body)
    except BROKEN_JSON:
        return ResponseUsage(error=_MALFORMED)
    if is_said(answer.error):
        return ResponseUsage(error=read_failure(decode(body)))
    usage = read_usage(answer.usage) or _read_meta(answer.meta) or _read_duration(answer.duration)
    made = _count_pictures(answer.data) if pictures else 0
    if made:
        usage = msgspec.structs.replace(usage or Usage(), images=made)
    return ResponseUsage(usage)


def read_usage(raw: msgspec.Raw) -> Usage | None:
    """The usage in ``raw``; None when there is none, and for what is no usage object: it must not cost the answer."""
    if not is_said(raw):
        return None
    try:
        wire = _usage.decode(raw)
    except BROKEN_JSON:
        return None
    if wire.type == "duration":
        return Usage(audio_ms=_whole(wire.seconds, 1_000))
    output = _whole(wire.output_tokens) or _whole(wire.completion_tokens)
    given = wire.input_tokens_details or wire.input_token_details or _NOTHING
    made = wire.output_tokens_details or wire.output_token_details or _NOTHING
    kept = given.cached_tokens_details or _NOTHING_KEPT
    return Usage(
        input=_whole(wire.input_tokens) or _whole(wire.prompt_tokens) or max(_whole(wire.total_tokens) - output, 0),
        output=output,
        cached=_whole(given.cached_tokens),
        audio_input=_whole(given.audio_tokens),
        audio_output=_whole(made.audio_tokens),
        image_input=_whole(given.image_tokens),
        image_output=_whole(made.image_tokens),
        cached_audio=_whole(kept.audio_tokens),
        cached_image=_whole(kept.image_tokens),
        audio_ms=_whole(wire.prompt_audio_seconds, 1_000),
        cost_nanos=None if wire.cost_in_usd_ticks is None else _whole(wire.cost_in_usd_ticks) // 10,
    )


def _read_meta(raw: msgspec.Raw) -> Usage | None:
    if not is_said(raw):
        return None
    try:
        meta = _meta.decode(raw)
    except BROKEN_JSON:
        return None
    tokens = meta.tokens or _Tokens()
    searches = _whole(meta.billed_units.search_units) if meta.billed_units is not None else 0
    found = Usage(input=_whole(tokens.input_tokens), output=_whole(tokens.output_tokens), searches=searches)
    return None if found == Usage() else found


def _read_duration(raw: msgspec.Raw) -> Usage | None:
    """``verbose_json`` has the length of the sound beside the text, and some servers write it as a string."""
    value = decode(raw) if is_said(raw) else None
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    return Usage(audio_ms=_whole(value, 1_000)) if isinstance(value, int | float) else None


def _count_pictures(raw: msgspec.Raw) -> int:
    try:
        return len(_pictures.decode(raw)) if is_said(raw) else 0
    except BROKEN_JSON:
        return 0


def _whole(value: _Count, scale: int = 1) -> int:
    """A count, never below zero; what is not finite counts as nothing."""
    return round(value * scale) if value is not None and 0 < value < 1e15 else 0
