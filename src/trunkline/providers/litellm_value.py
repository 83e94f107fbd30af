"""Values of LiteLLM's configuration: of whatever type people wrote, and references to the environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trunkline.core.chat import JsonValue

PREFIX: Final = "os.environ/"


def as_object(value: JsonValue) -> Mapping[str, JsonValue]:
    """``value`` when it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: JsonValue) -> list[JsonValue]:
    """``value`` when it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def variable(value: JsonValue) -> str | None:
    """The variable that a reference names, as in ``os.environ/OPENAI_API_KEY``; None for any other value."""
    return value[len(PREFIX) :] if isinstance(value, str) and value.startswith(PREFIX) else None


class Environment:
    """Variables: those that the file itself sets, then those of the process."""

    def __init__(self, variables: Mapping[str, str], own: Mapping[str, JsonValue]) -> None:
        self._variables = {**variables, **{name: str(value) for name, value in own.items() if value is not None}}

    def get(self, name: str) -> str | None:
        """The value of a variable; None where it is not set, or empty."""
        value = self._variables.get(name)
        inner = variable(value)
        if inner is not None and inner != name:
            value = self._variables.get(inner)
        return value or None

    def resolve(self, value: JsonValue) -> JsonValue:
        """``value``, or what it refers to; None where that is not set."""
        name = variable(value)
        return value if name is None else self.get(name)
