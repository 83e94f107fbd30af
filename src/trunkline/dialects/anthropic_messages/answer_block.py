"""Blocks of answers, as servers that imitate this wire write them.

The vendor always says what a block of its kind has: https://docs.anthropic.com/en/api/messages#response-content. Others
leave out the id of a call, write its input as a text or null, and say null for an empty text.
"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import JsonObject, JsonValue
from trunkline.dialects.made_id import MadeIds
from trunkline.dialects.raw_json import decode

_TEXTS: Final = {"text": "text", "thinking": "thinking", "redacted_thinking": "data"}


def mend_blocks(content: JsonValue) -> JsonValue:
    """The content of a whole answer with what its blocks lack. What is no list stays."""
    if not isinstance(content, list):
        return content
    ids = MadeIds()
    return [_mend(block, ids) if isinstance(block, dict) else block for block in content]


def write_input(value: JsonValue) -> str:
    """The input of a call as JSON text; none where there is nothing in it."""
    read = _read_input(value)
    return msgspec.json.encode(read).decode() if read else ""


def _mend(block: JsonObject, ids: MadeIds) -> JsonObject:
    kind = block.get("type")
    if kind == "tool_use":
        name, identity = block.get("name"), block.get("id")
        known = isinstance(identity, str) and identity
        made = identity if known else ids.make(name if isinstance(name, str) else "")
        return {**block, "id": made, "input": _read_input(block.get("input"))}
    name = _TEXTS.get(kind) if isinstance(kind, str) else None
    if name is None:
        return block
    mended = {field: value for field, value in block.items() if field != "signature" or isinstance(value, str)}
    if mended.get(name) is None:
        mended[name] = ""
    if not isinstance(mended.get("citations", []), list):
        del mended["citations"]
    return mended


def _read_input(value: JsonValue) -> JsonValue:
    if isinstance(value, str):
        inner = decode(value.encode()) if value.strip() else {}
        return inner if isinstance(inner, dict) else value
    return {} if value is None else value
