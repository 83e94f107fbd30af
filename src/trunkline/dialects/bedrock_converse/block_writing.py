"""Neutral parts to content blocks. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html"""

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
from trunkline.dialects.bedrock_converse.citation import is_ours, write_citation
from trunkline.dialects.bedrock_converse.field import NAME
from trunkline.dialects.bedrock_converse.media import DOCUMENTS, IMAGES, SOUNDS, write_media
from trunkline.dialects.bedrock_converse.seal import is_signed_here
from trunkline.dialects.raw_json import BROKEN_JSON

TTLS: Final = ("5m", "1h")

DOCUMENT: Final = "document"
"""The name of a document that has none, as the wire demands one."""

NOTHING: Final = "(no output)"
"""What a tool said that said nothing: the wire wants content, and the service refuses blank texts here too
(https://github.com/NousResearch/hermes-agent/pull/55093)."""

_CALL_ID: Final = re.compile(r"[a-zA-Z0-9_.:-]{1,64}")
_UNNAMEABLE: Final = re.compile(r"[^a-zA-Z0-9 ()\[\]-]+")


class Blocks:
    """Writes the blocks of one request.

    Names of what is left out gather in ``dropped``; ``thoughts`` is whether the model takes any. Documents are numbered
    where they would have the same name, which the service refuses.
    """

    __slots__ = ("_names", "_thoughts", "dropped")

    def __init__(self, dropped: set[str], *, thoughts: bool = True) -> None:
        self.dropped = dropped
        self._thoughts = thoughts
        self._names: set[str] = set()

    def write(self, part: Part, path: str) -> list[JsonValue]:
        """The blocks for ``part``: with its cache point, or none for what says nothing here.

        ``path`` names the part in errors. Raises :class:`~trunkline.core.errors.Unsupported`, or InvalidInput for a
        tool call whose arguments are no JSON object.
        """
        match part:
            case Text():
                return self._text(part)
            case Image():
                self._note(part.detail, "detail")
                self._note(part.signature, "signature")
                return self._cached({"image": write_media(part.media, path, IMAGES)}, part.cache)
            case File():
                return self._cached(self._document(part, path), part.cache)
            case Audio():
                return [{"audio": write_media(part.media, path, SOUNDS)}]
            case Reasoning():
                if self._thoughts and is_signed_here(part):
                    return [write_reasoning(part)]
                self.dropped.add("reasoning")
                return []
            case ToolCall():
                self._note(part.signature, "signature")
                return self._cached(write_call(part, read_arguments(part.arguments, path)), part.cache)
            case ToolResult():
                return self._cached(self._result(part, path), part.cache)
            case Refusal():
                return [{"text": part.text}] if part.text.strip() else []
            case Opaque():
                if part.dialect == NAME and isinstance(part.value, dict):
                    return [part.value]
                raise Unsupported.of(path, f"This model takes no {part.kind}. Leave it out.")

    def cache_point(self, cache: CacheHint) -> JsonObject:
        """The block for a hint. A time to live that the service does not have is left to its default."""
        point: JsonObject = {"type": "default"}
        if cache.ttl in TTLS:
            point["ttl"] = cache.ttl
        elif cache.ttl is not None:
            self.dropped.add("cache.ttl")
        return {"cachePoint": point}

    def _cached(self, block: JsonObject, cache: CacheHint | None) -> list[JsonValue]:
        return [block] if cache is None else [block, self.cache_point(cache)]

    def _note(self, value: object, name: str) -> None:
        if value is not None:
            self.dropped.add(name)

    def _text(self, part: Text) -> list[JsonValue]:
        self._note(part.signature, "signature")
        if not part.text.strip():
            # The service refuses blank texts.
            self._note(part.cache, "cache")
            if part.text:
                self.dropped.add("blank_text")
            return []
        if part.citations and all(is_ours(citation) for citation in part.citations):
            return self._cached(write_cited(part), part.cache)
        if part.citations:
            self.dropped.add("citations")
        return self._cached({"text": part.text}, part.cache)

    def _document(self, part: File, path: str) -> JsonObject:
        wire = write_media(part.media, path, DOCUMENTS, name=part.name)
        name = self._name(part.name if part.name is not None else part.title)
        if part.name is not None and part.title is not None:
            self.dropped.add("title")
        wire = {"format": wire["format"], "name": name, "source": wire["source"]}
        if part.context is not None:
            wire["context"] = part.context
        if part.citations:
            wire["citations"] = {"enabled": True}
        return {"document": wire}

    def _name(self, given: str | None) -> str:
        plain = " ".join(_UNNAMEABLE.sub("-", given or "").split())[:190].strip() or DOCUMENT
        name, number = plain, 1
        while name in self._names:
            number += 1
            name = f"{plain} ({number})"
        self._names.add(name)
        return name

    def _result(self, part: ToolResult, path: str) -> JsonObject:
        content: list[JsonValue] = []
        for piece in part.parts:
            if isinstance(piece, Audio):
                raise Unsupported.of(path, "The result of a tool cannot hold sound here. Send a transcript as text.")
            if isinstance(piece, Text) and not piece.citations:
                self._note(piece.cache, "cache")
                if piece.text.strip():
                    content.append({"text": piece.text})
            else:
                content.extend(self.write(msgspec.structs.replace(piece, cache=None), path))
                self._note(piece.cache, "cache")
        wire: JsonObject = {"toolUseId": call_id(part.call_id), "content": content or [{"text": NOTHING}]}
        if part.is_error:
            wire["status"] = "error"
        return {"toolResult": wire}


def write_reasoning(part: Reasoning) -> JsonObject:
    """The block of a thought."""
    if part.redacted is not None:
        return {"reasoningContent": {"redactedContent": part.redacted}}
    thought: JsonObject = {"text": part.text or ""}
    if part.signature:
        thought["signature"] = part.signature
    return {"reasoningContent": {"reasoningText": thought}}


def write_call(part: ToolCall, arguments: JsonObject) -> JsonObject:
    """The block of a tool call."""
    return {"toolUse": {"toolUseId": call_id(part.id), "name": part.name, "input": arguments}}


def write_cited(part: Text) -> JsonObject:
    """The block of a text with sources."""
    citations: list[JsonValue] = [write_citation(citation) for citation in part.citations]
    return {"citationsContent": {"content": [{"text": part.text}], "citations": citations}}


def read_arguments(arguments: str, path: str) -> JsonObject:
    """The JSON object that the text of a call's arguments holds; no text is ``{}``."""
    if not arguments.strip():
        return {}
    try:
        return msgspec.json.decode(arguments, type=dict[str, JsonValue])
    except BROKEN_JSON as error:
        raise InvalidInput.of(path, "The arguments of a tool call must be the text of a JSON object.") from error


def call_id(value: str) -> str:
    """``value`` as the wire takes it: up to 64 of letters, digits and ``_.:-``. Others get a checksum.

    The same id always gives the same one, so that results find their calls.
    """
    if _CALL_ID.fullmatch(value):
        return value
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "_.:-") else "_" for c in value[:50])
    return f"{plain}_{zlib.crc32(value.encode()):08x}"
