"""What a request of Gemini's wire must be read for: see :mod:`trunkline.providers.passing`."""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.dialects.raw_json import ABSENT, BROKEN_JSON, is_said
from trunkline.providers.quirks import Quirk


class _Part(msgspec.Struct, frozen=True, rename="camel"):
    function_call: msgspec.Raw = ABSENT
    function_response: msgspec.Raw = ABSENT


class _Content(msgspec.Struct, frozen=True):
    role: str | None = None
    parts: list[_Part] = []


class _Function(msgspec.Struct, frozen=True):
    name: str = ""


class _Tool(msgspec.Struct, frozen=True, rename="camel"):
    function_declarations: list[_Function] = []


class _Body(msgspec.Struct, frozen=True):
    contents: list[_Content] = []
    tools: list[_Tool] = []


_body: Final = msgspec.json.Decoder(_Body)
_MARKS: Final = (b'"functionCall"', b'"functionResponse"', b'"functionDeclarations"')


def are_odd_contents(body: bytes, quirk: Quirk) -> bool:
    """Whether a function is declared twice in ``body``, or the calls of some turn are not as many as the responses that
    follow it at once.

    https://ai.google.dev/gemini-api/docs/function-calling. Calls have no ids on this wire, or need none.
    """
    if not any(mark in body for mark in _MARKS):
        return False
    try:
        read = _body.decode(body)
    except BROKEN_JSON:
        return False
    names = [function.name for tool in read.tools for function in tool.function_declarations]
    return len(set(names)) < len(names) or not _is_paired(read.contents)


def _is_paired(contents: list[_Content]) -> bool:
    role, called, answered = "", 0, 0
    for content in contents:
        turn = "model" if content.role == "model" else "user"
        if turn != role:
            if turn == "model":
                if called != answered:
                    return False
                called = 0
            answered = 0
            role = turn
        called += sum(is_said(part.function_call) for part in content.parts)
        answered += sum(is_said(part.function_response) for part in content.parts)
    return called == answered
