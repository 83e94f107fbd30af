"""How many hints to the prompt cache a request may carry: "A maximum of 4 blocks with cache_control may be provided"
(https://platform.claude.com/docs/en/build-with-claude/prompt-caching#cache-limitations), on Bedrock too
(https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html)."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from trunkline.core.chat import ChatRequest, Part, Tool, ToolResult

_P = TypeVar("_P", bound=Part | Tool)


def limit_marks(request: ChatRequest, most: int | None) -> tuple[ChatRequest, tuple[str, ...]]:
    """``request`` with its last ``most`` hints, which cover the longest beginnings, and whether others went.

    They stand in this order: tools, system prompt, messages.
    """
    if most is None:
        return request, ()
    marks = sum(map(_count, request.tools)) + sum(_count(part) for one in request.messages for part in one.parts)
    if marks <= most:
        return request, ()
    taker = _Taker(marks - most)
    spoken = sorted(range(len(request.messages)), key=lambda place: request.messages[place].role != "system")
    tools = tuple(map(taker.take, request.tools))
    messages = list(request.messages)
    for place in spoken:
        message = messages[place]
        messages[place] = msgspec.structs.replace(message, parts=tuple(map(taker.take, message.parts)))
    return msgspec.structs.replace(request, tools=tools, messages=tuple(messages)), ("cache",)


def _count(part: Part | Tool) -> int:
    own = getattr(part, "cache", None) is not None
    return own + sum(map(_count, part.parts)) if isinstance(part, ToolResult) else int(own)


class _Taker:
    """Takes away the first ``left`` hints."""

    __slots__ = ("left",)

    def __init__(self, left: int) -> None:
        self.left = left

    def take(self, part: _P) -> _P:
        if isinstance(part, ToolResult) and self.left:
            part = msgspec.structs.replace(part, parts=tuple(map(self.take, part.parts)))
        if self.left and getattr(part, "cache", None) is not None:
            self.left -= 1
            part = msgspec.structs.replace(part, cache=None)
        return part
