"""What a feature adds to the calls that it makes, in the form in which it is laid over a configuration's parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trunkline.core.chat import JsonValue
from trunkline.gateway.snapshot import FeatureEntry
from trunkline.providers.defaults import Overlay
from trunkline.providers.provider import Provider

_SAMPLING: Final[Mapping[str, str]] = {
    "temperature": "temperature",
    "topP": "top_p",
    "maxTokens": "max_tokens",
    "presencePenalty": "presence_penalty",
    "frequencyPenalty": "frequency_penalty",
}
"""A feature's own names, and those of :class:`~trunkline.core.chat.Sampling`."""

_SITE: Final = frozenset({"siteUrl", "siteName"})
"""What OpenRouter is told of an app, in headers."""


def read_overlay(feature: FeatureEntry) -> Overlay:
    """A feature's parameters. What is unknown or of another type counts as not set: validation has spoken before."""
    numbers = {
        field: value
        for name, field in _SAMPLING.items()
        if isinstance(value := feature.parameters.get(name), int | float) and not isinstance(value, bool)
    }
    prompt = feature.parameters.get("systemPrompt")
    return Overlay(
        sampling=numbers,
        fields=feature.custom,
        system_prompt=prompt if isinstance(prompt, str) and prompt.strip() else None,
    )


def read_site(feature: FeatureEntry, provider: Provider) -> dict[str, JsonValue]:
    """The parameters by which a feature names its own site, where ``provider`` takes them.

    https://openrouter.ai/docs/app-attribution
    """
    names = _SITE & {parameter.name for parameter in provider.parameters}
    return {name: value for name, value in feature.parameters.items() if name in names}
