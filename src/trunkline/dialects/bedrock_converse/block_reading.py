"""Content blocks, as clients send them and as models answer them, to neutral parts.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html: an object with one member, which
names its kind. A kind that the neutral form cannot hold whole is an :class:`~trunkline.core.chat.Opaque` part: video,
search results, what a guardrail shall judge, and what the service's own tools did. A ``cachePoint`` is the cache hint
of the part before it.
"""

from __future__ import annotations

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
    Text,
    ToolCall,
    ToolResult,
)
from trunkline.core.errors import InvalidInput
from trunkline.dialects.bedrock_converse.citation import read_citation
from trunkline.dialects.bedrock_converse.field import NAME, flag, listing, mapping, required, text
from trunkline.dialects.bedrock_converse.media import DOCUMENTS, IMAGES, SOUNDS, read_media
from trunkline.dialects.bedrock_converse.seal import SEALED, SIGNED
from trunkline.dialects.field_reader import join, optional

_CACHED = (Text, Image, File, ToolCall, ToolResult)

SERVER_TOOL: Final = "server_tool_use"
"""The ``type`` of a call that the provider makes itself; others are the caller's, whatever type they name
(https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolUseBlock.html)."""


def read_content(value: JsonValue, path: str) -> tuple[Part, ...]:
    """A list of blocks. Raises :class:`~trunkline.core.errors.InvalidInput` for known kinds with wrong fields."""
    parts: list[Part] = []
    for index, item in enumerate(listing(value, path)):
        at = join(path, index)
        block = mapping(item, at)
        if "cachePoint" in block and parts and isinstance(before := parts[-1], _CACHED) and before.cache is None:
            parts[-1] = msgspec.structs.replace(before, cache=read_cache(block["cachePoint"], join(at, "cachePoint")))
        else:
            parts.append(read_block(block, at))
    return tuple(parts)


def read_cache(value: JsonValue, path: str) -> CacheHint:
    """The hint that a ``cachePoint`` is."""
    return CacheHint(optional(mapping(value, path), "ttl", path, text))


def read_block(block: JsonObject, path: str) -> Part:
    """One block."""
    if not block:
        raise InvalidInput.of(path, "must have one member that names its kind: text, image, toolUse, …")
    if "text" in block:
        return Text(required(block, "text", path, text))
    if "toolUse" in block:
        return _tool_use(block, path)
    if "toolResult" in block:
        return _tool_result(block, path)
    if "reasoningContent" in block:
        return _reasoning(block, path)
    if "image" in block:
        media = read_media(required(block, "image", path, mapping), join(path, "image"), IMAGES)
        return Opaque(NAME, block) if media is None else Image(media)
    if "document" in block:
        return _document(block, path)
    if "audio" in block:
        media = read_media(required(block, "audio", path, mapping), join(path, "audio"), SOUNDS)
        return Opaque(NAME, block) if media is None else Audio(media)
    if "citationsContent" in block:
        return _cited(block, path)
    return Opaque(NAME, block)


def _tool_use(block: JsonObject, path: str) -> Part:
    call = required(block, "toolUse", path, mapping)
    if call.get("type") == SERVER_TOOL:
        return Opaque(NAME, block)
    path = join(path, "toolUse")
    given = call.get("input")
    return ToolCall(
        required(call, "toolUseId", path, text),
        required(call, "name", path, text),
        "{}" if given is None else msgspec.json.encode(mapping(given, join(path, "input"))).decode(),
    )


def _tool_result(block: JsonObject, path: str) -> Part:
    result = required(block, "toolResult", path, mapping)
    path = join(path, "toolResult")
    parts: list[Text | Image | Audio | File] = []
    for index, item in enumerate(optional(result, "content", path, listing) or []):
        at = join(join(path, "content"), index)
        piece = mapping(item, at)
        if "json" in piece:
            parts.append(Text(msgspec.json.encode(piece["json"]).decode()))
            continue
        # Results hold no results, so this does not recurse further.
        part = Opaque(NAME, piece) if "toolResult" in piece else read_block(piece, at)
        if not isinstance(part, Text | Image | File):
            return Opaque(NAME, block)
        parts.append(part)
    if result.get("type") is not None:
        return Opaque(NAME, block)
    return ToolResult(
        required(result, "toolUseId", path, text),
        tuple(parts),
        is_error=optional(result, "status", path, text) == "error",
    )


def _reasoning(block: JsonObject, path: str) -> Part:
    content = required(block, "reasoningContent", path, mapping)
    path = join(path, "reasoningContent")
    sealed = optional(content, "redactedContent", path, text)
    if sealed is not None:
        return Reasoning(redacted=sealed, format=SEALED)
    thought = optional(content, "reasoningText", path, mapping)
    if thought is None:
        return Opaque(NAME, block)
    path = join(path, "reasoningText")
    signature = optional(thought, "signature", path, text) or None
    words = optional(thought, "text", path, text) or ""
    return Reasoning(words, signature=signature, format=SIGNED if signature else None)


def _document(block: JsonObject, path: str) -> Part:
    document = required(block, "document", path, mapping)
    path = join(path, "document")
    media = read_media(document, path, DOCUMENTS)
    if media is None:
        return Opaque(NAME, block)
    citations = optional(document, "citations", path, mapping) or {}
    return File(
        media,
        name=required(document, "name", path, text),
        context=optional(document, "context", path, text),
        citations=optional(citations, "enabled", join(path, "citations"), flag) or False,
    )


def _cited(block: JsonObject, path: str) -> Part:
    cited = required(block, "citationsContent", path, mapping)
    path = join(path, "citationsContent")
    pieces = optional(cited, "content", path, listing) or []
    words = [optional(mapping(piece, path), "text", path, text) or "" for piece in pieces]
    sources = optional(cited, "citations", path, listing) or []
    citations = tuple(citation for value in sources if (citation := read_citation(value)) is not None)
    return Text("".join(words), citations=citations)
