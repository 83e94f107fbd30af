"""One part of a content, both ways. https://ai.google.dev/api/caching#Part"""

from __future__ import annotations

import msgspec

from trunkline.core.chat import (
    Audio,
    File,
    Image,
    JsonValue,
    Message,
    Opaque,
    Part,
    Reasoning,
    Refusal,
    Text,
    ToolCall,
    ToolResult,
)
from trunkline.core.errors import InvalidInput, Unsupported
from trunkline.dialects.gemini.call_ids import CallIds
from trunkline.dialects.gemini.fields import Fields
from trunkline.dialects.gemini.media import read_file, read_inline, write_media
from trunkline.dialects.gemini.seal import is_ours, read_thought
from trunkline.dialects.gemini.tool_result import read_result, write_result
from trunkline.dialects.raw_json import BROKEN_JSON


def read_part(value: JsonValue, path: str, ids: CallIds) -> Part | None:
    """A neutral part; None for an empty one. What the neutral form has no word for becomes :class:`Opaque`."""
    fields = Fields(value, path)
    if "videoMetadata" in fields:
        # A cut out of a video means something else than the video.
        return Opaque("gemini", value)
    signature = fields.text("thoughtSignature")
    thought = fields.flag("thought")
    text = fields.text("text")
    if text is not None:
        if thought:
            return read_thought(text, signature)
        # Streams end in a part without words, which chats keep.
        return Text(text, signature=signature) if text or signature is not None else None
    if "functionCall" in fields:
        call = Fields(fields.take("functionCall"), fields.at("functionCall"))
        if "partialArgs" in call or "willContinue" in call or "name" not in call:
            # Vertex AI streams arguments by JSON path when asked to; only who asked can put them together.
            return Opaque("gemini", value)
        name = call.text("name") or ""
        arguments = call.object("args") or {}
        return ToolCall(
            ids.call(name, call.text("id")), name, msgspec.json.encode(arguments).decode(), signature=signature
        )
    if "functionResponse" in fields:
        return read_result(Fields(fields.take("functionResponse"), fields.at("functionResponse")), ids)
    if "inlineData" in fields:
        blob = Fields(fields.take("inlineData"), fields.at("inlineData"))
        return read_inline(blob, signature, fields.rest())
    if "fileData" in fields:
        reference = Fields(fields.take("fileData"), fields.at("fileData"))
        return read_file(reference, signature, fields.rest())
    if fields.rest():
        return Opaque("gemini", value)
    return read_thought("", signature) if thought else Text("", signature=signature) if signature else None


def write_part(
    part: Part, message: Message, where: str, names: dict[str, str], dropped: dict[str, None]
) -> dict[str, JsonValue] | None:
    """A part for the wire; None for what is left out. ``names`` maps the ids of calls to the names of their tools."""
    out: dict[str, JsonValue]
    match part:
        case Text():
            if part.citations:
                dropped["citations"] = None
            out = {"text": part.text}
            return _signed(out, part.signature)
        case Image():
            if part.detail is not None:
                dropped["detail"] = None
            return _signed(write_media(part.media, f"{where}.media"), part.signature)
        case Audio():
            if part.media.data is None and part.media.url is None and part.transcript is not None:
                dropped["audio"] = None
                return {"text": part.transcript}
            return write_media(part.media, f"{where}.media")
        case File():
            dropped.update({name: None for name in ("name", "title", "context", "citations") if getattr(part, name)})
            return write_media(part.media, f"{where}.media")
        case Reasoning():
            return _write_thought(part, dropped)
        case ToolCall():
            out = {"functionCall": {"id": part.id, "name": part.name, "args": read_arguments(part, where)}}
            return _signed(out, part.signature)
        case ToolResult():
            return write_result(part, names.get(part.call_id), where)
        case Refusal():
            return {"text": part.text}
        case Opaque():
            if part.dialect == "gemini" and isinstance(part.value, dict):
                return part.value
            if message.role != "assistant":
                raise Unsupported.of(where, f"Gemini takes no {part.kind}; leave it out")
            dropped["opaque"] = None
            return None


def read_arguments(call: ToolCall, where: str = "") -> dict[str, JsonValue]:
    """The arguments of a call as an object. Raises :class:`InvalidInput` when they are none."""
    if not call.arguments.strip():
        return {}
    try:
        value: JsonValue = msgspec.json.decode(call.arguments)
    except BROKEN_JSON:
        value = None
    if not isinstance(value, dict):
        raise InvalidInput.of(f"{where}.arguments", f"The arguments of {call.name} must be the text of a JSON object")
    return value


def _write_thought(part: Reasoning, dropped: dict[str, None]) -> dict[str, JsonValue] | None:
    ours = is_ours(part)
    if part.redacted is not None:
        dropped["reasoning.redacted"] = None
    if part.signature is not None and not ours:
        # Google refuses a request with a signature that it did not make.
        dropped["reasoning.signature"] = None
    signature = part.signature if ours else None
    if not part.text and signature is None:
        return None
    return _signed({"text": part.text or "", "thought": True}, signature)


def _signed(out: dict[str, JsonValue], signature: str | None) -> dict[str, JsonValue]:
    if signature is not None:
        out["thoughtSignature"] = signature
    return out
