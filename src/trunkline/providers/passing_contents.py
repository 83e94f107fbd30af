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


class _Body(msgspec.Struct, frozen=True):
    contents: list[_Content] = []


_body: Final = msgspec.json.Decoder(_Body)
_CALLED: Final = (b'"functionCall"', b'"functionResponse"')


def are_odd_contents(body: bytes, quirk: Quirk) -> bool:
    """Whether the calls of some turn in ``body`` are not as many as the responses that follow it at once.

    https://ai.google.dev/gemini-api/docs/function-calling. Calls have no ids on this wire, or need none.
    """
    if not any(mark in body for mark in _CALLED):
        return False
    try:
        contents = _body.decode(body).contents
    except BROKEN_JSON:
        return False
    role, called, answered = "", 0, 0
    for content in contents:
        turn = "model" if content.role == "model" else "user"
        if turn != role:
            if turn == "model":
                if called != answered:
                    return True
                called = 0
            answered = 0
            role = turn
        called += sum(is_said(part.function_call) for part in content.parts)
        answered += sum(is_said(part.function_response) for part in content.parts)
    return called != answered
