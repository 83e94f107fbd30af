"""JSON that is looked at later or not at all: undecoded values, and decoding that answers instead of raising."""

from __future__ import annotations

from typing import Final, cast

import msgspec

from trunkline.core.chat import JsonValue

ABSENT: Final = msgspec.Raw()
"""The default of an undecoded field that was not sent. (msgspec has no ``Raw | None``: null is ``Raw(b"null")``.)"""

NULL: Final = msgspec.Raw(b"null")

BROKEN_JSON: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What decoding raises for bytes that are no JSON, no UTF-8, or nested beyond measure."""


def is_said(raw: msgspec.Raw) -> bool:
    """Whether there is a value: neither absent nor null."""
    return raw not in (ABSENT, NULL)


def decode(body: bytes | msgspec.Raw) -> JsonValue:
    """``body`` as JSON, or None when it is none."""
    try:
        return cast("JsonValue", msgspec.json.decode(body))
    except BROKEN_JSON:
        return None
