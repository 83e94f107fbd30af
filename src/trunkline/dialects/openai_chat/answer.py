"""The message of a whole answer, read into parts. The same fields make up an assistant's turn in a request."""

from __future__ import annotations

import msgspec

from trunkline.core.chat import (
    Audio,
    Citation,
    Image,
    JsonValue,
    Media,
    Opaque,
    Part,
    Reasoning,
    Refusal,
    Text,
    ToolCall,
)
from trunkline.dialects.argument_text import unwrap
from trunkline.dialects.made_id import MadeIds
from trunkline.dialects.media_url import read_url
from trunkline.dialects.openai_chat.chunk import (
    Annotation,
    ContentPiece,
    Delta,
    ExtraContent,
    FunctionDelta,
    ImagePiece,
    ToolCallPiece,
    UrlObject,
)
from trunkline.dialects.openai_chat.reasoning import read_details

DIALECT_NAME = "openai_chat"


def read_message(message: Delta) -> tuple[Part, ...]:
    """The parts, in a fixed order as the wire has none: thoughts, text, refusal, pictures, sound, calls."""
    thoughts: list[Part] = []
    parts: list[Part] = []
    if message.reasoning_details:
        thoughts.extend(read_details(message.reasoning_details))
    elif text := message.reasoning_content or message.reasoning:
        thoughts.append(Reasoning(text))
    citations = read_citations(message.annotations)
    if isinstance(message.content, str):
        if message.content:
            parts.append(Text(message.content, citations=citations, signature=read_signature(message.extra_content)))
    else:
        for piece in message.content or ():
            if piece.type == "thinking":
                thoughts.append(Reasoning(piece.thought))
            elif (media := read_picture(piece)) is not None:
                parts.append(Image(media))
            elif piece.text:
                parts.append(Text(piece.text))
    if message.refusal:
        parts.append(Refusal(message.refusal))
    parts.extend(Image(media) for image in message.images or () if (media := read_picture(image)) is not None)
    if message.audio is not None:
        sound = message.audio
        media = Media(data=sound.data) if sound.data else Media(file_id=sound.id)
        parts.append(Audio(media, sound.id, sound.transcript, sound.expires_at))
    ids = MadeIds()
    parts.extend(read_call(call, ids) for call in message.tool_calls or ())
    if message.function_call is not None and message.function_call.name:
        parts.append(read_call(ToolCallPiece(function=message.function_call), ids))
    return (*thoughts, *parts)


def read_call(call: ToolCallPiece, ids: MadeIds) -> Part:
    """A whole call. One without an id gets one of ``ids``; a custom tool's call is opaque.

    Some servers send an empty ``custom`` beside the function that is called.
    """
    if call.custom is not None and not (call.function is not None and call.function.name):
        custom: JsonValue = {"name": call.custom.name or "", "input": call.custom.input or ""}
        return Opaque(
            DIALECT_NAME, {"id": call.id or ids.make(call.custom.name or ""), "type": "custom", "custom": custom}
        )
    function = call.function or FunctionDelta()
    return ToolCall(
        call.id or ids.make(function.name or ""),
        function.name or "",
        unwrap(read_arguments(function.arguments)),
        signature=read_signature(call.extra_content),
    )


def read_arguments(arguments: object) -> str:
    """Arguments as JSON text; some servers send the object itself, or white space for none."""
    if arguments is None:
        return ""
    return arguments if isinstance(arguments, str) else msgspec.json.encode(arguments).decode()


def read_signature(extra: ExtraContent | None) -> str | None:
    """Google's proof, if there is one."""
    return extra.google.thought_signature if extra is not None and extra.google is not None else None


def read_picture(piece: ImagePiece | ContentPiece) -> Media | None:
    """The picture of an entry that has one."""
    url = piece.image_url.url if isinstance(piece.image_url, UrlObject) else piece.image_url
    return read_url(url) if url else None


def read_citations(annotations: list[Annotation] | None) -> tuple[Citation, ...]:
    """The ``url_citation`` annotations."""
    return tuple(
        Citation(wire.url, wire.title or None, wire.content, wire.start_index, wire.end_index)
        for annotation in annotations or ()
        if (wire := annotation.url_citation) is not None
    )
