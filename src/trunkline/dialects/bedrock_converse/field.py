"""Reading one field of a client's JSON strictly, with errors that name its path (``messages.0.content.1.text``)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias, TypeVar

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.core.errors import InvalidInput
from trunkline.core.number import REMEDY, WHOLE_REMEDY, fits, fits_whole

NAME: Final = "bedrock_converse"
"""The dialect's name, under which ``extra`` and ``Opaque`` keep what is its own."""

Object: TypeAlias = "dict[str, JsonValue]"

BROKEN_JSON: Final = (msgspec.DecodeError, UnicodeError, RecursionError)
"""What decoding raises for bytes that are no JSON of the type asked for, or are nested beyond all reason."""

T = TypeVar("T")

Check: TypeAlias = Callable[[JsonValue, str], T]


def text(value: JsonValue, path: str) -> str:
    """A string."""
    if isinstance(value, str):
        return value
    raise InvalidInput.of(path, "must be a text")


def flag(value: JsonValue, path: str) -> bool:
    """True or false."""
    if isinstance(value, bool):
        return value
    raise InvalidInput.of(path, "must be true or false")


def integer(value: JsonValue, path: str) -> int:
    """A whole number."""
    if isinstance(value, int) and not isinstance(value, bool):
        if not fits_whole(value):
            raise InvalidInput.of(path, WHOLE_REMEDY)
        return value
    raise InvalidInput.of(path, "must be a whole number")


def number(value: JsonValue, path: str) -> float:
    """Any number."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not fits(value):
            raise InvalidInput.of(path, REMEDY)
        return float(value)
    raise InvalidInput.of(path, "must be a number")


def mapping(value: JsonValue, path: str) -> Object:
    """A JSON object."""
    if isinstance(value, dict):
        return value
    raise InvalidInput.of(path, "must be an object")


def listing(value: JsonValue, path: str) -> list[JsonValue]:
    """A JSON array."""
    if isinstance(value, list):
        return value
    raise InvalidInput.of(path, "must be a list")


def required(source: Object, key: str, path: str, check: Check[T]) -> T:
    """The field ``key`` of the object at ``path``; missing is an error."""
    if key not in source:
        raise InvalidInput.of(join(path, key), "is required")
    return check(source[key], join(path, key))


def optional(source: Object, key: str, path: str, check: Check[T]) -> T | None:
    """The field ``key`` of the object at ``path``; None when it is missing or null."""
    value = source.get(key)
    return None if value is None else check(value, join(path, key))


def join(path: str, key: str | int) -> str:
    """``path`` with one more step."""
    return f"{path}.{key}" if path else str(key)
