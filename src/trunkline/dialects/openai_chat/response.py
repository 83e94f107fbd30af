"""A whole answer: https://platform.openai.com/docs/api-reference/chat/object."""

from __future__ import annotations

import msgspec

from trunkline.core.chat import (
    Audio,
    ChatResponse,
    Choice,
    Image,
    JsonValue,
    Opaque,
    Part,
    Reasoning,
    Refusal,
    Text,
    ToolCall,
    Usage,
)
from trunkline.core.errors import UpstreamError
from trunkline.dialects.failure import MALFORMED
from trunkline.dialects.media_url import write_image_url
from trunkline.dialects.openai_chat.answer import DIALECT_NAME, read_message
from trunkline.dialects.openai_chat.chunk import Chunk, Delta, WireChoice
from trunkline.dialects.openai_chat.finish import read_finish, write_finish
from trunkline.dialects.openai_chat.logprobs import read_logprobs, write_logprobs
from trunkline.dialects.openai_chat.reasoning import plain_text, write_details
from trunkline.dialects.openai_chat.stream_writer import google_extra, write_annotation
from trunkline.dialects.openai_chat.usage import read_usage, write_usage
from trunkline.dialects.openai_failure import classify, read_error_object
from trunkline.dialects.raw_json import BROKEN_JSON, decode, is_said
from trunkline.dialects.spare_field import SparingDecoder

_decoder = SparingDecoder(Chunk)


def read_response(body: bytes) -> ChatResponse:
    """A provider's answer. Raises UpstreamError: ``malformed``, or what an error within a 200 says."""
    try:
        wire = _decoder.decode(body)
    except BROKEN_JSON as error:
        raise _failed(decode(body), malformed=True) from error
    if is_said(wire.error) or wire.choices is None:
        raise _failed(decode(body), malformed=not is_said(wire.error))
    for choice in wire.choices:
        if is_said(choice.error) and (choice.finish_reason == "error" or choice.message is None):
            raise _failed({"error": decode(choice.error)}, malformed=False)
    return ChatResponse(
        id=str(wire.id or ""),
        model=wire.model or "",
        choices=tuple(_read_choice(choice, place) for place, choice in enumerate(wire.choices)),
        created=int(wire.created or 0),
        usage=read_usage(wire.usage),
        service_tier=wire.service_tier,
    )


def write_response(response: ChatResponse) -> bytes:
    """An answer for a client. Usage is always there, as OpenAI's clients expect: zeros when it is unknown."""
    body: dict[str, JsonValue] = {
        "id": response.id,
        "object": "chat.completion",
        "created": response.created,
        "model": response.model,
        "choices": [_write_choice(choice) for choice in response.choices],
        "usage": write_usage(response.usage or Usage()),
    }
    if response.service_tier is not None:
        body["service_tier"] = response.service_tier
    for name, value in response.extra.get(DIALECT_NAME, {}).items():
        body.setdefault(name, value)
    return msgspec.json.encode(body)


def _failed(value: JsonValue, *, malformed: bool) -> UpstreamError:
    error = read_error_object(value)
    if malformed:
        return UpstreamError(MALFORMED, kind="malformed", detail=error.message, upstream_code=error.code)
    return UpstreamError(
        "The provider answered with an error.",
        kind=classify(None, error),
        status=error.status,
        detail=error.message,
        upstream_code=error.code or error.type,
    )


def _read_choice(wire: WireChoice, place: int) -> Choice:
    parts = read_message(wire.message or wire.delta or Delta())
    tools = any(isinstance(part, ToolCall | Opaque) for part in parts)
    refused = any(isinstance(part, Refusal) for part in parts)
    stop = read_finish(wire.finish_reason or "stop", tools=tools, refused=refused)
    sequence = wire.stop_reason if stop == "stop" and isinstance(wire.stop_reason, str) else None
    return Choice(
        parts,
        "stop_sequence" if sequence is not None else stop,
        sequence,
        place if wire.index is None else wire.index,
        read_logprobs(wire.logprobs),
    )


def _write_choice(choice: Choice) -> JsonValue:
    texts = [part for part in choice.parts if isinstance(part, Text)]
    refusals = [part.text for part in choice.parts if isinstance(part, Refusal)]
    thoughts = [part for part in choice.parts if isinstance(part, Reasoning)]
    images = [part for part in choice.parts if isinstance(part, Image)]
    calls = [_write_call(part) for part in choice.parts if isinstance(part, ToolCall)]
    calls += [call for part in choice.parts if (call := custom_call(part)) is not None]
    message: dict[str, JsonValue] = {
        "role": "assistant",
        "content": "".join(part.text for part in texts) if texts else None,
        "refusal": "".join(refusals) if refusals else None,
    }
    if thoughts:
        if text := plain_text(thoughts):
            message["reasoning_content"] = text
        if details := write_details(thoughts):
            message["reasoning_details"] = details
    annotations: list[JsonValue] = [
        wire for part in texts for citation in part.citations if (wire := write_annotation(citation)) is not None
    ]
    if annotations:
        message["annotations"] = annotations
    signature = next((part.signature for part in reversed(texts) if part.signature is not None), None)
    if signature is not None:
        message["extra_content"] = google_extra(signature)
    if images:
        message["images"] = [
            {"type": "image_url", "image_url": {"url": write_image_url(part.media)}} for part in images
        ]
    for part in choice.parts:
        if isinstance(part, Audio):
            message["audio"] = _write_audio(part)
    if calls:
        message["tool_calls"] = calls
    if not choice.parts:
        message["content"] = ""  # clients send it back, and OpenAI refuses a message of null
    return {
        "index": choice.index,
        "message": message,
        "logprobs": None if choice.logprobs is None else write_logprobs(choice.logprobs),
        "finish_reason": write_finish(choice.stop, refused=bool(refusals)),
    }


def custom_call(part: Part) -> JsonValue:
    """The wire form of a custom tool's call, which only this dialect knows; None for any other part."""
    if isinstance(part, Opaque) and part.dialect == DIALECT_NAME:
        value = part.value
        return value if isinstance(value, dict) and value.get("type") == "custom" else None
    return None


def _write_call(call: ToolCall) -> JsonValue:
    wire: dict[str, JsonValue] = {
        "id": call.id,
        "type": "function",
        "function": {"name": call.name, "arguments": call.arguments or "{}"},
    }
    if call.signature is not None:
        wire["extra_content"] = google_extra(call.signature)
    return wire


def _write_audio(sound: Audio) -> JsonValue:
    return {
        "id": sound.id or "",
        "data": sound.media.data or "",
        "expires_at": sound.expires_at or 0,
        "transcript": sound.transcript or "",
    }
