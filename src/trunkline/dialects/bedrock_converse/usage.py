"""Token counts.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html: ``inputTokens`` leaves out what was
read from the prompt cache and written to it
(https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html); the neutral ``input`` is the total.
"""

from __future__ import annotations

import msgspec

from trunkline.core.chat import JsonObject, JsonValue, Usage
from trunkline.core.terms import note_tier, read_term
from trunkline.dialects.figure import read_count


class CacheDetail(msgspec.Struct, rename="camel"):
    """What was written to the prompt cache for one time to live."""

    ttl: str | None = None
    input_tokens: JsonValue = None


class PerformanceConfig(msgspec.Struct):
    """How an answer was made: https://docs.aws.amazon.com/bedrock/latest/userguide/latency-optimized-inference.html"""

    latency: JsonValue = None


class ServiceTier(msgspec.Struct):
    """What an answer was billed by: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ServiceTier.html"""

    type: JsonValue = None


class WireUsage(msgspec.Struct, rename="camel"):
    """The ``usage`` object; every field may be missing."""

    input_tokens: JsonValue = None
    output_tokens: JsonValue = None
    cache_read_input_tokens: JsonValue = None
    cache_write_input_tokens: JsonValue = None
    cache_details: list[CacheDetail] | None = None
    estimated: JsonValue = None


def read_usage(wire: WireUsage | None) -> Usage | None:
    """The neutral counts. All zeros are None: no call takes nothing, so the server just does not count."""
    if wire is None:
        return None
    cached = read_count(wire.cache_read_input_tokens)
    written = read_count(wire.cache_write_input_tokens)
    usage = Usage(
        input=read_count(wire.input_tokens) + cached + written,
        output=read_count(wire.output_tokens),
        cached=cached,
        cache_write=written,
        cache_write_1h=sum(read_count(part.input_tokens) for part in wire.cache_details or () if part.ttl == "1h"),
        estimated=wire.estimated is True,
    )
    return usage if usage.input or usage.output else None


def note_terms(usage: Usage | None, tier: ServiceTier | None, performance: PerformanceConfig | None) -> Usage | None:
    """``usage`` with the terms of its bill, which stand beside it."""
    if usage is None or (tier is None and performance is None):
        return usage
    speed = read_term(performance.latency) if performance is not None else None
    return note_tier(msgspec.structs.replace(usage, speed=speed), tier.type if tier is not None else None)


def write_usage(usage: Usage | None) -> JsonObject:
    """The ``usage`` object, which the wire always has: zeros when nothing is known."""
    usage = usage or Usage()
    wire: JsonObject = {
        "inputTokens": max(usage.input - usage.cached - usage.cache_write, 0),
        "outputTokens": usage.output,
        "totalTokens": usage.total,
    }
    if usage.cached:
        wire["cacheReadInputTokens"] = usage.cached
    if usage.cache_write:
        wire["cacheWriteInputTokens"] = usage.cache_write
        counts = (("1h", usage.cache_write_1h), ("5m", usage.cache_write - usage.cache_write_1h))
        wire["cacheDetails"] = [{"ttl": ttl, "inputTokens": count} for ttl, count in counts if count > 0]
    if usage.estimated:
        wire["estimated"] = True
    return wire
