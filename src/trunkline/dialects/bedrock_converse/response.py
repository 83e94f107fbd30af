"""Whole answers. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_ResponseElements

They have neither an id nor the model's name in the body.
"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import (
    Audio,
    ChatResponse,
    Choice,
    Image,
    JsonObject,
    JsonValue,
    Opaque,
    Part,
    Reasoning,
    Refusal,
    Text,
    ToolCall,
)
from trunkline.core.errors import InvalidInput, Unsupported, UpstreamError
from trunkline.dialects.bedrock_converse.block_reading import read_content
from trunkline.dialects.bedrock_converse.block_writing import read_arguments, write_call, write_cited, write_reasoning
from trunkline.dialects.bedrock_converse.error import read_failure
from trunkline.dialects.bedrock_converse.field import NAME, mapping, text
from trunkline.dialects.bedrock_converse.media import IMAGES, write_media
from trunkline.dialects.bedrock_converse.stop import is_exact, read_stop, write_stop
from trunkline.dialects.bedrock_converse.usage import PerformanceConfig, WireUsage, note_terms, read_usage, write_usage
from trunkline.dialects.field_reader import optional
from trunkline.dialects.made_id import MadeIds
from trunkline.dialects.raw_json import BROKEN_JSON, decode
from trunkline.dialects.spare_field import convert_spared

KNOWN: Final = frozenset({"additionalModelResponseFields", "metrics", "output", "serviceTier", "stopReason", "usage"})

FIELDS: Final = "additionalModelResponseFields"

_KINDS: Final = {"stopReason": str, "serviceTier": dict, "usage": dict}


def read_response(body: bytes) -> ChatResponse:
    """Reads an answer of the service. Raises :class:`~trunkline.core.errors.UpstreamError`.

    Its kind is ``malformed``, or what an error in an answer of status 200 says.
    """
    try:
        source = mapping(msgspec.json.decode(body), "")
        failure = read_failure(source)
        if failure is not None:
            raise failure
        return _read(source)
    except (*BROKEN_JSON, InvalidInput) as error:
        raise UpstreamError(
            "The provider's answer is not one of the Converse API.",
            kind="malformed",
            detail=error.message if isinstance(error, InvalidInput) else None,
        ) from error


def _read(source: JsonObject) -> ChatResponse:
    # What is beside the point of an answer does not cost it.
    source = {name: value for name, value in source.items() if isinstance(value, _KINDS.get(name, object))}
    output = mapping(source.get("output"), "output")
    message = mapping(output.get("message"), "output.message")
    content = message.get("content")
    parts = read_content([] if content is None else _mend_blocks(content), "output.message.content")
    extra: JsonObject = {key: value for key, value in source.items() if key not in KNOWN and value is not None}
    reason = optional(source, "stopReason", "", text)
    sequence, rest = read_fields(source.get(FIELDS))
    if rest:
        extra[FIELDS] = rest
    if reason is not None and not is_exact(reason):
        extra["stopReason"] = reason
    usage, performance = source.get("usage"), source.get("performanceConfig")
    told = None if usage is None else read_usage(convert_spared(usage, WireUsage))
    if isinstance(performance, dict):
        told = note_terms(told, None, PerformanceConfig(performance.get("latency")))
    tier = optional(source, "serviceTier", "", mapping) or {}
    return ChatResponse(
        id="",
        model="",
        choices=(
            Choice(
                parts,
                stop=read_stop(reason, called=any(isinstance(part, ToolCall) for part in parts)),
                stop_sequence=sequence,
            ),
        ),
        usage=told,
        service_tier=word if isinstance(word := tier.get("type"), str) else None,
        extra={NAME: extra} if extra else {},
    )


def _mend_blocks(content: JsonValue) -> JsonValue:
    """The blocks of an answer with what they lack: an id of a call, its input as an object, a text that is not null."""
    if not isinstance(content, list):
        return content
    ids = MadeIds()
    blocks: list[JsonValue] = []
    for block in content:
        call = block.get("toolUse") if isinstance(block, dict) else None
        if isinstance(call, dict):
            name, identity, given = call.get("name"), call.get("toolUseId"), call.get("input")
            made = ids.make(name if isinstance(name, str) else "")
            inner = decode(given.encode()) if isinstance(given, str) else None
            mended: JsonObject = {**call, "toolUseId": identity if isinstance(identity, str) and identity else made}
            blocks.append({"toolUse": {**mended, "input": inner} if isinstance(inner, dict) else mended})
        elif isinstance(block, dict) and block.get("text", "") is None:
            blocks.append({**block, "text": ""})
        else:
            blocks.append(block)
    return blocks


def read_fields(value: JsonValue) -> tuple[str | None, JsonObject]:
    """The stop text that was met, which models tell among fields of their own, and the other fields."""
    fields = dict(value) if isinstance(value, dict) else {}
    sequence = fields.pop("stop_sequence", None)
    return sequence if isinstance(sequence, str) else None, fields


def write_fields(sequence: str | None, kept: JsonValue) -> JsonObject | None:
    """The fields of the model's own; None where there are none."""
    fields: JsonObject = dict(kept) if isinstance(kept, dict) else {}
    if sequence is not None:
        fields["stop_sequence"] = sequence
    return fields or None


def write_response(response: ChatResponse) -> bytes:
    """Writes an answer for a client: its first choice, since this wire has but one.

    Speech becomes its transcript. Raises :class:`~trunkline.core.errors.UpstreamError` of kind ``malformed`` when a
    complete answer calls a tool with arguments that are no JSON object; in one that was cut off by the limit, they are
    written as ``{}``.
    """
    choice = response.choices[0] if response.choices else Choice()
    blocks = [_block(part, truncated=choice.stop == "length") for part in choice.parts]
    extra = dict(response.extra.get(NAME, {}))
    fields = write_fields(choice.stop_sequence, extra.pop(FIELDS, None))
    wire: JsonObject = {
        **extra,
        "output": {"message": {"role": "assistant", "content": [block for block in blocks if block is not None]}},
        "stopReason": write_stop(choice.stop, extra.get("stopReason")),
        "usage": write_usage(response.usage),
        "metrics": {"latencyMs": 0},
    }
    if fields is not None:
        wire[FIELDS] = fields
    if response.service_tier is not None:
        wire["serviceTier"] = {"type": response.service_tier}
    try:
        return msgspec.json.encode(wire)
    except RecursionError as error:
        raise UpstreamError("The provider's answer is nested too deeply.", kind="malformed") from error


def _block(part: Part, *, truncated: bool) -> JsonObject | None:
    match part:
        case Text():
            return write_cited(part) if part.citations else {"text": part.text}
        case Reasoning():
            return write_reasoning(part)
        case ToolCall():
            return write_call(part, _arguments(part, truncated=truncated))
        case Refusal():
            return {"text": part.text}
        case Image():
            try:
                return {"image": write_media(part.media, "", IMAGES)}
            except Unsupported:
                return {"text": part.media.url} if part.media.url else None
        case Audio():
            return {"text": part.transcript} if part.transcript else None
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
