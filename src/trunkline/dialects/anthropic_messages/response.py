"""Whole answers. https://docs.anthropic.com/en/api/messages"""

from __future__ import annotations

from typing import Final
from uuid import uuid4

import msgspec

from trunkline.core.chat import (
    Audio,
    ChatResponse,
    Choice,
    Image,
    JsonObject,
    JsonValue,
    Media,
    Opaque,
    Part,
    Reasoning,
    Refusal,
    Text,
    ToolCall,
)
from trunkline.core.errors import InvalidInput, UpstreamError
from trunkline.dialects.anthropic_messages.answer_block import mend_blocks
from trunkline.dialects.anthropic_messages.block_reading import NAME, read_content
from trunkline.dialects.anthropic_messages.block_writing import call_id, read_arguments
from trunkline.dialects.anthropic_messages.citation import write_citation
from trunkline.dialects.anthropic_messages.error import read_failure
from trunkline.dialects.anthropic_messages.field import mapping, text
from trunkline.dialects.anthropic_messages.seal import TEXT, Seal, write_proof, write_seal
from trunkline.dialects.anthropic_messages.stop import KNOWN, is_exact, read_stop, restore_stop
from trunkline.dialects.anthropic_messages.usage import WireUsage, read_usage, write_usage
from trunkline.dialects.field_reader import optional
from trunkline.dialects.raw_json import BROKEN_JSON
from trunkline.dialects.spare_field import convert_spared

_WORDS: Final = frozenset({"id", "model", "stop_reason", "stop_sequence"})


def read_response(body: bytes) -> ChatResponse:
    """Reads an answer of the vendor. Raises :class:`~trunkline.core.errors.UpstreamError`.

    Its kind is ``malformed``, or what an error object in an answer of status 200 says.
    """
    try:
        source = mapping(msgspec.json.decode(body), "")
        if source.get("type") == "error" or isinstance(source.get("error"), dict):
            raise read_failure(source)
        return _read(source)
    except (*BROKEN_JSON, InvalidInput) as error:
        raise UpstreamError(
            "The provider's answer is not an Anthropic message.",
            kind="malformed",
            detail=error.message if isinstance(error, InvalidInput) else None,
        ) from error


def _read(source: JsonObject) -> ChatResponse:
    # What is beside the point of an answer does not cost it.
    source = {name: value for name, value in source.items() if name not in _WORDS or isinstance(value, str)}
    parts = read_content(mend_blocks(source.get("content")), "content")
    wire = convert_spared(source.get("usage") or {}, WireUsage) or WireUsage()
    called = any(isinstance(part, ToolCall) for part in parts)
    extra: JsonObject = {key: value for key, value in source.items() if key not in KNOWN and value is not None}
    reason = optional(source, "stop_reason", "", text)
    if reason is not None and not is_exact(reason):
        extra["stop_reason"] = reason
    return ChatResponse(
        id=optional(source, "id", "", text) or "",
        model=optional(source, "model", "", text) or "",
        choices=(
            Choice(
                parts,
                stop=read_stop(reason, called=called),
                stop_sequence=optional(source, "stop_sequence", "", text),
            ),
        ),
        usage=read_usage(wire),
        service_tier=wire.service_tier,
        extra={NAME: extra} if extra else {},
    )


def write_response(response: ChatResponse) -> bytes:
    """Writes an answer for a client: its first choice, since this wire has but one.

    Pictures become a short text and speech its transcript, as an answer holds text only on this wire. Raises
    :class:`~trunkline.core.errors.UpstreamError` of kind ``malformed`` when a complete answer calls a tool with
    arguments that are no JSON object; in one that was cut off by the limit, they are written as ``{}``.
    """
    choice = response.choices[0] if response.choices else Choice()
    blocks: list[JsonValue] = []
    for part in choice.parts:
        if isinstance(part, ToolCall) and part.signature:
            blocks.append(write_proof(part.signature))
        block = _block(part, truncated=choice.stop == "length")
        if block is not None:
            blocks.append(block)
        if isinstance(part, Text) and part.signature:
            blocks.append(write_proof(part.signature, TEXT))
    extra = response.extra.get(NAME, {})
    wire: JsonObject = {
        **extra,
        "id": response.id or new_id(),
        "type": "message",
        "role": "assistant",
        "model": response.model,
        "content": blocks,
        "stop_reason": restore_stop(choice.stop, extra.get("stop_reason")),
        "stop_sequence": choice.stop_sequence,
        "usage": write_usage(response.usage, response.service_tier),
    }
    try:
        return msgspec.json.encode(wire)
    except RecursionError as error:
        raise UpstreamError("The provider's answer is nested too deeply.", kind="malformed") from error


def new_id() -> str:
    """An id for an answer that came without one."""
    return f"msg_{uuid4().hex}"


def describe(media: Media) -> str:
    """A picture as text, the only way in which this wire can show one to a client.

    Its bytes are left out: as text they would be paid for again, token by token, in every turn that follows.
    """
    if media.url is not None and not media.url.startswith("data:"):
        return f"![image]({media.url})"
    return f"[A picture ({media.media_type or 'image/png'}) was left out: this API has no place for one in an answer.]"


def _block(part: Part, *, truncated: bool) -> JsonObject | None:
    match part:
        case Text():
            block: JsonObject = {"type": "text", "text": part.text}
            citations = [write_citation(citation, part.text) for citation in part.citations]
            written = [citation for citation in citations if citation is not None]
            if written:
                block["citations"] = list[JsonValue](written)
            return block
        case Reasoning():
            if part.redacted is not None:
                sealed = write_seal(Seal(part.redacted, part.format, part.id))
                return {"type": "redacted_thinking", "data": sealed}
            signature = write_seal(Seal(part.signature, part.format, part.id)) if part.signature else ""
            return {"type": "thinking", "thinking": part.text or "", "signature": signature}
        case ToolCall():
            return {
                "type": "tool_use",
                "id": call_id(part.id),
                "name": part.name,
                "input": _arguments(part, truncated=truncated),
            }
        case Refusal():
            return {"type": "text", "text": part.text}
        case Image():
            return {"type": "text", "text": describe(part.media)}
        case Audio():
            return {"type": "text", "text": part.transcript} if part.transcript else None
        case Opaque():
            return part.value if part.dialect == NAME and isinstance(part.value, dict) else None
        case _:
            return None


def _arguments(call: ToolCall, *, truncated: bool) -> JsonObject:
    try:
        return read_arguments(call.arguments, "")
    except InvalidInput as error:
        if truncated:
            return {}
        raise UpstreamError(
            f"The model called {call.name} with arguments that are no JSON object.", kind="malformed"
        ) from error
