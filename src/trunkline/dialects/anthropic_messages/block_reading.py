"""Content blocks, as clients send them and as the vendor answers them, to neutral parts.

https://docs.anthropic.com/en/api/messages. A block that the neutral form cannot hold whole is an
:class:`~trunkline.core.chat.Opaque` part: server tools and their results, search results, documents made of blocks,
and calls that a server tool made.
"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import (
    Audio,
    CacheHint,
    Citation,
    File,
    Image,
    JsonObject,
    JsonValue,
    Opaque,
    Part,
    Reasoning,
    Text,
    ToolCall,
    ToolResult,
)
from trunkline.dialects.anthropic_messages.citation import read_citation
from trunkline.dialects.anthropic_messages.field import flag, listing, mapping, required, text
from trunkline.dialects.anthropic_messages.media import read_source, source_path
from trunkline.dialects.anthropic_messages.result_text import is_told_as_text, read_as_text
from trunkline.dialects.anthropic_messages.seal import join_proofs, read_seal
from trunkline.dialects.field_reader import join, optional
from trunkline.dialects.pdf import find_pdf

NAME: Final = "anthropic_messages"
"""The dialect's name, under which ``extra`` and ``Opaque`` keep what is its own."""

RESULT_TYPES: Final = frozenset({"text", "image", "document"})
"""The blocks that a neutral result of a tool can hold. None of them holds a result: so reading does not recurse."""


def read_content(value: JsonValue, path: str) -> tuple[Part, ...]:
    """A ``content`` field: a text, or a list of blocks. Raises :class:`~trunkline.core.errors.InvalidInput`."""
    if isinstance(value, str):
        return (Text(value),)
    blocks = listing(value, path)
    return join_proofs(
        read_block(mapping(block, join(path, index)), join(path, index)) for index, block in enumerate(blocks)
    )


def read_block(block: JsonObject, path: str) -> Part:
    """One block. Raises :class:`~trunkline.core.errors.InvalidInput` for a known type with wrong fields."""
    kind = required(block, "type", path, text)
    if kind == "text":
        return Text(
            required(block, "text", path, text), cache=read_cache(block, path), citations=_citations(block, path)
        )
    if kind == "image":
        media = read_source(required(block, "source", path, mapping), source_path(path))
        if media is not None and (found := find_pdf(media)) is not None:
            return File(found, cache=read_cache(block, path))
        if media is not None:
            return Image(media, cache=read_cache(block, path))
    elif kind == "document":
        return _document(block, path)
    elif kind == "tool_use":
        if not by_server(block):
            arguments = msgspec.json.encode(required(block, "input", path, mapping)).decode()
            return ToolCall(
                required(block, "id", path, text),
                required(block, "name", path, text),
                arguments,
                cache=read_cache(block, path),
            )
    elif kind == "tool_result":
        return _tool_result(block, path)
    elif kind == "thinking":
        return _thinking(block, path)
    elif kind == "redacted_thinking":
        seal = read_seal(required(block, "data", path, text))
        return Reasoning(redacted=seal.value, id=seal.id, format=seal.format)
    return Opaque(NAME, block)


def by_server(block: JsonObject) -> bool:
    """Whether a ``tool_use`` was made by a server tool or belongs to a toolset, which only this dialect can say."""
    caller = block.get("caller")
    return block.get("toolset_name") is not None or (isinstance(caller, dict) and caller.get("type") != "direct")


def read_cache(block: JsonObject, path: str) -> CacheHint | None:
    """The ``cache_control`` of a block or tool."""
    control = optional(block, "cache_control", path, mapping)
    return None if control is None else CacheHint(optional(control, "ttl", join(path, "cache_control"), text))


def _thinking(block: JsonObject, path: str) -> Reasoning:
    thinking = required(block, "thinking", path, text)
    signature = optional(block, "signature", path, text)
    if not signature:
        return Reasoning(thinking)
    seal = read_seal(signature)
    return Reasoning(thinking, signature=seal.value, id=seal.id, format=seal.format)


def _citations(block: JsonObject, path: str) -> tuple[Citation, ...]:
    wire = optional(block, "citations", path, listing)
    return tuple(citation for value in wire or () if (citation := read_citation(value)) is not None)


def _document(block: JsonObject, path: str) -> Part:
    media = read_source(required(block, "source", path, mapping), source_path(path))
    if media is None:
        return Opaque(NAME, block)
    citations = optional(block, "citations", path, mapping) or {}
    return File(
        media,
        title=optional(block, "title", path, text),
        context=optional(block, "context", path, text),
        citations=optional(citations, "enabled", join(path, "citations"), flag) or False,
        cache=read_cache(block, path),
    )


def _is_result(block: JsonValue) -> bool:
    return isinstance(block, dict) and (block.get("type") in RESULT_TYPES or is_told_as_text(block))


def _result_part(block: JsonObject, path: str) -> Part:
    return read_as_text(block, path) if is_told_as_text(block) else read_block(block, path)


def _tool_result(block: JsonObject, path: str) -> Part:
    content = block.get("content")
    if block.get("toolset_name") is not None or (isinstance(content, list) and not all(map(_is_result, content))):
        return Opaque(NAME, block)
    extra: dict[str, JsonObject] = {}
    if isinstance(content, list) and any(map(is_told_as_text, content)):
        extra[NAME] = {"content": content}
        place = join(path, "content")
        read = tuple(_result_part(mapping(piece, place), join(place, at)) for at, piece in enumerate(content))
    else:
        read = () if content is None else read_content(content, join(path, "content"))
    parts = tuple(part for part in read if isinstance(part, Text | Image | Audio | File))
    if len(parts) != len(read):
        return Opaque(NAME, block)
    return ToolResult(
        required(block, "tool_use_id", path, text),
        parts,
        is_error=optional(block, "is_error", path, flag) or False,
        cache=read_cache(block, path),
        extra=extra,
    )
