"""The items of ``input``: https://platform.openai.com/docs/api-reference/responses/create#responses-create-input.

The wire is a flat list. What the model did in one turn, thoughts, words and calls, becomes one message, because other
wires need it together; everything else is a message of its own.
"""

from __future__ import annotations

from typing import Final

from trunkline.core.chat import (
    Audio,
    File,
    Image,
    JsonValue,
    Media,
    Message,
    Opaque,
    Part,
    Reasoning,
    Role,
    Text,
    ToolCall,
    ToolResult,
)
from trunkline.dialects.fields import Fields
from trunkline.dialects.openai_responses.citation import NAME
from trunkline.dialects.openai_responses.content import read_content, read_signature
from trunkline.dialects.openai_responses.seal import read_thoughts, vendor_id

_ROLES: Final[dict[str, Role]] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
}
_ANSWERS: Final = ("_output", "_response", "_trigger")
"""How the types of items end that come from the caller and not from the model."""


def read_items(fields: Fields) -> list[Message]:
    """The messages of ``input``, a string or an array of items. Raises InvalidInput naming the path.

    ``messages`` stands in for it, as clients send it that took the address of chat completions for this one: a message
    of that wire whose content is a string is an item of this one.
    """
    name = "input" if fields.value("input") is not None or fields.value("messages") is None else "messages"
    value = fields.value(name)
    if isinstance(value, str):
        return [Message("user", (Text(value),) if value else ())]
    messages: list[Message] = []
    turn: list[Part] = []
    for item in fields.objects(name):
        kind = _kind(item)
        if kind == "message":
            role = item.needed("role")
            if role not in _ROLES:
                raise item.wrong("role", "must be user, assistant, system or developer")
            parts = read_content(item)
            if _ROLES[role] == "assistant":
                turn.extend(parts)
                continue
            message = Message(_ROLES[role], tuple(parts))
        elif kind == "function_call_output":
            message = Message("tool", (_read_result(item),))
        elif kind.endswith(_ANSWERS):
            message = Message("user", (Opaque(NAME, item.values),))
        else:
            turn.extend(_read_act(kind, item))
            continue
        _close(turn, messages)
        messages.append(message)
    _close(turn, messages)
    return messages


def _kind(item: Fields) -> str:
    """The item's type, which messages and references may leave out."""
    kind = item.text("type")
    if kind:
        return kind
    if item.value("role") is not None:
        return "message"
    if item.value("id") is not None:
        return "item_reference"
    raise item.wrong("type", "is required, unless the item is a message with role and content")


def _close(turn: list[Part], messages: list[Message]) -> None:
    if turn:
        messages.append(Message("assistant", tuple(turn)))
        turn.clear()


def _read_act(kind: str, item: Fields) -> list[Part]:
    """What the model did besides speaking."""
    if kind == "function_call":
        return [
            ToolCall(item.needed("call_id"), item.needed("name"), item.text("arguments") or "", read_signature(item))
        ]
    if kind == "reasoning":
        identity = vendor_id(item.text("id"), "rs")
        summaries = [piece.needed("text") for piece in item.objects("summary")]
        contents = [piece.needed("text") for piece in item.objects("content")]
        thoughts = read_thoughts(identity, summaries, contents, item.text("encrypted_content"))
        if not thoughts and identity is not None:
            thoughts = [Reasoning(id=identity)]  # the vendor keeps the thought itself
        return list(thoughts)
    if kind == "image_generation_call" and (picture := item.text("result")):
        identity = vendor_id(item.text("id"), "ig")
        extra: dict[str, dict[str, JsonValue]] = {} if identity is None else {NAME: {"id": identity}}
        if picture.startswith(("https://", "http://")):
            return [Image(Media(url=picture))]
        media_type = f"image/{item.text('output_format') or 'png'}"
        return [Image(Media(data=picture, media_type=media_type, extra=extra))]
    return [Opaque(NAME, item.values)]


def _read_result(item: Fields) -> ToolResult:
    parts: list[Text | Image | Audio | File] = []
    for place, part in enumerate(read_content(item, "output")):
        if not isinstance(part, Text | Image | Audio | File):
            raise item.wrong(f"output.{place}", "must be input_text, input_image or input_file")
        parts.append(part)
    return ToolResult(item.needed("call_id"), tuple(parts), item.text("name"))
