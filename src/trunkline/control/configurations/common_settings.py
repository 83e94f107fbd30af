"""The settings that every provider has under names of its own, by the names that are common to all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from trunkline.core.chat import JsonObject, JsonValue
from trunkline.core.errors import FieldError, InvalidInput
from trunkline.providers.provider import Provider
from trunkline.providers.registry import PROVIDERS

_PLACES: Final[Mapping[str, str]] = {
    "temperature": "sampling.temperature",
    "maxTokens": "sampling.max_tokens",
    "topP": "sampling.top_p",
    "systemPrompt": "system",
}
"""Where each goes in a call, which is how a provider's own parameter is found."""

SHOWN_DEFAULTS: Final[Mapping[str, JsonValue]] = {"temperature": 0.7, "maxTokens": 2048, "topP": 1.0}
"""What is shown where nobody has set anything. It is never sent: models differ in what they accept."""


def read_settings(provider: str, parameters: JsonObject) -> JsonObject:
    """Those that somebody has set among a configuration's ``parameters``."""
    own = _own_names(PROVIDERS.get(provider))
    settings: JsonObject = {}
    for name, spellings in own.items():
        value = next((parameters[each] for each in spellings if parameters.get(each) is not None), None)
        if value is not None:
            settings[name] = value
    return settings


def write_settings(provider: Provider, settings: JsonObject) -> JsonObject:
    """``settings`` under the provider's own names. One that it does not have keeps its name, to be refused by it."""
    own = _own_names(provider)
    return {own[name][0] if own.get(name) else name: _whole(name, value) for name, value in settings.items()}


def carry_over(old: str, new: Provider, parameters: JsonObject) -> JsonObject:
    """Parameters of one provider for another: the common settings under their new names, without all others."""
    return dict(parameters) if old == new.id else write_settings(new, read_settings(old, parameters))


def merge_settings(old: str, new: Provider, parameters: JsonObject, settings: JsonObject) -> JsonObject:
    """``parameters`` of the provider ``old`` carried over to ``new``, with ``settings`` laid over; null takes away."""
    merged = {**carry_over(old, new, parameters), **write_settings(new, settings)}
    return {name: value for name, value in merged.items() if value is not None}


def rename_fields(provider: str, error: InvalidInput, fields: Mapping[str, str]) -> InvalidInput:
    """``error`` with its fields as callers of these faces write them: ``settings.topP``; ``fields`` are the others."""
    paths = {f"configuration.{own}": f"settings.{name}" for name, own in _flat_names(PROVIDERS.get(provider))}
    return InvalidInput.of_all(tuple(_rename(each, paths, fields) for each in error.fields)) if error.fields else error


def rename_settings(provider: Provider, errors: Sequence[FieldError]) -> list[FieldError]:
    """Errors at ``settings.<own name>`` at ``settings.<common name>``."""
    paths = {f"settings.{own}": f"settings.{name}" for name, own in _flat_names(provider)}
    return [FieldError(paths.get(error.field, error.field), error.message) for error in errors]


def _rename(error: FieldError, paths: Mapping[str, str], fields: Mapping[str, str]) -> FieldError:
    field = fields.get(error.field) or paths.get(error.field)
    if field is None and error.field.startswith("configuration."):
        field = "settings." + error.field.removeprefix("configuration.")
    return FieldError(field or error.field, error.message)


def _own_names(provider: Provider | None) -> dict[str, tuple[str, ...]]:
    """The provider's names of each common setting, its own first; none where it does not have it."""
    parameters = () if provider is None else provider.parameters
    by_place = {parameter.neutral: (parameter.name, *parameter.aliases) for parameter in parameters}
    return {name: by_place.get(place, ()) for name, place in _PLACES.items()}


def _flat_names(provider: Provider | None) -> list[tuple[str, str]]:
    return [(name, own) for name, spellings in _own_names(provider).items() for own in spellings]


def _whole(name: str, value: JsonValue) -> JsonValue:
    """JSON has no integers of its own: 4096.0 is one too."""
    return int(value) if name == "maxTokens" and isinstance(value, float) and value.is_integer() else value
