"""What a feature adds to the calls that it makes, in the form in which it is laid over a configuration's parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trunkline.gateway.snapshot import FeatureEntry
from trunkline.providers.defaults import Overlay

_SAMPLING: Final[Mapping[str, str]] = {
    "temperature": "temperature",
    "topP": "top_p",
    "maxTokens": "max_tokens",
    "presencePenalty": "presence_penalty",
    "frequencyPenalty": "frequency_penalty",
}
"""A feature's own names, and those of :class:`~trunkline.core.chat.Sampling`."""


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
