"""Turns of a conversation. https://github.com/ollama/ollama/blob/main/docs/api.md#generate-a-chat-completion

On this wire a turn has one text, one thought, its pictures and its calls, in no order; we read them as thought, text,
pictures, calls. Several texts are joined by a newline. Each result of a tool is a message of its own.
"""

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
    Role,
    Text,
    ToolCall,
    ToolResult,
)
from trunkline.core.errors import InvalidInput, Unsupported
from trunkline.dialects.ollama.call_ids import CallIds
from trunkline.dialects.ollama.image import read_image, write_image
from trunkline.dialects.ollama.wire import AnswerMessage, AskedMessage
from trunkline.dialects.raw_json import BROKEN_JSON


def read_message(message: AskedMessage, ids: CallIds) -> Message:
    """One turn."""
    if message.role == "tool":
        parts: list[Text | Image | Audio | File] = [Text(message.content)] if message.content else []
        parts.extend(read_image(data) for data in message.images or ())
        call_id, name = ids.result(message.tool_name, message.tool_call_id)
        return Message("tool", (ToolResult(call_id, tuple(parts), name=name),))
    role: Role = "system" if message.role == "developer" else message.role
    said = AnswerMessage(message.content, message.thinking, message.tool_calls, message.images)
    return Message(role, tuple(read_parts(said, ids)))


def read_parts(message: AnswerMessage, ids: CallIds) -> list[Part]:
    """The parts of a turn, or of a piece of one."""
    parts: list[Part] = []
    if message.thinking:
        parts.append(Reasoning(text=message.thinking))
    if message.content:
        parts.append(Text(message.content))
    parts.extend(read_image(data) for data in message.images or ())
    for call in message.tool_calls or ():
        given = call.function.arguments
        arguments = given if isinstance(given, str) else msgspec.json.encode(given or {}).decode()
        parts.append(ToolCall(ids.call(call.function.name, call.id), call.function.name, arguments))
    return parts


def write_messages(
    message: Message, where: str, names: dict[str, str], dropped: dict[str, None]
) -> list[dict[str, JsonValue]]:
    """The messages that say the same. ``names`` maps the ids of calls to the names of their tools."""
    if message.name is not None:
        dropped["name"] = None
    if any(getattr(part, "cache", None) is not None for part in message.parts):
        dropped["cache"] = None
    if any(isinstance(part, Text | Image | ToolCall) and part.signature is not None for part in message.parts):
        dropped["signature"] = None
    results = [part for part in message.parts if isinstance(part, ToolResult)]
    if results:
        return [_write_result(result, f"{where}.parts.{index}", names, dropped) for index, result in enumerate(results)]
    return [_write_turn(message, where, dropped)]


def _write_result(
    result: ToolResult, where: str, names: dict[str, str], dropped: dict[str, None]
) -> dict[str, JsonValue]:
    if result.is_error:
        dropped["tool_result.is_error"] = None
    turn = _write_turn(Message("tool", result.parts), where, dropped)
    turn["tool_name"] = result.name or names.get(result.call_id) or result.call_id
    turn["tool_call_id"] = result.call_id
    return turn


def _write_turn(message: Message, where: str, dropped: dict[str, None]) -> dict[str, JsonValue]:
    texts: list[str] = []
    thoughts: list[str] = []
    images: list[JsonValue] = []
    calls: list[JsonValue] = []
    for index, part in enumerate(message.parts):
        place = f"{where}.parts.{index}"
        match part:
            case Text():
                texts.append(part.text)
                if part.citations:
                    dropped["citations"] = None
            case Refusal():
                texts.append(part.text)
            case Image():
                images.append(write_image(part, place))
                if part.detail is not None:
                    dropped["detail"] = None
            case Reasoning():
                if part.text:
                    thoughts.append(part.text)
                for name in ("signature", "redacted"):
                    if getattr(part, name) is not None:
                        dropped[f"reasoning.{name}"] = None
            case ToolCall():
                calls.append(write_call(part, place))
            case Audio() if message.role == "assistant" and part.transcript is not None:
                texts.append(part.transcript)
                dropped["audio"] = None
            case Opaque() if message.role == "assistant":
                dropped["opaque"] = None
            case _:
                kind = part.kind if isinstance(part, Opaque) else type(part).__name__.lower()
                raise Unsupported.of(place, f"Ollama takes text and images only, no {kind}; leave this part out")
    turn: dict[str, JsonValue] = {"role": message.role, "content": "\n".join(texts)}
    if thoughts:
        turn["thinking"] = "\n".join(thoughts)
    if images:
        turn["images"] = images
    if calls:
        turn["tool_calls"] = calls
    return turn


def write_call(call: ToolCall, where: str = "") -> JsonValue:
    """Raises :class:`InvalidInput` when the arguments are not the text of a JSON object."""
    arguments: JsonValue = {}
    if call.arguments.strip():
        try:
            arguments = msgspec.json.decode(call.arguments)
        except BROKEN_JSON:
            arguments = None
    if not isinstance(arguments, dict):
        raise InvalidInput.of(f"{where}.arguments", f"The arguments of {call.name} must be the text of a JSON object")
    return {"id": call.id, "function": {"name": call.name, "arguments": arguments}}
