"""What a request of Anthropic's wire must be read for: see :mod:`trunkline.providers.passing`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import msgspec

from trunkline.dialects.raw_json import BROKEN_JSON
from trunkline.providers.quirks import Quirk


class _Block(msgspec.Struct, frozen=True):
    type: str = ""
    id: str = ""
    tool_use_id: str = ""


class _Turn(msgspec.Struct, frozen=True):
    role: str = ""
    content: str | list[_Block] = ""


class _Tool(msgspec.Struct, frozen=True):
    name: str | None = None


class _Body(msgspec.Struct, frozen=True):
    messages: list[_Turn] = []
    tools: list[_Tool] = []


_body: Final = msgspec.json.Decoder(_Body)

# Within JSON text a quote is escaped, so these can only be fields.
_LAST_ROLE: Final = re.compile(rb'"role"\s*:\s*"(\w*)"')
_MARK: Final = re.compile(rb'"cache_control"\s*:\s*\{')
_CALLED: Final = (b'"tool_use"', b'"tool_result"')
_WORDS: Final = frozenset({"text", "thinking", "redacted_thinking"})


def are_odd_messages(body: bytes, quirk: Quirk) -> bool:
    """Whether ``body`` holds what Anthropic is known to refuse."""
    if quirk.cache_marks is not None and len(_MARK.findall(body)) > quirk.cache_marks:
        return True
    called = any(mark in body for mark in _CALLED)
    last = None if quirk.prefill else _LAST_ROLE.match(body, max(body.rfind(b'"role"'), 0))
    prefilled = last is not None and last[1] == b"assistant"
    tooled = b'"input_schema"' in body
    if not (called or prefilled or tooled):
        return False
    try:
        read = _body.decode(body)
    except BROKEN_JSON:
        return False
    names = [tool.name for tool in read.tools if tool.name]
    return (
        len(set(names)) < len(names)
        or (called and not _is_paired(read.messages))
        or (prefilled and _ends_with_words(read.messages))
    )


def _ends_with_words(turns: Sequence[_Turn]) -> bool:
    last = turns[-1] if turns else _Turn()
    if last.role != "assistant":
        return False
    return isinstance(last.content, str) or all(block.type in _WORDS for block in last.content)


def _is_paired(turns: Sequence[_Turn]) -> bool:
    """Whether the results of a turn's calls begin the next one, and nothing else does. Neighbours are one turn."""
    called: set[str] = set()
    answered: set[str] = set()
    role, spoken = "", False
    for turn in turns:
        blocks = [] if isinstance(turn.content, str) else turn.content
        if turn.role not in (role, "system"):
            if turn.role == "assistant":
                if called != answered:
                    return False
                called = set()
            answered = set()
            role, spoken = turn.role, False
        if turn.role == "assistant":
            called |= {block.id for block in blocks if block.type == "tool_use"}
        elif turn.role == "user":
            for block in blocks:
                if block.type == "tool_result":
                    if spoken or block.tool_use_id not in called:
                        return False
                    answered.add(block.tool_use_id)
                else:
                    spoken = True
            spoken = spoken or isinstance(turn.content, str)
    return called == answered
