"""How much text a request holds, found without reading the rest of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.dialects.raw_json import BROKEN_JSON


class _TextPart(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    type: JsonValue
    text: str


class TextMessage(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """One that holds nothing but text."""

    content: str | list[_TextPart] | None = None
    role: JsonValue = None
    name: JsonValue = None
    tool_call_id: JsonValue = None


class _Request(msgspec.Struct, frozen=True, gc=False):
    messages: list[TextMessage]


_decoder: Final = msgspec.json.Decoder(_Request)


def count_characters(body: bytes) -> int | None:
    """The characters of what its messages say; None where one holds more than text, or where something is wrong."""
    try:
        messages = _decoder.decode(body).messages
    except BROKEN_JSON:
        return None
    return count_texts(messages)


def count_texts(messages: Sequence[TextMessage]) -> int:
    """The characters of what they say."""
    count = 0
    for message in messages:
        content = message.content
        if isinstance(content, str):
            count += len(content)
        elif content:
            count += sum([len(part.text) for part in content])
    return count
