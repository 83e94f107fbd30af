"""A limit on the length of an answer, written into a request as each wire says it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.dialects.raw_json import BROKEN_JSON, decode

_Fields = dict[str, msgspec.Raw]

_PLACES: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "anthropic_messages": (("max_tokens",),),
    "bedrock_converse": (("inferenceConfig", "maxTokens"),),
    "gemini": (("generationConfig", "maxOutputTokens"), ("generation_config", "max_output_tokens")),
    "ollama": (("options", "num_predict"),),
    "openai_chat": (("max_tokens",), ("max_completion_tokens",)),
    "openai_responses": (("max_output_tokens",),),
}
"""Where each says it. The first is where it is said when the caller says it nowhere."""

_decoder: Final = msgspec.json.Decoder(_Fields)


def bound_output(dialect: str, body: bytes, tokens: int) -> bytes:
    """``body`` of that dialect with at most ``tokens`` for each answer. What is no JSON object stays as it is."""
    places = _PLACES.get(dialect)
    if places is None:
        return body
    try:
        fields = _decoder.decode(body)
    except BROKEN_JSON:
        return body
    said = [place for place in places if _find(fields, place) is not None]
    for place in said or places[:1]:
        known = _find(fields, place)
        limit = min(known, tokens) if isinstance(known, int) and not isinstance(known, bool) and known > 0 else tokens
        _put(fields, place, limit)
    return msgspec.json.encode(fields)


def _find(fields: _Fields, place: tuple[str, ...]) -> JsonValue:
    found: JsonValue = decode(fields[place[0]]) if place[0] in fields else None
    for name in place[1:]:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _put(fields: _Fields, place: tuple[str, ...], limit: int) -> None:
    first, *rest = place
    if not rest:
        fields[first] = msgspec.Raw(b"%d" % limit)
        return
    inner = decode(fields[first]) if first in fields else None
    fields[first] = msgspec.Raw(msgspec.json.encode({**(inner if isinstance(inner, dict) else {}), rest[0]: limit}))
