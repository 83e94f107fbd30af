"""How much text a request holds, found without reading the rest of it."""

from __future__ import annotations

from operator import attrgetter
from typing import Final

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.dialects.raw_json import BROKEN_JSON


class _TextPart(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    type: JsonValue
    text: str


class _Message(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """One that holds nothing but text."""

    content: str | list[_TextPart] | None = None
    role: JsonValue = None
    name: JsonValue = None
    tool_call_id: JsonValue = None


class _Request(msgspec.Struct, frozen=True, gc=False):
    messages: list[_Message]


_decoder: Final = msgspec.json.Decoder(_Request)
_content: Final = attrgetter("content")


def count_characters(body: bytes) -> int | None:
    """The characters of what its messages say; None where one holds more than text, or where something is wrong."""
    try:
        contents = [*map(_content, _decoder.decode(body).messages)]
    except BROKEN_JSON:
        return None
    try:
        # Nearly always each is one text.
        return len("".join(contents))
    except TypeError:
        return sum([_count(content) for content in contents])


def _count(content: str | list[_TextPart] | None) -> int:
    if isinstance(content, str):
        return len(content)
    return sum([len(part.text) for part in content]) if content else 0
