"""The list of what may be called, in the shape of whoever asks.

OpenAI: https://platform.openai.com/docs/api-reference/models/list; Anthropic:
https://docs.anthropic.com/en/api/models-list; Gemini: https://ai.google.dev/api/models.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec

from trunkline.core.chat import JsonObject

Listed = tuple[str, str, int]
"""A name, its provider, and when it was made (seconds since the epoch)."""


_AT_ONCE: Final = 200
"""Names between which other calls get their turn."""


async def write_models(dialect: str, models: Sequence[Listed]) -> bytes:
    """All of them. Our lists have one page."""
    pieces: list[bytes] = []
    write = _find_writer(dialect)
    for start in range(0, len(models), _AT_ONCE):
        pieces.append(msgspec.json.encode([write(model) for model in models[start : start + _AT_ONCE]])[1:-1])
        await asyncio.sleep(0)
    items = msgspec.Raw(b"[%b]" % b",".join(pieces))
    if dialect == "anthropic_messages":
        first, last = (models[0][0], models[-1][0]) if models else (None, None)
        return msgspec.json.encode({"data": items, "first_id": first, "last_id": last, "has_more": False})
    if dialect == "gemini":
        return msgspec.json.encode({"models": items})
    return msgspec.json.encode({"object": "list", "data": items})


def write_model(dialect: str, model: Listed) -> bytes:
    """One of them."""
    return msgspec.json.encode(_find_writer(dialect)(model))


def _find_writer(dialect: str) -> Callable[[Listed], JsonObject]:
    return {"anthropic_messages": _anthropic, "gemini": _gemini}.get(dialect, _openai)


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
