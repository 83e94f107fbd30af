"""Usage as this wire tells it, and what the servers that speak it have added.

https://platform.openai.com/docs/api-reference/chat/object#chat-object-usage; OpenRouter's ``cost`` in credits, which
are US dollars: https://openrouter.ai/docs/use-cases/usage-accounting; xAI's ``cost_in_usd_ticks``, of which 10 are a
nano-dollar: https://docs.x.ai/developers/cost-tracking; Mistral's ``prompt_audio_seconds``, beside whose tokens
``prompt_tokens`` counts those of the text alone: https://docs.mistral.ai/capabilities/audio/.
"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import JsonValue, Usage
from trunkline.dialects.figure import read_nanos
from trunkline.dialects.raw_json import BROKEN_JSON, is_said

NANOS: Final = 1_000_000_000
_Count = int | float | None


class _CachedDetails(msgspec.Struct, frozen=True, gc=False):
    audio_tokens: _Count = None
    image_tokens: _Count = None


class _InputDetails(msgspec.Struct, frozen=True, gc=False):
    cached_tokens: _Count = None
    cache_write_tokens: _Count = None
    audio_tokens: _Count = None
    image_tokens: _Count = None
    cached_tokens_details: _CachedDetails | None = None


class _OutputDetails(msgspec.Struct, frozen=True, gc=False):
    reasoning_tokens: _Count = None
    audio_tokens: _Count = None
    image_tokens: _Count = None


class _CostDetails(msgspec.Struct, frozen=True, gc=False):
    upstream_inference_cost: float | None = None


class _TotalCost(msgspec.Struct, frozen=True, gc=False):
    total_cost: float | None = None


class _ServerTools(msgspec.Struct, frozen=True, gc=False):
    web_search_requests: _Count = None


class WireUsage(msgspec.Struct, frozen=True, gc=False):
    """The ``usage`` object with everything in it that we count. Unknown fields are passed over."""

    prompt_tokens: _Count = None
    completion_tokens: _Count = None
    total_tokens: _Count = None
    prompt_tokens_details: _InputDetails | None = None
    completion_tokens_details: _OutputDetails | None = None
    prompt_cache_hit_tokens: _Count = None
    cached_tokens: _Count = None
    reasoning_tokens: _Count = None
    cost: float | _TotalCost | None = None
    cost_in_usd_ticks: _Count = None
    prompt_audio_seconds: _Count = None
    cost_details: _CostDetails | None = None
    is_byok: bool | None = None
    server_tool_use: _ServerTools | None = None
    num_search_queries: _Count = None
    estimated: JsonValue = None


_decoder = msgspec.json.Decoder(WireUsage)
_NOTHING_GIVEN: Final = _InputDetails()
_NOTHING_MADE: Final = _OutputDetails()
_NOTHING_KEPT: Final = _CachedDetails()
_NOTHING_SPECIAL: Final = (_InputDetails(cached_tokens=0, audio_tokens=0), _InputDetails(cached_tokens=0))
_NO_THOUGHTS: Final = _OutputDetails(reasoning_tokens=0, audio_tokens=0)
_TICKS: Final = 10


def read_usage(raw: msgspec.Raw) -> Usage | None:
    """The usage in ``raw``; None when there is none, and for what is no usage object: it must not cost the answer."""
    if not is_said(raw):
        return None
    try:
        return sum_up(_decoder.decode(raw))
    except BROKEN_JSON:
        return None


def sum_up(wire: WireUsage) -> Usage:
    """What a ``usage`` object tells."""
    inputs, outputs, given, made = (
        wire.prompt_tokens,
        wire.completion_tokens,
        wire.prompt_tokens_details,
        wire.completion_tokens_details,
    )
    if (
        (given is None or given in _NOTHING_SPECIAL)
        and (made is None or made == _NO_THOUGHTS)
        and type(inputs) is int
        and type(outputs) is int
        and inputs >= 0 <= outputs
        and wire == WireUsage(inputs, outputs, inputs + outputs, given, made)
    ):
        # Text alone, of which nothing came from a cache.
        return Usage(inputs, outputs)
    given, made = given or _NOTHING_GIVEN, made or _NOTHING_MADE
    if type(inputs) is not int or type(outputs) is not int or inputs < 0 or outputs < 0:
        inputs, outputs = _count(inputs), _count(outputs)
    if wire.total_tokens == inputs + outputs and _is_usual(wire, given, made):
        # What OpenAI tells of nearly every call: nothing is hidden, and nothing of it is sound or a picture.
        cached, reasoning = given.cached_tokens, made.reasoning_tokens
        if given is _NOTHING_GIVEN:
            if wire.prompt_cache_hit_tokens is None and wire.cached_tokens is None:
                cached = 0
            else:
                cached = _count(wire.prompt_cache_hit_tokens) or _count(wire.cached_tokens)
        elif cached != 0:
            cached = _count(cached, wire.prompt_cache_hit_tokens, wire.cached_tokens)
        if reasoning != 0 and not (reasoning is None and wire.reasoning_tokens is None):
            reasoning = _count(reasoning, wire.reasoning_tokens)
        return Usage(
            inputs,
            outputs,
            int(cached or 0),
            0,
            0,
            int(reasoning or 0),
            searches=0 if wire.server_tool_use is None and wire.num_search_queries is None else _searches(wire),
            estimated=wire.estimated is True,
        )
    reasoning = _count(made.reasoning_tokens, wire.reasoning_tokens)
    # xAI and Google's compatible endpoint leave thinking out of completion_tokens but not out of total_tokens.
    hidden = _count(wire.total_tokens) - inputs - outputs
    seconds = _count(wire.prompt_audio_seconds)
    heard = _count(given.audio_tokens)
    if hidden > 0 and seconds:
        inputs += hidden
        heard = heard or hidden
    elif hidden > 0 and reasoning in {0, hidden}:
        outputs += hidden
        reasoning = hidden
    kept = given.cached_tokens_details or _NOTHING_KEPT
    return Usage(
        input=inputs,
        output=outputs,
        cached=_count(given.cached_tokens, wire.prompt_cache_hit_tokens, wire.cached_tokens),
        cache_write=_count(given.cache_write_tokens),
        reasoning=reasoning,
        audio_input=heard,
        audio_output=_count(made.audio_tokens),
        image_output=_count(made.image_tokens),
        image_input=_count(given.image_tokens),
        searches=_searches(wire),
        cost_nanos=_cost(wire),
        estimated=wire.estimated is True,
        audio_ms=1000 * seconds,
        cached_audio=_count(kept.audio_tokens),
        cached_image=_count(kept.image_tokens),
    )


def write_usage(usage: Usage) -> dict[str, JsonValue]:
    """The ``usage`` object. The details are always there, as OpenAI's are; cost and searches only when known."""
    wire: dict[str, JsonValue] = {
        "prompt_tokens": usage.input,
        "completion_tokens": usage.output,
        "total_tokens": usage.total,
    }
    given: dict[str, JsonValue] = {"cached_tokens": usage.cached, "audio_tokens": usage.audio_input}
    if usage.cache_write:
        given["cache_write_tokens"] = usage.cache_write
    if usage.image_input:
        given["image_tokens"] = usage.image_input
    wire["prompt_tokens_details"] = given
    wire["completion_tokens_details"] = {"reasoning_tokens": usage.reasoning, "audio_tokens": usage.audio_output}
    if usage.searches:
        wire["server_tool_use"] = {"web_search_requests": usage.searches}
    if usage.cost_nanos is not None:
        wire["cost"] = usage.cost_nanos / NANOS
    if usage.estimated:
        wire["estimated"] = True
    return wire


def _is_usual(wire: WireUsage, given: _InputDetails, made: _OutputDetails) -> bool:
    """Whether it tells of tokens of text alone. Zeros are what OpenAI says of the rest."""
    return not (
        given.audio_tokens
        or made.audio_tokens
        or given.cache_write_tokens
        or given.image_tokens
        or made.image_tokens
        or given.cached_tokens_details
        or wire.cost is not None
        or wire.cost_in_usd_ticks is not None
        or wire.prompt_audio_seconds
    )


def _count(first: _Count, second: _Count = None, third: _Count = None) -> int:
    """The first value that is there, never below zero."""
    value = first if first is not None else second if second is not None else third
    return int(value) if value is not None and value > 0 else 0


def _searches(wire: WireUsage) -> int:
    tools = wire.server_tool_use
    return _count(tools.web_search_requests if tools is not None else None, wire.num_search_queries)


def _cost(wire: WireUsage) -> int | None:
    """In nano-dollars. For a key of one's own at OpenRouter, ``cost`` is its fee; the provider's bill stands apart."""
    if wire.cost_in_usd_ticks is not None:
        return max(0, round(wire.cost_in_usd_ticks / _TICKS))
    cost = wire.cost.total_cost if isinstance(wire.cost, _TotalCost) else wire.cost
    if cost is None:
        return None
    if wire.is_byok and wire.cost_details is not None:
        cost += wire.cost_details.upstream_inference_cost or 0.0
    return read_nanos(cost)
