"""What only Gemini says of a candidate: kept in ``extra``, so that a client of its own API gets it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trunkline.core.chat import JsonValue
from trunkline.dialects.gemini.finish import read_finish, write_finish
from trunkline.dialects.gemini.wire import Candidate

_REBUILT: Final = {"groundingChunks", "groundingSupports"}


def read_candidate_extra(candidate: Candidate) -> dict[str, JsonValue]:
    """The fields by their wire names. Sources are kept only where the citations do not tell them whole, and the reason
    to stop where its neutral word stands for another one."""
    out: dict[str, JsonValue] = {}
    if candidate.safety_ratings is not None:
        out["safetyRatings"] = candidate.safety_ratings
    if candidate.avg_logprobs is not None:
        out["avgLogprobs"] = candidate.avg_logprobs
    if candidate.url_context_metadata is not None:
        out["urlContextMetadata"] = candidate.url_context_metadata
    if candidate.citation_metadata is not None:
        out["citationMetadata"] = candidate.citation_metadata
    if candidate.grounding_metadata is not None and not candidate.grounding_metadata.keys() <= _REBUILT:
        out["groundingMetadata"] = candidate.grounding_metadata
    if candidate.finish_message is not None:
        out["finishMessage"] = candidate.finish_message
    reason = candidate.finish_reason
    if reason is not None and write_finish(read_finish(reason, called=False)) != reason:
        out["finishReason"] = reason
    return out


def has_sources(extra: Mapping[str, JsonValue]) -> bool:
    """Whether ``extra`` tells the sources itself, so that they must not be written from the citations."""
    return "groundingMetadata" in extra or "citationMetadata" in extra
