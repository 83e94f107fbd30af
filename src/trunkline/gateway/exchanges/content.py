"""What a call sends, read for those who judge it: every text in it, wherever the wire has it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from trunkline.core.chat import (
    Audio,
    ChatRequest,
    File,
    Image,
    JsonValue,
    Media,
    Message,
    Opaque,
    Part,
    Reasoning,
    ReasoningOptions,
    Refusal,
    Text,
    ToolCall,
    ToolResult,
)
from trunkline.core.model_traits import Ability
from trunkline.core.policy import Content
from trunkline.dialects.raw_json import decode, find_texts

FALLBACKS: Final = ("models", "fallbacks")
"""Fields of a body in which routers such as OpenRouter and LiteLLM take the models that they may go on to."""


def read_chat(request: ChatRequest, input_tokens: int, before: Iterable[Message] = ()) -> Content:
    """The content of a chat. ``before`` are messages that the call goes on from."""
    messages = (*before, *request.messages)
    texts: list[str] = []
    for message in messages:
        texts.append(message.name or "")
        for part in message.parts:
            texts.extend(_texts_of(part))
    for tool in request.tools:
        texts.extend(find_texts({"description": tool.description, "parameters": tool.parameters}))
    if request.response_format is not None:
        texts.extend(find_texts({"description": request.response_format.description}))
        texts.extend(find_texts(request.response_format.schema))
    texts.extend((request.metadata or {}).values())
    texts.extend(find_texts(dict(request.extra)))
    return Content(
        texts=tuple(text for text in texts if text),
        input_tokens=input_tokens,
        output_limit=request.sampling.max_tokens,
        answers=max(request.sampling.n or 1, 1),
        images=sum(_pictures(message) for message in messages),
        models=tuple(name for fields in request.extra.values() for name in read_models(fields)),
        metadata=request.metadata or {},
        needs=frozenset(_find_needs(request, messages)),
    )


def read_unknown(body: bytes, input_tokens: int) -> Content:
    """The content of a body that only its provider understands: every text in it. Its sizes are not known."""
    value = decode(body)
    return Content(
        texts=tuple(find_texts(value)),
        whole=value is not None,
        input_tokens=input_tokens,
        models=tuple(read_models(value)) if isinstance(value, dict) else (),
    )


def read_models(fields: Mapping[str, JsonValue]) -> Iterator[str]:
    """The models that a body names besides the one that is called."""
    return find_texts([fields.get(name) for name in FALLBACKS])


def _texts_of(part: Part) -> Iterable[str]:
    match part:
        case Text(text=text) | Refusal(text=text):
            return (text,)
        case Reasoning(text=text):
            return (text or "",)
        case ToolCall(name=name, arguments=arguments):
            # Escaped characters hide a text from whoever reads the arguments as they are written.
            return (name, arguments, *(find_texts(decode(arguments.encode())) if "\\" in arguments else ()))
        case ToolResult(parts=parts):
            return [text for inner in parts for text in _texts_of(inner)]
        case File(media=media, name=name, title=title, context=context):
            return (name or "", title or "", context or "", _plain(media))
        case Audio(transcript=transcript):
            return (transcript or "",)
        case Opaque(value=value):
            return find_texts(value)
        case Image():
            return ()


def _plain(media: Media) -> str:
    """The text of a file that is sent as one."""
    if media.data is None or not (media.media_type or "").startswith("text/"):
        return ""
    try:
        return base64.b64decode(media.data).decode("utf-8", "replace")
    except binascii.Error:
        return ""


def _find_needs(request: ChatRequest, messages: Iterable[Message]) -> Iterator[Ability]:
    """What a model must be able to do to serve the call."""
    if request.tools:
        yield "tools"
    if request.response_format is not None and request.response_format.schema is not None:
        yield "structured_outputs"
    if request.reasoning is not None and _thinks(request.reasoning):
        yield "reasoning"
    if request.audio is not None or "audio" in request.modalities:
        yield "audio"
    for message in messages:
        for part in message.parts:
            for inner in part.parts if isinstance(part, ToolResult) else (part,):
                if isinstance(inner, Image):
                    yield "vision"
                elif isinstance(inner, Audio):
                    yield "audio"


def _thinks(asked: ReasoningOptions) -> bool:
    if asked.enabled is not None:
        return asked.enabled
    return bool(asked.budget_tokens) or (asked.effort not in {None, "none"} and not asked.effort_of_answer)


def _pictures(message: Message) -> int:
    return sum(
        isinstance(inner, Image)
        for part in message.parts
        for inner in (part.parts if isinstance(part, ToolResult) else (part,))
    )
