"""Tokens. https://ai.google.dev/api/generate-content#UsageMetadata

On this wire the candidates do not include the thoughts, nor the prompt what server tools brought in; our totals do. The
tier is ``serviceTier`` (https://ai.google.dev/gemini-api/docs/priority-inference), and ``trafficType`` on Vertex AI.
"""

from __future__ import annotations

from trunkline.core.chat import JsonValue, Usage
from trunkline.core.terms import read_term
from trunkline.dialects.figure import read_count
from trunkline.dialects.gemini.grounding import NO_SEARCHES, Searches
from trunkline.dialects.gemini.wire import TokenDetail, UsageMetadata


def read_usage(wire: UsageMetadata, images: int = 0, searches: Searches = NO_SEARCHES) -> Usage:
    """``images`` and ``searches`` are counted by who reads the answer; the wire says neither."""
    tier = read_term(wire.service_tier)
    thoughts = read_count(wire.thoughts_token_count)
    return Usage(
        input=read_count(wire.prompt_token_count) + read_count(wire.tool_use_prompt_token_count),
        output=read_count(wire.candidates_token_count) + thoughts,
        cached=read_count(wire.cached_content_token_count),
        reasoning=thoughts,
        audio_input=_tokens(wire.prompt_tokens_details, "AUDIO")
        + _tokens(wire.tool_use_prompt_tokens_details, "AUDIO"),
        audio_output=_tokens(wire.candidates_tokens_details, "AUDIO"),
        image_input=_tokens(wire.prompt_tokens_details, "IMAGE"),
        images=images,
        searches=searches.web,
        map_searches=searches.maps,
        cached_audio=_tokens(wire.cache_tokens_details, "AUDIO"),
        cached_image=_tokens(wire.cache_tokens_details, "IMAGE"),
        image_output=_tokens(wire.candidates_tokens_details, "IMAGE"),
        tier=read_term(wire.traffic_type) if tier is None else tier,
        estimated=wire.estimated is True,
    )


def _tokens(details: list[TokenDetail] | None, modality: str) -> int:
    return sum(read_count(detail.token_count) for detail in details or () if detail.modality == modality)


def write_usage(usage: Usage) -> dict[str, JsonValue]:
    """``usageMetadata``; counts of zero that are mere parts are left out."""
    out: dict[str, JsonValue] = {
        "promptTokenCount": usage.input,
        "candidatesTokenCount": usage.output - usage.reasoning,
        "totalTokenCount": usage.total,
    }
    if usage.reasoning:
        out["thoughtsTokenCount"] = usage.reasoning
    if usage.cached:
        out["cachedContentTokenCount"] = usage.cached
    if usage.audio_input or usage.image_input:
        out["promptTokensDetails"] = _details(usage.input, AUDIO=usage.audio_input, IMAGE=usage.image_input)
    if usage.estimated:
        out["estimated"] = True
    if usage.cached_audio or usage.cached_image:
        out["cacheTokensDetails"] = _details(usage.cached, AUDIO=usage.cached_audio, IMAGE=usage.cached_image)
    if usage.audio_output or usage.image_output:
        made = usage.output - usage.reasoning
        out["candidatesTokensDetails"] = _details(made, AUDIO=usage.audio_output, IMAGE=usage.image_output)
    return out


def _details(total: int, **counts: int) -> list[JsonValue]:
    text = total - sum(counts.values())
    named = {"TEXT": text, **counts}
    return [{"modality": modality, "tokenCount": count} for modality, count in named.items() if count > 0]
