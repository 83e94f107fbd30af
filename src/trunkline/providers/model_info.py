"""One model, as its provider lists it."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from trunkline.core.chat import JsonObject, JsonValue


class ModelInfo(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of a model; None and empty where the provider says nothing.

    ``capabilities`` are among ``text``, ``image``, ``audio``, ``embeddings``, ``vision``, ``tools``, ``reasoning``,
    ``structured_outputs``. ``price`` is USD per token (or per unit, as its name says) in decimal text, as OpenRouter
    has it. ``created`` is seconds since the epoch.
    """

    id: str
    name: str
    owned_by: str | None = None
    description: str | None = None
    context_length: int | None = None
    max_output_tokens: int | None = None
    input_modalities: tuple[str, ...] = ()
    output_modalities: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()
    price: dict[str, str] | None = None
    created: int | None = None
    version: str | None = None
    details: dict[str, JsonValue] = {}
    """What one provider alone tells: size, family and quantization of a local model, say."""

    @property
    def only_embeds(self) -> bool:
        """Whether it makes vectors and no text."""
        return "embeddings" in self.capabilities and "text" not in self.capabilities


_KINDS: Final = (
    ("embeddings", re.compile(r"embed|(^|[/-])(bge|e5|gte|minilm|nomic|voyage)([-_.]|$)", re.IGNORECASE)),
    ("image", re.compile(r"dall-e|gpt-image|imagen|flux|stable-diffusion|image-generation|-image(-|$)", re.IGNORECASE)),
    ("audio", re.compile(r"whisper|tts|transcribe|orpheus|voxtral-.*transcribe", re.IGNORECASE)),
    ("moderation", re.compile(r"moderation", re.IGNORECASE)),
    ("rerank", re.compile(r"rerank", re.IGNORECASE)),
)


def guess_capabilities(model_id: str) -> tuple[str, ...]:
    """What a model does, by its name, for lists that say nothing of it. ``text`` where nothing else fits."""
    return next(((kind,) for kind, pattern in _KINDS if pattern.search(model_id)), ("text",))


def first_int(entry: JsonObject, *names: str) -> int | None:
    """The first of these members that is a number above zero."""
    for name in names:
        value = entry.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
            return int(value)
    return None


def first_text(entry: JsonObject, *names: str) -> str | None:
    """The first of these members that is a text and not empty."""
    return next((value for name in names if isinstance(value := entry.get(name), str) and value), None)


def texts(value: JsonValue) -> tuple[str, ...]:
    """The texts of a list; none where it is no list."""
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def objects(value: JsonValue) -> list[JsonObject]:
    """The objects of a list; none where it is no list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def member(value: JsonValue, name: str) -> JsonValue:
    """A member of what may be an object; None where it is none."""
    return value.get(name) if isinstance(value, dict) else None
