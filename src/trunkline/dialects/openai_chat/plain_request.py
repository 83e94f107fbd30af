"""Requests of texts, tools and the usual options, read at once by what they are made of.

Most requests are such. The reader of all others (:mod:`trunkline.dialects.openai_chat.request`) looks at each field by
itself, to name the one that is wrong; what this one does not know is left to it, and whatever both can read they read
alike.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec

from trunkline.core.chat import (
    ChatRequest,
    Effort,
    JsonValue,
    Message,
    Part,
    ReasoningOptions,
    Role,
    Sampling,
    Text,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
)
from trunkline.core.number import LARGEST, LARGEST_WHOLE
from trunkline.dialects.raw_json import BROKEN_JSON

_Whole = Annotated[int, msgspec.Meta(ge=-LARGEST_WHOLE - 1, le=LARGEST_WHOLE)]
_Number = (
    Annotated[int, msgspec.Meta(ge=-int(LARGEST), le=int(LARGEST))]
    | Annotated[float, msgspec.Meta(ge=-LARGEST, le=LARGEST)]
)


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One unknown field makes a request one of the others."""


class _TextPart(_Strict, frozen=True):
    type: Literal["text"]
    text: str


class _CalledFunction(_Strict, frozen=True):
    name: str
    arguments: str | None = None


class _Call(_Strict, frozen=True):
    id: str
    function: _CalledFunction
    type: Literal["function"] | None = None


class _Message(_Strict, frozen=True):
    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[_TextPart] | None = None
    name: str | None = None
    tool_calls: list[_Call] | None = None
    tool_call_id: str | None = None
    refusal: None = None


class _Function(_Strict, frozen=True):
    name: str
    description: str | None = None
    parameters: dict[str, JsonValue] | None = None
    strict: bool | None = None


class _Tool(_Strict, frozen=True):
    function: _Function
    type: Literal["function"] | None = None


class _StreamOptions(_Strict, frozen=True):
    include_usage: bool | None = None


class _Request(_Strict, frozen=True):
    model: str
    messages: list[_Message]
    max_tokens: _Whole | None = None
    max_completion_tokens: _Whole | None = None
    temperature: _Number | None = None
    top_p: _Number | None = None
    frequency_penalty: _Number | None = None
    presence_penalty: _Number | None = None
    seed: _Whole | None = None
    n: _Whole | None = None
    stop: str | list[str] | None = None
    stream: bool | None = None
    stream_options: _StreamOptions | None = None
    tools: list[_Tool] | None = None
    tool_choice: Literal["auto", "none", "required"] | None = None
    parallel_tool_calls: bool | None = None
    reasoning_effort: Effort | None = None
    user: str | None = None
    service_tier: str | None = None
    store: bool | None = None


_ROLES: Final[dict[str, Role]] = {"system": "system", "developer": "system", "user": "user"}
_decoder: Final = msgspec.json.Decoder(_Request)


def read_plain_request(body: bytes) -> ChatRequest | None:
    """The request in ``body``; None for one that must be read field by field, be it wrong or of more than this."""
    try:
        wire = _decoder.decode(body)
    except BROKEN_JSON:
        return None
    if not wire.model or not wire.messages:
        return None
    messages: list[Message] = []
    for one in wire.messages:
        message = _read_message(one)
        if message is None:
            return None
        messages.append(message)
    stop, options, choice = wire.stop, wire.stream_options, wire.tool_choice
    return ChatRequest(
        model=wire.model,
        messages=tuple(messages),
        tools=tuple([_read_tool(tool.function) for tool in wire.tools]) if wire.tools else (),
        tool_choice=None if choice is None else ToolChoice(choice),
        parallel_tools=wire.parallel_tool_calls,
        sampling=Sampling(
            max_tokens=wire.max_tokens if wire.max_completion_tokens is None else wire.max_completion_tokens,
            temperature=wire.temperature,
            top_p=wire.top_p,
            frequency_penalty=wire.frequency_penalty,
            presence_penalty=wire.presence_penalty,
            seed=wire.seed,
            stop=() if stop is None else (stop,) if isinstance(stop, str) else tuple(stop),
            n=wire.n,
        ),
        reasoning=None if wire.reasoning_effort is None else ReasoningOptions(effort=wire.reasoning_effort),
        stream=wire.stream is True,
        stream_usage=options is not None and options.include_usage is True,
        user=wire.user or None,
        service_tier=wire.service_tier,
        store=wire.store,
    )


def _read_message(wire: _Message) -> Message | None:
    content = wire.content
    parts: list[Part] = []
    if isinstance(content, str):
        if content:
            parts.append(Text(content))
    elif content:
        parts.extend([Text(part.text) for part in content])
    if wire.role == "assistant":
        calls = wire.tool_calls or ()
        parts.extend([ToolCall(call.id, call.function.name, call.function.arguments or "") for call in calls])
        return Message("assistant", tuple(parts), wire.name)
    if wire.role != "tool":
        return Message(_ROLES[wire.role], tuple(parts), wire.name)
    if wire.tool_call_id is None:
        return None
    texts = tuple([part for part in parts if isinstance(part, Text)])
    return Message("tool", (ToolResult(wire.tool_call_id, texts, wire.name),))


def _read_tool(function: _Function) -> Tool:
    return Tool(function.name, function.description, function.parameters, function.strict)
