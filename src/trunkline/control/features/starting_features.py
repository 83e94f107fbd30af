"""The features that every workspace has before anybody saved one: what they are called, and what they start with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

FeatureKind = Literal["chat", "code", "summarizer", "image", "embeddings"]


class StartingFeature(msgspec.Struct, frozen=True, kw_only=True):
    """A feature's defaults. ``model`` is OpenRouter's id of it."""

    slug: str
    name: str
    kind: FeatureKind
    model: str
    system_prompt: str = ""


STARTING_FEATURES: Final[Mapping[str, StartingFeature]] = {
    feature.slug: feature
    for feature in (
        StartingFeature(
            slug="chat-assistant",
            name="Chat assistant",
            kind="chat",
            model="openai/gpt-4o-mini",
            system_prompt="You are a helpful assistant. Answer clearly, and say so when you do not know.",
        ),
        StartingFeature(
            slug="code-generator",
            name="Code generator",
            kind="code",
            model="anthropic/claude-3.5-sonnet",
            system_prompt="You write correct, readable code. Answer with the code first, then what is worth knowing.",
        ),
        StartingFeature(
            slug="summarizer",
            name="Summarizer",
            kind="summarizer",
            model="google/gemma-2-27b-it",
            system_prompt="Summarise the text that you are given in a few sentences. Add nothing that is not in it.",
        ),
        StartingFeature(
            slug="image-generator", name="Image generator", kind="image", model="google/gemini-2.5-flash-image"
        ),
        StartingFeature(slug="embeddings", name="Embeddings", kind="embeddings", model="openai/text-embedding-3-small"),
    )
}
"""By slug. https://openrouter.ai/models names the models."""
