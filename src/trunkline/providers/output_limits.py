"""How many tokens older models answer with at most, as data: a configuration may ask for more than its model has.

What a provider's own list of models says is known only once somebody has asked for it; these are the models whose
limits lie below what configurations commonly set.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from trunkline.core.chat import JsonValue
from trunkline.providers.provider import Provider

# https://platform.openai.com/docs/models, by model: "max output tokens".
_OPENAI: Final = (
    (r"(ft:)?gpt-4o-2024-05-13", 4_096),
    (r"(ft:)?gpt-4o", 16_384),
    (r"(ft:)?gpt-4\.1", 32_768),
    (r"(ft:)?gpt-4-(turbo|1106|0125|vision)", 4_096),
    (r"(ft:)?gpt-4(-0613|-0314)?$", 8_192),
    (r"(ft:)?gpt-3\.5-turbo", 4_096),
)
# https://platform.claude.com/docs/en/about-claude/models/overview and .../model-deprecations
_CLAUDE: Final = (
    (r"claude-3-(opus|sonnet|haiku)", 4_096),
    (r"claude-3-5", 8_192),
    (r"claude-opus-4-([01](?!\d)|\d{8})", 32_000),
    (r"claude-(3-7|haiku-4|opus-4-5|sonnet-4(?!-([6-9]|\d\d)(?!\d)))", 64_000),
)
# https://ai.google.dev/gemini-api/docs/models, by model: "output token limit".
_GEMINI: Final = (
    (r"(models/)?gemini-(pro(?!-latest)|1|2\.0)", 8_192),
    (r"(models/)?gemini-2\.5-flash-image", 32_768),
    (r"(models/)?gemini-2\.5", 65_536),
)

_LIMITS: Final[Mapping[str, tuple[tuple[re.Pattern[str], int], ...]]] = {
    provider: tuple((re.compile(models, re.IGNORECASE), limit) for models, limit in rows)
    for provider, rows in {
        "openai": _OPENAI,
        "anthropic": _CLAUDE,
        "bedrock": tuple((f".*{models}", limit) for models, limit in _CLAUDE),
        "gemini": _GEMINI,
        "vertex": _GEMINI,
    }.items()
}


def find_output_limit(provider: str, model: str) -> int | None:
    """The most tokens that ``model`` answers with; None where this does not know."""
    return next((limit for pattern, limit in _LIMITS.get(provider, ()) if pattern.match(model)), None)


def clamp_output(provider: Provider, model: str | None, parameters: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """A configuration's parameters with a limit of output tokens that its model has."""
    limit = None if model is None else find_output_limit(provider.id, model)
    if limit is None:
        return parameters
    name = next((each.name for each in provider.parameters if each.neutral == "sampling.max_tokens"), "")
    value = parameters.get(name)
    return {**parameters, name: limit} if isinstance(value, int | float) and value > limit else parameters
