"""Blocks within the result of a tool that other wires have no word for but text."""

from __future__ import annotations

from typing import Final

from trunkline.core.chat import JsonObject, JsonValue, Text
from trunkline.dialects.anthropic_messages.field import listing, mapping, required, text
from trunkline.dialects.field_reader import join, optional

TYPES: Final = frozenset({"tool_reference", "search_result"})
"""A tool that was found (https://platform.claude.com/docs/en/agents-and-tools/tool-use/tool-search-tool), and a source
(https://platform.claude.com/docs/en/build-with-claude/search-results)."""


def read_as_text(block: JsonObject, path: str) -> Text:
    """What a block of :data:`TYPES` says. Raises :class:`~trunkline.core.errors.InvalidInput` for wrong fields."""
    if block["type"] == "tool_reference":
        return Text(required(block, "tool_name", path, text))
    said = [optional(block, "title", path, text), optional(block, "source", path, text)]
    for index, piece in enumerate(optional(block, "content", path, listing) or ()):
        place = join(join(path, "content"), index)
        said.append(required(mapping(piece, place), "text", place, text))
    return Text("\n".join(words for words in said if words))


def is_told_as_text(block: JsonValue) -> bool:
    """Whether a block is one of those."""
    return isinstance(block, dict) and block.get("type") in TYPES
