"""Strict reading of what a client sent: every wrong type is named by its path on the wire, with the remedy."""

from __future__ import annotations

from typing import cast

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.core.errors import InvalidInput
from trunkline.core.number import REMEDY, WHOLE_REMEDY, fits, fits_whole
from trunkline.dialects.raw_json import BROKEN_JSON


class Fields:
    """An object of the request, and where it stands (``messages.2.content.0``). Null counts as absent."""

    __slots__ = ("path", "values")

    def __init__(self, values: dict[str, JsonValue], path: str = "") -> None:
        self.values = values
        self.path = path

    @classmethod
    def of_body(cls, body: bytes) -> Fields:
        """The whole body. Raises InvalidInput when it is no JSON object."""
        try:
            value = cast("JsonValue", msgspec.json.decode(body))
        except BROKEN_JSON as error:
            reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
            raise InvalidInput.of("", f"The body is not valid JSON: {reason}") from None
        return cls.of(value, "")

    @classmethod
    def of(cls, value: JsonValue, path: str) -> Fields:
        """``value``, which must be an object."""
        if not isinstance(value, dict):
            raise InvalidInput.of(path, "must be an object" if path else "The body must be a JSON object.")
        return cls(value, path)

    def at(self, name: str) -> str:
        """The path of a field."""
        return f"{self.path}.{name}" if self.path else name

    def wrong(self, name: str, remedy: str) -> InvalidInput:
        """The error for a field."""
        return InvalidInput.of(self.at(name), remedy)

    def value(self, name: str) -> JsonValue:
        """Anything, None when absent."""
        return self.values.get(name)

    def text(self, name: str) -> str | None:
        """A string."""
        value = self.values.get(name)
        if value is None or isinstance(value, str):
            return value
        raise self.wrong(name, "must be a string")

    def needed(self, name: str) -> str:
        """A string that must be there."""
        value = self.text(name)
        if value is None:
            raise self.wrong(name, "is required, as a string")
        return value

    def model(self) -> str:
        """The field ``model``, which must be there and not empty."""
        value = self.text("model")
        if not value:
            raise InvalidInput.of("model", "name the model to use, as a non-empty string", code="missing_model")
        return value

    def integer(self, name: str) -> int | None:
        """A whole number of 64 bits; ``3.0`` is one."""
        value = self.values.get(name)
        if value is None:
            return None
        if isinstance(value, int | float) and not fits_whole(value):
            raise self.wrong(name, WHOLE_REMEDY)
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        raise self.wrong(name, "must be an integer")

    def number(self, name: str) -> float | None:
        """A number."""
        value = self.values.get(name)
        if value is None:
            return None
        if isinstance(value, int | float) and not isinstance(value, bool):
            if not fits(value):
                raise self.wrong(name, REMEDY)
            return value
        raise self.wrong(name, "must be a number")

    def flag(self, name: str) -> bool | None:
        """A boolean."""
        value = self.values.get(name)
        if value is None or isinstance(value, bool):
            return value
        raise self.wrong(name, "must be true or false")

    def object(self, name: str) -> Fields | None:
        """An object."""
        value = self.values.get(name)
        return None if value is None else Fields.of(value, self.at(name))

    def lacks(self, names: frozenset[str]) -> bool:
        """Whether none of ``names`` is written, which is quicker to ask than for each of them."""
        return self.values.keys().isdisjoint(names)

    def items(self, name: str) -> list[JsonValue]:
        """An array, empty when absent."""
        value = self.values.get(name)
        if value is None:
            return []
        if isinstance(value, list):
            return value
        raise self.wrong(name, "must be an array")

    def objects(self, name: str) -> list[Fields]:
        """An array of objects."""
        given = self.items(name)
        if not given:
            return []
        path = self.at(name)
        return [Fields.of(item, f"{path}.{place}") for place, item in enumerate(given)]

    def texts(self, name: str) -> tuple[str, ...]:
        """An array of strings."""
        texts: list[str] = []
        for place, item in enumerate(self.items(name)):
            if not isinstance(item, str):
                raise self.wrong(f"{name}.{place}", "must be a string")
            texts.append(item)
        return tuple(texts)

    def rest(self, dialect: str, known: frozenset[str]) -> dict[str, dict[str, JsonValue]]:
        """Everything but the ``known`` fields, under the dialect's name; empty when there is nothing else."""
        rest: dict[str, JsonValue] = {
            name: value for name, value in self.values.items() if name not in known and value is not None
        }
        return {dialect: rest} if rest else {}
