"""JSON that is looked at later or not at all: undecoded values, and decoding that answers instead of raising."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, cast

import msgspec

from trunkline.core.chat import JsonValue

ABSENT: Final = msgspec.Raw()
"""The default of an undecoded field that was not sent. (msgspec has no ``Raw | None``: null is ``Raw(b"null")``.)"""

NULL: Final = msgspec.Raw(b"null")

BROKEN_JSON: Final = (msgspec.DecodeError, UnicodeError, RecursionError)
"""What decoding raises for bytes or a text that are no JSON, no UTF-8, or nested beyond measure."""


def is_said(raw: msgspec.Raw) -> bool:
    """Whether there is a value: neither absent nor null."""
    return raw not in (ABSENT, NULL)


def decode(body: bytes | msgspec.Raw) -> JsonValue:
    """``body`` as JSON, or None when it is none."""
    try:
        return cast("JsonValue", msgspec.json.decode(body))
    except BROKEN_JSON:
        return None


def find_texts(value: object) -> Iterator[str]:
    """Every text in a JSON value, in order, but for names of fields; data URLs are no words and are left out.

    Any depth is fine, also one that Python could not recurse into.
    """
    left: list[object] = [value]
    while left:
        item = left.pop()
        if isinstance(item, str):
            if item and not item.startswith("data:"):
                yield item
        elif isinstance(item, dict):
            left.extend(reversed(cast("dict[str, object]", item).values()))
        elif isinstance(item, (list, tuple)):
            left.extend(reversed(cast("list[object]", item)))


def holds_numbers(value: JsonValue) -> bool:
    """Whether ``value`` is a list of numbers, or of such lists, as a text is that was cut into tokens."""
    return isinstance(value, list) and any(
        (isinstance(item, (int, float)) and not isinstance(item, bool)) or holds_numbers(item) for item in value[:1]
    )


def count_numbers(value: JsonValue) -> int:
    """How many numbers a list holds, or lists of such."""
    if not isinstance(value, list):
        return 0
    return sum(
        count_numbers(item) if isinstance(item, list) else isinstance(item, int) and not isinstance(item, bool)
        for item in value
    )
