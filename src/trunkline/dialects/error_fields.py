"""What an error says besides its words and its code, kept for clients of the same wire."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import msgspec

from trunkline.core.chat import JsonObject
from trunkline.core.redact import redact
from trunkline.dialects.raw_json import decode

MOST: Final = 2_000
"""More bytes than this are no reason."""


def keep_fields(error: JsonObject, told: Collection[str]) -> JsonObject:
    """The fields of ``error`` that are not ``told`` otherwise, without credentials; none where they are too much."""
    rest = {name: value for name, value in error.items() if name not in told and value is not None}
    try:
        words = msgspec.json.encode(rest).decode()
        clean = decode(redact(words).encode()) if len(words) <= MOST else None
    except RecursionError:
        return {}
    return clean if isinstance(clean, dict) else {}
