"""Answers in which a field that is beside the point has a wrong type: they are read without it.

Servers that imitate a vendor write numbers as texts, ids as numbers, or an empty list for no usage. What is not needed
to understand an answer must not cost it.
"""

from __future__ import annotations

import re
from typing import Any, Final, Generic, TypeVar, cast

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.dialects.raw_json import BROKEN_JSON, decode

SPARE: Final = frozenset(
    {
        "id", "item_id", "call_id", "index", "output_index", "content_index", "summary_index", "contentBlockIndex",
        "object", "type", "format", "model", "created", "created_at", "responseId", "modelVersion", "createTime",
        "usage", "usageMetadata", "promptTokensDetails", "candidatesTokensDetails", "cacheTokensDetails",
        "toolUsePromptTokensDetails", "cache_creation", "server_tool_use", "output_tokens_details", "iterations",
        "cacheDetails", "x_groq", "service_tier", "serviceTier", "performanceConfig", "finish_reason", "finishReason",
        "finishMessage", "stop_reason", "stop_sequence", "stopReason", "done_reason", "incomplete_details",
        "promptFeedback", "logprobs", "logprobsResult", "annotations", "citations", "groundingMetadata",
        "citationMetadata", "extra_content", "signature", "encrypted_content", "output_format", "total_duration",
        "load_duration", "prompt_eval_duration", "eval_duration",
    }
)  # fmt: skip
"""Fields without which an answer is still one."""

_MOST: Final = 32
"""How many of them are left out at most."""

_WHERE: Final = re.compile(r" - at `\$(.*)`$")
_STEP: Final = re.compile(r"\.([^.\[]+)|\[[^\]]*\]")

T = TypeVar("T")


class SparingDecoder(Generic[T]):
    """Decodes as msgspec's decoder of ``kind`` does, and raises as that does, but for spare fields of a wrong type."""

    __slots__ = ("_decode", "_kind")

    def __init__(self, kind: type[T]) -> None:
        self._kind = kind
        self._decode = msgspec.json.Decoder(kind).decode

    def decode(self, body: bytes | msgspec.Raw) -> T:
        """See above."""
        try:
            return self._decode(body)
        except msgspec.ValidationError:
            spared = decode_spared(body, self._kind)
            if spared is None:
                raise
            return spared


def decode_spared(body: bytes | msgspec.Raw, kind: type[T]) -> T | None:
    """``body`` as ``kind``, without spare fields of a wrong type; None where it is none even so."""
    value = decode(body)
    return None if value is None else convert_spared(value, kind)


def convert_spared(value: JsonValue, kind: type[T]) -> T | None:
    """As :func:`decode_spared`, of what is decoded already. ``value`` loses those fields."""
    for _ in range(_MOST):
        try:
            return msgspec.json.decode(msgspec.json.encode(value), type=kind)
        except msgspec.ValidationError as error:
            found = _WHERE.search(str(error))
            steps = [step[1] for step in _STEP.finditer(found[1])] if found is not None else []
            spare = [place for place, step in enumerate(steps) if step in SPARE]
            if not spare:
                return None
            _drop(value, steps[: spare[-1] + 1])
        except BROKEN_JSON:
            return None
    return None


def _drop(value: Any, steps: list[str | None]) -> None:
    """Takes out the field at the end of ``steps``, of which None is every place of a list."""
    step, rest = steps[0], steps[1:]
    if step is None:
        for each in cast("list[Any]", value) if isinstance(value, list) else ():
            _drop(each, rest)
    elif isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        if rest:
            _drop(fields.get(step), rest)
        else:
            fields.pop(step, None)
