"""The fields of one JSON object of a request, taken one by one with their types checked.

Google's APIs read protocol buffer JSON: every field is accepted in camelCase and in snake_case, null means absent, and
whole numbers may be written as floats (https://protobuf.dev/programming-guides/json/).
"""

from __future__ import annotations

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.core.errors import InvalidInput
from trunkline.core.number import REMEDY, WHOLE_REMEDY, fits, fits_whole
from trunkline.dialects.raw_json import BROKEN_JSON


def decode(body: bytes) -> JsonValue:
    """The JSON value of a whole body. Raises :class:`InvalidInput` for anything else."""
    try:
        return msgspec.json.decode(body)
    except BROKEN_JSON as error:
        raise InvalidInput.of("", f"The body is not valid JSON: {error}") from error


def camel(name: str) -> str:
    """``max_output_tokens`` as ``maxOutputTokens``; a name without underscores as it is."""
    if "_" not in name:
        return name
    head, *tail = name.split("_")
    return head + "".join(word[:1].upper() + word[1:] for word in tail)


class Fields:
    """One object, with its ``path`` for messages. Every getter raises :class:`InvalidInput` for a wrong type."""

    __slots__ = ("_left", "path")

    def __init__(self, value: JsonValue, path: str = "") -> None:
        if not isinstance(value, dict):
            raise InvalidInput.of(path, "must be a JSON object" if path else "The body must be a JSON object")
        self.path = path
        self._left: dict[str, JsonValue] = {camel(name): field for name, field in value.items() if field is not None}

    def __contains__(self, name: str) -> bool:
        return name in self._left

    def at(self, name: str) -> str:
        """The path of a field."""
        return f"{self.path}.{name}" if self.path else name

    def take(self, name: str) -> JsonValue:
        """Any value; None if absent."""
        return self._left.pop(name, None)

    def rest(self) -> dict[str, JsonValue]:
        """What nobody has taken."""
        return self._left

    def text(self, name: str) -> str | None:
        """A string."""
        value = self._left.pop(name, None)
        if value is None or isinstance(value, str):
            return value
        raise InvalidInput.of(self.at(name), "must be a string")

    def flag(self, name: str) -> bool | None:
        """A boolean."""
        value = self._left.pop(name, None)
        if value is None or isinstance(value, bool):
            return value
        raise InvalidInput.of(self.at(name), "must be true or false")

    def number(self, name: str) -> float | None:
        """Any number."""
        value = self._left.pop(name, None)
        if value is None:
            return None
        if isinstance(value, int | float) and not isinstance(value, bool):
            if not fits(value):
                raise InvalidInput.of(self.at(name), REMEDY)
            return float(value)
        raise InvalidInput.of(self.at(name), "must be a number")

    def whole(self, name: str) -> int | None:
        """A whole number; ``40.0`` counts as one."""
        value = self._left.pop(name, None)
        if value is None:
            return None
        if isinstance(value, int | float) and not fits_whole(value):
            raise InvalidInput.of(self.at(name), WHOLE_REMEDY)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, float) and value.is_integer():
            return int(value)
        raise InvalidInput.of(self.at(name), "must be a whole number")

    def object(self, name: str) -> dict[str, JsonValue] | None:
        """An object, as it came."""
        value = self._left.pop(name, None)
        if value is None or isinstance(value, dict):
            return value
        raise InvalidInput.of(self.at(name), "must be a JSON object")

    def fields(self, name: str) -> Fields | None:
        """An object, to be taken apart."""
        value = self._left.pop(name, None)
        return None if value is None else Fields(value, self.at(name))

    def array(self, name: str) -> list[JsonValue]:
        """A list; empty if absent."""
        value = self._left.pop(name, None)
        if value is None:
            return []
        if isinstance(value, list):
            return value
        raise InvalidInput.of(self.at(name), "must be a list")

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of strings; empty if absent."""
        found: list[str] = []
        for index, value in enumerate(self.array(name)):
            if not isinstance(value, str):
                raise InvalidInput.of(f"{self.at(name)}.{index}", "must be a string")
            found.append(value)
        return tuple(found)
