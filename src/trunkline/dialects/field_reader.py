"""Reading one field of a client's JSON strictly, with errors that name its path as the wire does (``messages.0.role``).

A wire whose fields are looked at as objects with a place is read by :class:`~trunkline.dialects.fields.Fields` instead.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias, TypeVar

import msgspec

from trunkline.core.chat import JsonObject, JsonValue
from trunkline.core.errors import InvalidInput
from trunkline.core.number import REMEDY, WHOLE_REMEDY, fits, fits_whole

T = TypeVar("T")

Check: TypeAlias = Callable[[JsonValue, str], T]


class Remedies(msgspec.Struct, frozen=True, kw_only=True):
    """What a wire says of a value that is not of the type asked for, and of one that is missing."""

    text: str
    flag: str
    integer: str
    number: str
    mapping: str
    listing: str
    required: str


class FieldReader:
    """Checks of one wire. Each takes a value and its path, and raises :class:`InvalidInput` with the wire's remedy."""

    __slots__ = ("_remedies",)

    def __init__(self, remedies: Remedies) -> None:
        self._remedies = remedies

    def text(self, value: JsonValue, path: str) -> str:
        """A string."""
        if isinstance(value, str):
            return value
        raise InvalidInput.of(path, self._remedies.text)

    def flag(self, value: JsonValue, path: str) -> bool:
        """True or false."""
        if isinstance(value, bool):
            return value
        raise InvalidInput.of(path, self._remedies.flag)

    def integer(self, value: JsonValue, path: str) -> int:
        """A whole number."""
        if isinstance(value, int) and not isinstance(value, bool):
            if not fits_whole(value):
                raise InvalidInput.of(path, WHOLE_REMEDY)
            return value
        raise InvalidInput.of(path, self._remedies.integer)

    def number(self, value: JsonValue, path: str) -> float:
        """Any number."""
        if isinstance(value, int | float) and not isinstance(value, bool):
            if not fits(value):
                raise InvalidInput.of(path, REMEDY)
            return float(value)
        raise InvalidInput.of(path, self._remedies.number)

    def mapping(self, value: JsonValue, path: str) -> JsonObject:
        """A JSON object."""
        if isinstance(value, dict):
            return value
        raise InvalidInput.of(path, self._remedies.mapping)

    def listing(self, value: JsonValue, path: str) -> list[JsonValue]:
        """A JSON array."""
        if isinstance(value, list):
            return value
        raise InvalidInput.of(path, self._remedies.listing)

    def required(self, source: JsonObject, key: str, path: str, check: Check[T]) -> T:
        """The field ``key`` of the object at ``path``; missing is an error."""
        if key not in source:
            raise InvalidInput.of(join(path, key), self._remedies.required)
        return check(source[key], join(path, key))


def optional(source: JsonObject, key: str, path: str, check: Check[T]) -> T | None:
    """The field ``key`` of the object at ``path``; None when it is missing or null."""
    value = source.get(key)
    return None if value is None else check(value, join(path, key))


def join(path: str, key: str | int) -> str:
    """``path`` with one more step."""
    return f"{path}.{key}" if path else str(key)
