"""Tokens. https://ai.google.dev/api/generate-content#UsageMetadata

On this wire the candidates do not include the thoughts, nor the prompt what server tools brought in; our totals do.
"""

from __future__ import annotations

from trunkline.core.chat import JsonValue, Usage
from trunkline.dialects.figure import read_count
from trunkline.dialects.gemini.wire import TokenDetail, UsageMetadata


def read_usage(wire: UsageMetadata, images: int = 0, searches: int = 0) -> Usage:
    """``images`` and ``searches`` are counted by who reads the answer; the wire says neither."""
    thoughts = read_count(wire.thoughts_token_count)
    return Usage(
        input=read_count(wire.prompt_token_count) + read_count(wire.tool_use_prompt_token_count),
        output=read_count(wire.candidates_token_count) + thoughts,
        cached=read_count(wire.cached_content_token_count),
        reasoning=thoughts,
        audio_input=_tokens(wire.prompt_tokens_details, "AUDIO"),
        audio_output=_tokens(wire.candidates_tokens_details, "AUDIO"),
        image_input=_tokens(wire.prompt_tokens_details, "IMAGE"),
        images=images,
        searches=searches,
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
    if usage.audio_output:
        out["candidatesTokensDetails"] = _details(usage.output - usage.reasoning, AUDIO=usage.audio_output)
    return out


def _details(total: int, **counts: int) -> list[JsonValue]:
    text = total - sum(counts.values())
    named = {"TEXT": text, **counts}
    return [{"modality": modality, "tokenCount": count} for modality, count in named.items() if count > 0]
