"""The messages of a request, both ways: https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages."""

from __future__ import annotations

from typing import cast

import msgspec

from trunkline.core.chat import (
    Audio,
    File,
    Image,
    Media,
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
from trunkline.core.errors import InvalidInput
from trunkline.dialects.fields import Fields
from trunkline.dialects.media_url import read_url
from trunkline.dialects.openai_chat.answer import DIALECT_NAME
from trunkline.dialects.openai_chat.chunk import ReasoningDetail
from trunkline.dialects.openai_chat.content import read_content
from trunkline.dialects.openai_chat.reasoning import read_details

_ROLES: dict[str, Role] = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant"}


def read_messages(fields: Fields) -> tuple[Message, ...]:
    """All messages. Raises InvalidInput naming the path of what is wrong."""
    given = fields.objects("messages")
    if not given:
        raise fields.wrong("messages", "must be an array with at least one message")
    messages: list[Message] = []
    legacy = ""  # the id made up for the last function_call, which its function message answers
    for place, wire in enumerate(given):
        role = wire.needed("role")
        if role == "tool":
            messages.append(_read_result(wire, wire.needed("tool_call_id")))
        elif role == "function":
            messages.append(_read_result(wire, legacy or f"call_{place}"))
        elif role in _ROLES:
            parts = _read_turn(wire, place) if role == "assistant" else read_content(wire)
            if wire.value("function_call") is not None:
                legacy = f"call_{place}"
            messages.append(Message(_ROLES[role], tuple(parts), wire.text("name")))
        else:
            raise wire.wrong("role", "must be system, developer, user, assistant or tool")
    return tuple(messages)


def _read_result(wire: Fields, call_id: str) -> Message:
    parts = read_content(wire)
    for place, part in enumerate(parts):
        if not isinstance(part, Text | Image | Audio | File):
            raise wire.wrong(
                f"content.{place}", "must be text, an image, audio or a file: a tool's result holds nothing else"
            )
    known = cast("list[Text | Image | Audio | File]", parts)
    return Message("tool", (ToolResult(call_id, tuple(known), wire.text("name")),))


def _read_turn(wire: Fields, place: int) -> list[Part]:
    """An assistant's turn, in the order that an answer has: thoughts, content, refusal, pictures, sound, calls."""
    parts = _read_thoughts(wire)
    for part, piece in zip(read_content(wire), _pieces(wire), strict=True):
        if isinstance(part, Opaque) and piece is not None and piece.value("type") == "thinking":  # Mistral
            parts.append(Reasoning("".join(text.needed("text") for text in piece.objects("thinking"))))
        else:
            parts.append(part)
    signature = _read_signature(wire)
    if signature is not None:
        last = next((at for at in range(len(parts) - 1, -1, -1) if isinstance(parts[at], Text)), None)
        if last is not None:
            parts[last] = msgspec.structs.replace(parts[last], signature=signature)
    if refusal := wire.text("refusal"):
        parts.append(Refusal(refusal))
    for image in wire.objects("images"):
        inner = image.object("image_url")
        if inner is None:
            raise image.wrong("image_url", "is required, as an object with the url of the image")
        parts.append(Image(read_url(inner.needed("url"))))
    sound = wire.object("audio")
    if sound is not None:
        name = sound.needed("id")
        parts.append(Audio(Media(file_id=name), id=name))
    parts.extend(_read_call(call) for call in wire.objects("tool_calls"))
    legacy = wire.object("function_call")
    if legacy is not None:
        parts.append(ToolCall(f"call_{place}", legacy.needed("name"), legacy.text("arguments") or ""))
    return parts


def _pieces(wire: Fields) -> list[Fields | None]:
    """The objects behind what ``read_content`` gives, one for one."""
    if isinstance(wire.value("content"), str):
        return [None] if wire.value("content") else []
    return list(wire.objects("content"))


def _read_thoughts(wire: Fields) -> list[Part]:
    given = wire.items("reasoning_details")
    if given:
        try:
            details = msgspec.convert(given, list[ReasoningDetail])
        except msgspec.ValidationError as error:
            raise InvalidInput.of(wire.at("reasoning_details"), f"must be as the answer gave them: {error}") from None
        return list(read_details(details))
    text = wire.text("reasoning_content") or wire.text("reasoning")
    return [Reasoning(text)] if text else []


def _read_call(call: Fields) -> Part:
    if call.text("type") == "custom":
        return Opaque(DIALECT_NAME, call.values)
    function = call.object("function")
    if function is None:
        raise call.wrong("function", "is required, as an object with name and arguments")
    return ToolCall(
        call.needed("id"),
        function.needed("name"),
        function.text("arguments") or "",
        _read_signature(call),
    )


def _read_signature(wire: Fields) -> str | None:
    extra = wire.object("extra_content")
    google = extra.object("google") if extra is not None else None
    return google.text("thought_signature") if google is not None else None
