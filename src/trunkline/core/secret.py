"""Secrets as a type: a value that shows itself only when asked to, and how it is shown to people."""

from __future__ import annotations

import hmac
from typing import Final, NoReturn

from trunkline.core.secret_reference import is_reference

MASK_MINIMUM: Final = 20
"""Keys shorter than this are masked whole: four characters of a short key are too much of it."""


class Secret:
    """A secret text. ``repr``, ``str`` and formatting show a mask; ``reveal()`` is the only way to the value.

    Not a ``str``, so that it cannot be logged, compared, serialised or joined into a message by accident.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The plain value. Every call site is a place to review."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    def __str__(self) -> str:
        return "…"

    def __format__(self, spec: str) -> str:
        return "…"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self._value.encode(), other._value.encode())

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret cannot be pickled or copied to another process")


def mask(value: str) -> str:
    """``sk-…x7Qd``: the prefix up to its last dash within 8 characters, and the last four; short keys: ``…`` alone.

    A reference to a key is no secret, and shown as it is.


    >>> mask("sk-proj-abcdefghijklmnop")
    'sk-proj-…mnop'
    """
    if is_reference(value):
        return value
    if len(value) < MASK_MINIMUM:
        return "…"
    prefix = value[: value[:8].rfind("-") + 1]
    return f"{prefix}…{value[-4:]}"


def is_mask(value: str) -> bool:
    """Whether ``value`` is something that :func:`mask` shows, and so can be no key: keys are ASCII without ``…``."""
    return "…" in value
