"""Settings to start from: proven combinations, by provider and by model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.providers.model_templates import MODEL_TEMPLATES
from trunkline.providers.provider import Provider


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """A named configuration that a form can be filled with. ``id`` is unique among the provider's built-in ones."""

    id: str
    provider: str
    name: str
    description: str
    configuration: Mapping[str, JsonValue]
    model: str | None = None
    """The model that it is for; None: any of the provider's."""
    is_default: bool = False


class _Draft(msgspec.Struct, frozen=True, kw_only=True):
    """Settings under the names that most providers use; each provider's templates keep what it has."""

    slug: str
    name: str
    description: str
    settings: dict[str, JsonValue]
    is_default: bool = False


_EXTRACT: Final = (
    "Extract what is asked for from the user's text. Answer with one JSON object and nothing else: no comments, no code"
    " fence. Use null for what the text does not say; never guess."
)
_SUMMARIZE: Final = (
    "Summarize the user's text in its own language: first one sentence with the point of it, then at most five bullets"
    " with facts, figures and decisions. Add nothing that is not in the text."
)
_CODE: Final = (
    "You are a careful programmer. Answer with complete, working code in the language of the question, then explain in"
    " two or three sentences what is not obvious. Say so when something is not known to you."
)

_DRAFTS: Final = (
    _Draft(
        slug="balanced",
        name="Balanced",
        description="For conversation and everyday questions.",
        settings={"temperature": 0.7, "maxTokens": 2048},
        is_default=True,
    ),
    _Draft(
        slug="precise",
        name="Precise",
        description="Keeps to the likeliest words: facts, classification, answers that should not vary.",
        settings={"temperature": 0.0, "maxTokens": 1024},
    ),
    _Draft(
        slug="creative",
        name="Creative",
        description="Varies more: names, stories, ideas.",
        settings={"temperature": 1.0, "topP": 0.95, "presencePenalty": 0.4, "maxTokens": 2048},
    ),
    _Draft(
        slug="long-answers",
        name="Long answers",
        description="Room for reports and long documents.",
        settings={"temperature": 0.6, "maxTokens": 8192},
    ),
    _Draft(
        slug="json-extraction",
        name="JSON extraction",
        description="Turns text into one JSON object.",
        settings={"temperature": 0.0, "maxTokens": 4096, "systemPrompt": _EXTRACT},
    ),
    _Draft(
        slug="summaries",
        name="Summaries",
        description="The point of a text in one sentence and five bullets.",
        settings={"temperature": 0.3, "maxTokens": 800, "systemPrompt": _SUMMARIZE},
    ),
    _Draft(
        slug="code",
        name="Code",
        description="Complete code with a short explanation.",
        settings={"temperature": 0.2, "maxTokens": 8192, "systemPrompt": _CODE},
    ),
)

_OWN: Final[Mapping[str, tuple[_Draft, ...]]] = {
    "anthropic": (
        _Draft(
            slug="thinking",
            name="Extended thinking",
            description="Thinks before it answers, for models up to Claude 4.6: mathematics, plans, hard bugs.",
            settings={"maxTokens": 16_000, "thinkingBudget": 8000},
        ),
    ),
    "gemini": (
        _Draft(
            slug="strict-safety",
            name="Strict safety",
            description="Blocks harmful content already at low likelihood, for public use.",
            settings={
                "temperature": 0.7,
                "maxTokens": 2048,
                "safetySettings": [
                    {"category": f"HARM_CATEGORY_{kind}", "threshold": "BLOCK_LOW_AND_ABOVE"}
                    for kind in ("HARASSMENT", "HATE_SPEECH", "SEXUALLY_EXPLICIT", "DANGEROUS_CONTENT")
                ],
            },
        ),
    ),
    "ollama": (
        _Draft(
            slug="reproducible",
            name="Reproducible",
            description="The same question gets the same answer.",
            settings={"temperature": 0.0, "seed": 42, "repeatPenalty": 1.1},
        ),
    ),
}


def templates(provider: Provider) -> tuple[Template, ...]:
    """The built-in templates of ``provider``: the default one first, then those of its models.

    Each fits the provider's schema.
    """
    general = tuple(_adapt(provider, draft) for draft in (*_DRAFTS, *_OWN.get(provider.id, ())))
    return general + tuple(
        Template(
            id=f"{provider.id}-{row.model}",
            provider=provider.id,
            name=row.name,
            description=row.description,
            configuration=_translate(provider, row.settings),
            model=row.model,
        )
        for row in MODEL_TEMPLATES
        if row.provider == provider.id
    )


def _translate(provider: Provider, wanted: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Those settings that the provider has, by its own names."""
    names = {alias: parameter for parameter in provider.parameters for alias in (parameter.name, *parameter.aliases)}
    settings: dict[str, JsonValue] = {}
    for name, value in wanted.items():
        if (parameter := names.get(name)) is not None:
            settings[parameter.name] = value
    return settings


def _adapt(provider: Provider, draft: _Draft) -> Template:
    return Template(
        id=f"{provider.id}-{draft.slug}",
        provider=provider.id,
        name=draft.name,
        description=draft.description,
        configuration=_translate(provider, draft.settings),
        is_default=draft.is_default,
    )
