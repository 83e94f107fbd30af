"""Where a request in Gemini's form names a file that is kept here: ``{"fileData": {"fileUri"}}``.

What is kept here are requests and results of batches, of which no model is told. Google's own files, and what it
fetches elsewhere, are not ours: https://ai.google.dev/gemini-api/docs/file-input-methods.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from trunkline.core.chat import JsonValue

FIELDS: Final = (b'"fileUri"', b'"file_uri"')
"""As they stand in JSON."""

_NAMES: Final = frozenset({"fileUri", "file_uri"})
_GOOGLES: Final = "https://generativelanguage.googleapis.com/"
_OURS: Final = re.compile(r"(?:https?://.*/v1beta/)?files/([0-9a-f]{32})")


class FileUri(NamedTuple):
    """One of them, that may be ours: the field that it stands in, and the id here."""

    field: str
    file_id: str


def find_uris(document: JsonValue) -> Iterator[FileUri]:
    """All in a request, in no order."""
    left: list[tuple[str, JsonValue]] = [("", document)]
    while left:
        path, value = left.pop()
        if isinstance(value, list):
            left.extend((f"{path}.{number}", each) for number, each in enumerate(value))
        elif isinstance(value, dict):
            for key, each in value.items():
                field = f"{path}.{key}" if path else key
                if key in _NAMES and isinstance(each, str) and not each.startswith(_GOOGLES):
                    found = _OURS.fullmatch(each)
                    if found is not None:
                        yield FileUri(field, f"file-{found[1]}")
                elif isinstance(each, (dict, list)):
                    left.append((field, each))
