"""Token counts.

https://docs.anthropic.com/en/api/messages#response-usage: ``input_tokens`` leaves out what was read from the prompt
cache and what was written to it; the neutral ``input`` is the total. In a stream every count is cumulative.

A call that samples several times tells each in ``iterations``. What compacted the history and what an advisor said is
in none of the counts beside it and is billed too, an advisor at its own model's price:
https://platform.claude.com/docs/en/build-with-claude/compaction#understanding-usage,
https://platform.claude.com/docs/en/agents-and-tools/tool-use/advisor-tool
"""

from __future__ import annotations

import msgspec

from trunkline.core.chat import JsonObject, JsonValue, Usage
from trunkline.core.terms import note_tier, read_term
from trunkline.dialects.figure import read_count


class CacheCreation(msgspec.Struct):
    """What was written to the prompt cache, by how long it is kept."""

    ephemeral_1h_input_tokens: JsonValue = None


class ServerToolUse(msgspec.Struct):
    """How often the vendor's own tools ran."""

    web_search_requests: JsonValue = None


class OutputDetails(msgspec.Struct):
    """Parts of the output."""

    thinking_tokens: JsonValue = None


class Iteration(msgspec.Struct):
    """One sampling. ``model`` is said where it may not be the call's own."""

    type: str | None = None
    model: str | None = None
    input_tokens: JsonValue = None
    output_tokens: JsonValue = None
    cache_creation_input_tokens: JsonValue = None
    cache_read_input_tokens: JsonValue = None
    cache_creation: CacheCreation | None = None


class WireUsage(msgspec.Struct):
    """The ``usage`` object. Every field may be missing or null, as gateways and compatible servers leave some out."""

    input_tokens: JsonValue = None
    output_tokens: JsonValue = None
    cache_creation_input_tokens: JsonValue = None
    cache_read_input_tokens: JsonValue = None
    cache_creation: CacheCreation | None = None
    server_tool_use: ServerToolUse | None = None
    output_tokens_details: OutputDetails | None = None
    service_tier: str | None = None
    estimated: JsonValue = None
    speed: JsonValue = None
    inference_geo: JsonValue = None
    iterations: list[Iteration] | None = None


def read_usage(wire: WireUsage) -> Usage | None:
    """The neutral counts. All zeros are None: no call takes nothing, so the server just does not count."""
    usage = _read_counts(wire)
    usage = msgspec.structs.replace(
        usage,
        reasoning=read_count(wire.output_tokens_details.thinking_tokens) if wire.output_tokens_details else 0,
        searches=read_count(wire.server_tool_use.web_search_requests) if wire.server_tool_use else 0,
        speed=read_term(wire.speed),
        geo=read_term(wire.inference_geo),
        estimated=wire.estimated is True,
    )
    if wire.iterations and (len(wire.iterations) > 1 or wire.iterations[0].type != "message"):
        usage = _add_up(usage, wire.iterations)
    return usage if usage.input or usage.output or usage.searches else None


def hear_usage(before: Usage | None, wire: WireUsage | None) -> Usage | None:
    """What an answer that passes has told so far, its tier included, with its next report."""
    return before if wire is None else merge_usage(before, note_tier(read_usage(wire), wire.service_tier))


def _read_counts(wire: WireUsage | Iteration) -> Usage:
    cached = read_count(wire.cache_read_input_tokens)
    written = read_count(wire.cache_creation_input_tokens)
    return Usage(
        input=read_count(wire.input_tokens) + cached + written,
        output=read_count(wire.output_tokens),
        cached=cached,
        cache_write=written,
        cache_write_1h=read_count(wire.cache_creation.ephemeral_1h_input_tokens) if wire.cache_creation else 0,
    )


def _add_up(usage: Usage, iterations: list[Iteration]) -> Usage:
    """``usage`` with the sums of all samplings in the place of its counts of tokens."""
    rounds = tuple(msgspec.structs.replace(_read_counts(one), model=one.model or "") for one in iterations)
    return msgspec.structs.replace(
        usage,
        input=sum(one.input for one in rounds),
        output=sum(one.output for one in rounds),
        cached=sum(one.cached for one in rounds),
        cache_write=sum(one.cache_write for one in rounds),
        cache_write_1h=sum(one.cache_write_1h for one in rounds),
        rounds=rounds,
    )


def merge_usage(before: Usage | None, after: Usage | None) -> Usage | None:
    """Two reports of one stream. Counts only grow, so the larger of each holds; a report may leave counts out. One that
    tells every sampling is the last word.
    """
    if before is None or after is None:
        return after or before
    tier = before.tier if after.tier is None else after.tier
    speed = before.speed if after.speed is None else after.speed
    geo = before.geo if after.geo is None else after.geo
    if after.rounds:
        return msgspec.structs.replace(after, tier=tier, speed=speed, geo=geo)
    cached = max(before.cached, after.cached)
    written = max(before.cache_write, after.cache_write)
    return Usage(
        input=max(_uncached(before), _uncached(after)) + cached + written,
        output=max(before.output, after.output),
        cached=cached,
        cache_write=written,
        cache_write_1h=max(before.cache_write_1h, after.cache_write_1h),
        reasoning=max(before.reasoning, after.reasoning),
        searches=max(before.searches, after.searches),
        estimated=before.estimated or after.estimated,
        tier=tier,
        speed=speed,
        geo=geo,
    )


def _uncached(usage: Usage) -> int:
    return max(usage.input - usage.cached - usage.cache_write, 0)


def write_usage(usage: Usage | None, service_tier: str | None = None) -> JsonObject:
    """The ``usage`` object, which the wire always has: zeros when nothing is known."""
    usage = usage or Usage()
    wire: JsonObject = {
        "input_tokens": _uncached(usage),
        "cache_creation_input_tokens": usage.cache_write,
        "cache_read_input_tokens": usage.cached,
        "output_tokens": usage.output,
    }
    if usage.cache_write:
        wire["cache_creation"] = {
            "ephemeral_5m_input_tokens": max(usage.cache_write - usage.cache_write_1h, 0),
            "ephemeral_1h_input_tokens": usage.cache_write_1h,
        }
    if usage.reasoning:
        wire["output_tokens_details"] = {"thinking_tokens": usage.reasoning}
    if usage.searches:
        wire["server_tool_use"] = {"web_search_requests": usage.searches, "web_fetch_requests": 0}
    if service_tier is not None:
        wire["service_tier"] = service_tier
    if usage.estimated:
        wire["estimated"] = True
    return wire
