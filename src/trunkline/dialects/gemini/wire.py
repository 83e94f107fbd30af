"""The outer shape of an answer, whole or one piece of a stream. https://ai.google.dev/api/generate-content#response-body

Parts and the records about sources stay as they came, since most of them are passed over or looked at once.
"""

from __future__ import annotations

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.dialects.spare_field import SparingDecoder


class TokenDetail(msgspec.Struct, rename="camel"):
    """Tokens of one kind of content."""

    modality: str | None = None
    token_count: JsonValue = None


class UsageMetadata(msgspec.Struct, rename="camel"):
    """Tokens of a call. ``total`` is the sum of prompt, candidates, thoughts and what tools brought in."""

    prompt_token_count: JsonValue = None
    candidates_token_count: JsonValue = None
    thoughts_token_count: JsonValue = None
    tool_use_prompt_token_count: JsonValue = None
    cached_content_token_count: JsonValue = None
    prompt_tokens_details: list[TokenDetail] | None = None
    candidates_tokens_details: list[TokenDetail] | None = None
    estimated: JsonValue = None
    cache_tokens_details: list[TokenDetail] | None = None
    tool_use_prompt_tokens_details: list[TokenDetail] | None = None
    service_tier: JsonValue = None
    traffic_type: JsonValue = None


class Content(msgspec.Struct):
    """A turn."""

    parts: list[dict[str, JsonValue]] | None = None


class TokenChance(msgspec.Struct, rename="camel"):
    """How likely a token was."""

    token: str | None = None
    log_probability: float | None = None


class TokenRivals(msgspec.Struct):
    """The likeliest tokens at one place."""

    candidates: list[TokenChance] | None = None


class LogprobsResult(msgspec.Struct, rename="camel"):
    """The tokens of an answer and their rivals, place by place."""

    chosen_candidates: list[TokenChance] | None = None
    top_candidates: list[TokenRivals] | None = None


class Candidate(msgspec.Struct, rename="camel"):
    """One answer."""

    content: Content | None = None
    finish_reason: str | None = None
    finish_message: str | None = None
    index: int | None = None
    logprobs_result: LogprobsResult | None = None
    grounding_metadata: dict[str, JsonValue] | None = None
    citation_metadata: dict[str, JsonValue] | None = None
    url_context_metadata: JsonValue = None
    safety_ratings: JsonValue = None
    avg_logprobs: JsonValue = None


class Answer(msgspec.Struct, rename="camel"):
    """A whole answer, or one piece of a streamed one, or (with status 200) an error."""

    candidates: list[Candidate] | None = None
    usage_metadata: UsageMetadata | None = None
    model_version: str | None = None
    response_id: str | None = None
    create_time: str | None = None
    prompt_feedback: dict[str, JsonValue] | None = None
    error: JsonValue = None


ANSWER = SparingDecoder(Answer)
