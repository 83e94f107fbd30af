"""The list of what may be called, in the shape of whoever asks.

OpenAI: https://platform.openai.com/docs/api-reference/models/list; Anthropic:
https://docs.anthropic.com/en/api/models-list; Gemini: https://ai.google.dev/api/models.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import msgspec

from trunkline.core.chat import JsonObject

Listed = tuple[str, str, int]
"""A name, its provider, and when it was made (seconds since the epoch)."""


def write_models(dialect: str, models: Sequence[Listed]) -> bytes:
    """All of them. Our lists have one page."""
    if dialect == "anthropic_messages":
        names = [model[0] for model in models]
        page = {"first_id": names[0] if names else None, "last_id": names[-1] if names else None, "has_more": False}
        return msgspec.json.encode({"data": [_anthropic(model) for model in models], **page})
    if dialect == "gemini":
        return msgspec.json.encode({"models": [_gemini(model) for model in models]})
    return msgspec.json.encode({"object": "list", "data": [_openai(model) for model in models]})


def write_model(dialect: str, model: Listed) -> bytes:
    """One of them."""
    write: Callable[[Listed], JsonObject] = {"anthropic_messages": _anthropic, "gemini": _gemini}.get(dialect, _openai)
    return msgspec.json.encode(write(model))


def _openai(model: Listed) -> JsonObject:
    name, provider, created = model
    return {"id": name, "object": "model", "created": created, "owned_by": provider}


def _anthropic(model: Listed) -> JsonObject:
    name, _, created = model
    made = datetime.fromtimestamp(created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"type": "model", "id": name, "display_name": name, "created_at": made}


def _gemini(model: Listed) -> JsonObject:
    name, provider, _ = model
    return {
        "name": f"models/{name}",
        "baseModelId": name,
        "version": "1",
        "displayName": name,
        "description": f"Served by {provider}.",
        "supportedGenerationMethods": ["generateContent", "countTokens"],
    }
