"""The input of a call, by our own count."""

from __future__ import annotations

import math
from collections.abc import Iterator

import msgspec

from trunkline.core.chat import (
    Audio,
    ChatRequest,
    File,
    Image,
    JsonValue,
    Opaque,
    Part,
    Reasoning,
    Refusal,
    Text,
    ToolCall,
    ToolResult,
)
from trunkline.dialects.raw_json import find_texts
from trunkline.gateway.estimate.family import Family
from trunkline.gateway.estimate.medium import document_tokens, picture_tokens, sound_tokens
from trunkline.gateway.estimate.vocabulary import MOST, count_tokens, text_tokens


class _Sum:
    """What a request comes to: words, tokens that are no words, JSON of tools."""

    def __init__(self, family: Family) -> None:
        self.family = family
        self.texts: list[str] = []
        self.tokens = 0

    def add(self, part: Part) -> None:
        family = self.family
        match part:
            case Text(text=text) | Refusal(text=text):
                self.texts.append(text)
            case Reasoning(text=text):
                self.texts.append(text or "")
            case ToolCall(name=name, arguments=arguments):
                self.texts += (name, arguments)
                self.tokens += family.per_call
            case ToolResult(parts=parts):
                self.tokens += family.per_result
                for inner in parts:
                    self.add(inner)
            case Image():
                self.tokens += picture_tokens(part, family)
            case Audio(transcript=transcript):
                self.texts.append(transcript or "")
                self.tokens += sound_tokens(part, family)
            case File():
                tokens, text = document_tokens(part, family)
                self.tokens += tokens
                self.texts += (part.title or "", part.context or "", text)
            case Opaque(value=value):
                self.texts += find_texts(value)


def request_tokens(request: ChatRequest, family: Family) -> int:
    """How many tokens the model is given: messages, tools, the schema of its answer, and what their format adds."""
    total = _Sum(family)
    last = max((place for place, message in enumerate(request.messages) if message.role == "user"), default=-1)
    for place, message in enumerate(request.messages):
        total.tokens += family.per_message
        for part in message.parts:
            # Vendors forget what was thought before the last question:
            # https://platform.claude.com/docs/en/build-with-claude/context-windows, and OpenAI and DeepSeek likewise.
            if place > last or not isinstance(part, Reasoning):
                total.add(part)
    words = sum(count_tokens(family.vocabulary, text) for text in _gather(total.texts)) * family.scale
    tools = _tools(request)
    if tools:
        forced = request.tool_choice is not None and request.tool_choice.mode == "required"
        words += count_tokens(family.vocabulary, tools) * family.scale * family.tool_scale
        total.tokens += family.forced_tools if forced and family.forced_tools else family.tools
    form = request.response_format
    if form is not None and form.schema is not None:
        words += count_tokens(family.vocabulary, _json(form.schema)) * family.scale * family.schema_scale
        total.tokens += family.schema
    return math.ceil(words) + total.tokens + family.per_request


def quick_tokens(request: ChatRequest) -> int:
    """About how many tokens a request is, by its characters alone: for what happens before every call."""
    return text_tokens(sum(len(text) for text in _every_text(request)))


def _gather(texts: list[str]) -> Iterator[str]:
    """``texts`` as one where they are long: then samples of the whole are counted, and not of each."""
    size = sum(map(len, texts))
    if size > MOST:
        yield "\n".join(texts)
    else:
        yield from texts


def _tools(request: ChatRequest) -> str:
    """The tools as JSON; those that only a vendor knows are its own, whose price is the vendor's too."""
    told: list[JsonValue] = [
        {"name": tool.name, "description": tool.description, "parameters": tool.parameters or {}}
        for tool in request.tools
    ]
    return _json(told) if told else ""


def _json(value: JsonValue) -> str:
    return msgspec.json.encode(value).decode()


def _every_text(request: ChatRequest) -> Iterator[str]:
    for message in request.messages:
        for part in message.parts:
            match part:
                case Text(text=text) | Refusal(text=text):
                    yield text
                case Reasoning(text=text):
                    yield text or ""
                case ToolCall(name=name, arguments=arguments):
                    yield name
                    yield arguments
                case ToolResult(parts=parts):
                    yield from (inner.text for inner in parts if isinstance(inner, Text))
                case _:
                    pass
