"""Usage as this wire tells it: https://platform.openai.com/docs/api-reference/responses/object#responses-object-usage.

``cost`` in US dollars is OpenRouter's, ``cost_in_usd_ticks`` xAI's, of which 10 are a nano-dollar
(https://docs.x.ai/developers/cost-tracking). Web searches are counted beside usage, in ``tool_usage``.
"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import JsonValue, Usage
from trunkline.dialects.figure import read_nanos
from trunkline.dialects.raw_json import BROKEN_JSON, is_said

NANOS: Final = 1_000_000_000
_Count = int | float | None


class _InputDetails(msgspec.Struct, frozen=True):
    cached_tokens: _Count = None
    cache_write_tokens: _Count = None
    audio_tokens: _Count = None
    image_tokens: _Count = None


class _OutputDetails(msgspec.Struct, frozen=True):
    reasoning_tokens: _Count = None
    audio_tokens: _Count = None


class _Usage(msgspec.Struct, frozen=True):
    input_tokens: _Count = None
    output_tokens: _Count = None
    input_tokens_details: _InputDetails | None = None
    output_tokens_details: _OutputDetails | None = None
    cost: float | None = None
    estimated: JsonValue = None
    cost_in_usd_ticks: _Count = None


class _Searches(msgspec.Struct, frozen=True):
    num_requests: _Count = None


class _ToolUsage(msgspec.Struct, frozen=True):
    web_search: _Searches | None = None


_decoder = msgspec.json.Decoder(_Usage)
_tool_decoder = msgspec.json.Decoder(_ToolUsage)


def read_usage(raw: msgspec.Raw, tools: msgspec.Raw) -> Usage | None:
    """The usage in ``raw``, with the searches in ``tools``; None when there is none. A broken one costs no answer."""
    if not is_said(raw):
        return None
    try:
        wire = _decoder.decode(raw)
    except BROKEN_JSON:
        return None
    given = wire.input_tokens_details or _InputDetails()
    made = wire.output_tokens_details or _OutputDetails()
    return Usage(
        input=_count(wire.input_tokens),
        output=_count(wire.output_tokens),
        cached=_count(given.cached_tokens),
        cache_write=_count(given.cache_write_tokens),
        reasoning=_count(made.reasoning_tokens),
        audio_input=_count(given.audio_tokens),
        audio_output=_count(made.audio_tokens),
        image_input=_count(given.image_tokens),
        searches=_read_searches(tools),
        cost_nanos=_read_cost(wire),
        estimated=wire.estimated is True,
    )


def _read_cost(wire: _Usage) -> int | None:
    if wire.cost_in_usd_ticks is not None:
        return max(0, round(wire.cost_in_usd_ticks / 10))
    return None if wire.cost is None else read_nanos(wire.cost)


def write_usage(usage: Usage) -> dict[str, JsonValue]:
    """The ``usage`` object. OpenAI's own counts are always there, others only when there is something to count."""
    given: dict[str, JsonValue] = {"cached_tokens": usage.cached, "cache_write_tokens": usage.cache_write}
    made: dict[str, JsonValue] = {"reasoning_tokens": usage.reasoning}
    if usage.audio_input:
        given["audio_tokens"] = usage.audio_input
    if usage.image_input:
        given["image_tokens"] = usage.image_input
    if usage.audio_output:
        made["audio_tokens"] = usage.audio_output
    wire: dict[str, JsonValue] = {
        "input_tokens": usage.input,
        "input_tokens_details": given,
        "output_tokens": usage.output,
        "output_tokens_details": made,
        "total_tokens": usage.total,
    }
    if usage.cost_nanos is not None:
        wire["cost"] = usage.cost_nanos / NANOS
    if usage.estimated:
        wire["estimated"] = True
    return wire


def write_tool_usage(searches: int) -> dict[str, JsonValue]:
    """The ``tool_usage`` object."""
    pictures: JsonValue = {
        "input_tokens": 0,
        "input_tokens_details": {"image_tokens": 0, "text_tokens": 0},
        "output_tokens": 0,
        "total_tokens": 0,
    }
    return {"image_gen": pictures, "web_search": {"num_requests": searches}}


def _read_searches(raw: msgspec.Raw) -> int:
    if not is_said(raw):
        return 0
    try:
        wire = _tool_decoder.decode(raw)
    except BROKEN_JSON:
        return 0
    return 0 if wire.web_search is None else _count(wire.web_search.num_requests)


def _count(value: _Count) -> int:
    return 0 if value is None else max(0, int(value))
