"""A provider's settings as JSON Schema: what the form is drawn from and what configurations are checked against."""

from __future__ import annotations

from typing import Final

from trunkline.core.chat import JsonValue
from trunkline.providers.parameter import Parameter
from trunkline.providers.provider import Provider

MAX_OUTPUT: Final = 128_000
"""The limit of output tokens where the model's own is not known."""


def schema(provider: Provider, max_output: int = MAX_OUTPUT) -> dict[str, JsonValue]:
    """The JSON Schema (2020-12) of the provider's ``configuration`` object.

    ``max_output`` is the model's limit of output tokens. Defaults are what an empty field may show; nothing is sent
    that nobody set. A field with ``writeOnly`` holds secrets.
    """
    properties: dict[str, JsonValue] = {
        parameter.name: _property(parameter, max_output) for parameter in provider.parameters
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"{provider.display_name} settings",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }


def _property(parameter: Parameter, max_output: int) -> dict[str, JsonValue]:
    switches = parameter.type == "string" and any(isinstance(choice, bool) for choice in parameter.choices)
    written: dict[str, JsonValue] = {
        "type": ["boolean", "string"] if switches else parameter.type,
        "title": parameter.title,
        "description": parameter.description,
    }
    minimum, maximum = parameter.minimum, max_output if parameter.output_limit else parameter.maximum
    if minimum is not None:
        written["minimum"] = minimum
    if maximum is not None:
        written["maximum"] = maximum
    if parameter.max_length is not None:
        written["maxLength"] = parameter.max_length
    if parameter.pattern is not None:
        written["pattern"] = parameter.pattern
    if parameter.choices:
        written["enum"] = list(parameter.choices)
    if parameter.items is not None:
        written["items" if parameter.type == "array" else "additionalProperties"] = parameter.items
    if parameter.max_items is not None:
        written["maxItems"] = parameter.max_items
    if parameter.default is not None:
        written["default"] = parameter.default
    if parameter.examples:
        written["examples"] = list(parameter.examples)
    if parameter.secret:
        written["writeOnly"] = True
    return written
