"""Neutral parts to the content blocks of a request. https://docs.anthropic.com/en/api/messages"""

from __future__ import annotations

import re
import zlib
from typing import Final

import msgspec

from trunkline.core.chat import (
    Audio,
    CacheHint,
    File,
    Image,
    JsonObject,
    JsonValue,
    Opaque,
    Part,
    Reasoning,
    Refusal,
    Text,
    ToolCall,
    ToolResult,
)
from trunkline.core.errors import InvalidInput, Unsupported
from trunkline.dialects.anthropic_messages.block_reading import NAME
from trunkline.dialects.anthropic_messages.citation import is_ours, write_citation
from trunkline.dialects.anthropic_messages.media import document_source, image_source
from trunkline.dialects.anthropic_messages.seal import is_signed_here
from trunkline.dialects.raw_json import BROKEN_JSON

TTLS: Final = ("5m", "1h")

BLANK_TEXT: Final = "blank_text"
"""What is left out where a text is white space alone, as callers are told."""

_CALL_ID: Final = re.compile(r"[a-zA-Z0-9_-]+")


def write_block(part: Part, path: str, dropped: set[str]) -> JsonObject | None:
    """The block for ``part``; None for what says nothing here: a blank text, or thoughts of another vendor.

    ``path`` names the part in errors; names of what is left out are added to ``dropped``. Raises
    :class:`~trunkline.core.errors.Unsupported`, or InvalidInput for a tool call whose arguments are no JSON object.
    """
    match part:
        case Text():
            return _text(part, dropped)
        case Image():
            _note(part.detail, "detail", dropped)
            _note(part.signature, "signature", dropped)
            return _cached({"type": "image", "source": image_source(part.media, path)}, part.cache, dropped)
        case File():
            return _document(part, path, dropped)
        case Reasoning():
            return _thinking(part, dropped)
        case ToolCall():
            _note(part.signature, "signature", dropped)
            block: JsonObject = {
                "type": "tool_use",
                "id": call_id(part.id),
                "name": part.name,
                "input": read_arguments(part.arguments, path),
            }
            return _cached(block, part.cache, dropped)
        case ToolResult():
            return _tool_result(part, path, dropped)
        case Refusal():
            return {"type": "text", "text": part.text} if part.text.strip() else None
        case Audio():
            if not (part.transcript or "").strip():
                raise Unsupported.of(
                    path, "This model takes no audio. Send a transcript as text, or use another model."
                )
            dropped.add("audio")
            return {"type": "text", "text": part.transcript}
        case Opaque():
            if part.dialect == NAME and isinstance(part.value, dict):
                return part.value
            raise Unsupported.of(path, f"This model takes no {part.kind}. Leave it out.")


def read_arguments(arguments: str, path: str) -> JsonObject:
    """The JSON object that the text of a call's arguments holds; no text is ``{}``."""
    if not arguments.strip():
        return {}
    try:
        return msgspec.json.decode(arguments, type=dict[str, JsonValue])
    except BROKEN_JSON as error:
        raise InvalidInput.of(path, "The arguments of a tool call must be the text of a JSON object.") from error


def call_id(value: str) -> str:
    """``value`` as the wire takes it: letters, digits, ``_`` and ``-``. Others are replaced, and a checksum is added.

    The same id always gives the same one, so that results find their calls.
    """
    if _CALL_ID.fullmatch(value):
        return value
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "_-") else "_" for c in value)
    return f"{plain}_{zlib.crc32(value.encode()):08x}"


def write_cache(cache: CacheHint | None, dropped: set[str]) -> JsonObject | None:
    """The ``cache_control`` for a hint. A time to live that the vendor does not sell is left to its default."""
    if cache is None:
        return None
    if cache.ttl is None or cache.ttl in TTLS:
        return {"type": "ephemeral"} if cache.ttl is None else {"type": "ephemeral", "ttl": cache.ttl}
    dropped.add("cache.ttl")
    return {"type": "ephemeral"}


def is_plain(part: Part) -> bool:
    """Whether ``part`` is text alone, which the wire may write as a string instead of a block."""
    return isinstance(part, Text) and not (part.cache or part.citations or part.signature)


def _cached(block: JsonObject, cache: CacheHint | None, dropped: set[str]) -> JsonObject:
    control = write_cache(cache, dropped)
    if control is not None:
        block["cache_control"] = control
    return block


def _note(value: object, name: str, dropped: set[str]) -> None:
    if value is not None:
        dropped.add(name)


def _text(part: Text, dropped: set[str]) -> JsonObject | None:
    if is_plain(part) and part.text and not part.text.isspace():
        return {"type": "text", "text": part.text}
    _note(part.signature, "signature", dropped)
    if not part.text.strip():
        _note(part.cache, "cache", dropped)
        if part.text:
            dropped.add(BLANK_TEXT)
        return None
    block: JsonObject = {"type": "text", "text": part.text}
    citations = [write_citation(citation) for citation in part.citations if is_ours(citation)]
    if len(citations) < len(part.citations):
        dropped.add("citations")
    if citations:
        block["citations"] = list[JsonValue](citations)
    return _cached(block, part.cache, dropped)


def _document(part: File, path: str, dropped: set[str]) -> JsonObject:
    block: JsonObject = {"type": "document", "source": document_source(part.media, path)}
    title = part.title if part.title is not None else part.name
    if title is not None:
        block["title"] = title
    if part.context is not None:
        block["context"] = part.context
    if part.citations:
        block["citations"] = {"enabled": True}
    return _cached(block, part.cache, dropped)


def _thinking(part: Reasoning, dropped: set[str]) -> JsonObject | None:
    if is_signed_here(part.format, part.id, summary=part.summary):
        if part.redacted is not None:
            return {"type": "redacted_thinking", "data": part.redacted}
        if part.signature:
            return {"type": "thinking", "thinking": part.text or "", "signature": part.signature}
    dropped.add("reasoning")
    return None


def _tool_result(part: ToolResult, path: str, dropped: set[str]) -> JsonObject:
    block: JsonObject = {"type": "tool_result", "tool_use_id": call_id(part.call_id)}
    own = part.extra.get(NAME, {})
    if "content" in own:
        block["content"] = own["content"]
    elif len(part.parts) == 1 and is_plain(part.parts[0]):
        if isinstance(part.parts[0], Text) and part.parts[0].text.strip():
            block["content"] = part.parts[0].text
    elif part.parts:
        blocks = [write_block(piece, path, dropped) for piece in part.parts]
        block["content"] = [written for written in blocks if written is not None]
    if part.is_error:
        block["is_error"] = True
    return _cached(block, part.cache, dropped)
