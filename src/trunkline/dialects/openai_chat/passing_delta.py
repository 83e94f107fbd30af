"""Deltas of a stream that passes, as OpenAI's SDKs put them together.

The role comes once, in the first delta of a choice: where it comes with every delta, they make ``assistantassistant``
of it, and where it never comes they keep none; either way the next turn is refused. Lists that hold nothing are kept
too (``[] is too short - 'messages.1.tool_calls'``), and a delta that is none ends in a fault.
https://github.com/openai/openai-python/blob/main/src/openai/lib/streaming/_deltas.py
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.dialects.openai_chat.passing_calls import PassingCall, PassingCalls, PassingFunction
from trunkline.dialects.raw_json import ABSENT, is_said

_ROLE: Final = "assistant"
_NUMBER: Final = re.compile(rb'"index"\s*:\s*(\d+)')
_REPEATED: Final = (
    (b'"delta":{"role":"assistant",', b'"delta":{'),
    (b',"role":"assistant"}', b"}"),
    (b'"delta": {"role": "assistant", ', b'"delta": {'),
    (b', "role": "assistant"}', b"}"),
)
"""The role in a delta that says something else, too. Within JSON text a quote is escaped: what is found are fields."""


class PassingDelta(msgspec.Struct, frozen=True):
    """What must be known of one."""

    role: JsonValue = None
    tool_calls: list[PassingCall] | None = None
    function_call: PassingFunction | None = None


class PassingChoice(msgspec.Struct, frozen=True):
    """One choice of a chunk."""

    index: int | None = None
    delta: PassingDelta | None = None
    text: msgspec.Raw = ABSENT
    """What a completion has in the place of a delta."""
    finish_reason: str | None = None


class PassingDeltas:
    """The deltas of one stream. ``older`` is for a client that declared functions, and is answered in that older way;
    for others a call of a function is one of a tool."""

    __slots__ = ("_begun", "_older", "_repeats", "calls")

    def __init__(self, *, older: bool = False) -> None:
        self._begun: set[int] = set()
        self._older = older
        self._repeats = False
        """Whether the role comes again."""
        self.calls = PassingCalls()

    def knows(self, data: bytes) -> bool:
        """Whether all choices in whole events have begun, told without parsing. In doubt, no."""
        if 0 in self._begun and data.count(b'"index":0') == data.count(b'"index"'):
            return True
        if b'"tool_calls"' in data and data.count(b"\n") == 2:
            return True  # A call that goes on is of a choice that has begun, and it has an index, too.
        return self._begun.issuperset(map(int, _NUMBER.findall(data)))

    def shorten(self, data: bytes) -> bytes:
        """Events without roles, where those came again and again; else none. A choice's first role is for ``mend``."""
        if self._repeats:
            for repeated, rest in _REPEATED:
                short = data.replace(repeated, rest)
                if len(short) < len(data):
                    return short
        return b""

    def mend(self, data: bytes, choices: Sequence[PassingChoice] | None) -> bytes | None:
        """The event with what is missing and without what is too much; None where that is nothing. ``choices`` are
        None where the chunk has no such list."""
        if choices is not None and not any(self._is_odd(place, one) for place, one in enumerate(choices)):
            self._begun.update(_number(place, one) for place, one in enumerate(choices))
            return None
        wire: Any = msgspec.json.decode(data)
        changed = choices is None
        wire["choices"] = wire.get("choices") or []
        for place, (choice, sent) in enumerate(zip(choices or (), wire["choices"], strict=True)):
            changed = self._mend(_number(place, choice), choice, sent) or changed
        if not changed:
            return None
        written = msgspec.json.encode(wire)
        wire.clear()  # a large chunk is not held twice
        return b"data: %b\n\n" % written

    def _is_odd(self, place: int, choice: PassingChoice) -> bool:
        delta, number = choice.delta, _number(place, choice)
        if delta is None:
            return not is_said(choice.text)
        if delta.tool_calls is not None or (choice.finish_reason and not self.calls.is_over(number)):
            return True
        if not self._older and (delta.function_call is not None or choice.finish_reason == "function_call"):
            return True
        return delta.role is not None if number in self._begun else delta.role != _ROLE

    def _mend(self, index: int, choice: PassingChoice, sent: dict[str, Any]) -> bool:
        if choice.delta is None and is_said(choice.text):
            return False
        before, reason = sent.get("delta"), sent.get("finish_reason")
        delta: dict[str, Any] = dict(before or {})
        if index not in self._begun:
            self._begun.add(index)
            if delta.get("role") != _ROLE:
                delta = {**delta, "role": _ROLE}
        elif "role" in delta:
            del delta["role"]
            self._repeats = True
        calls = list((choice.delta and choice.delta.tool_calls) or ())
        pieces: list[dict[str, Any]] = [dict(piece) for piece in delta.pop("tool_calls", None) or ()]
        if not self._older:
            older = choice.delta and choice.delta.function_call
            if older:
                calls.append(PassingCall(index=0, function=older))
                pieces.append({"index": 0, "function": delta.pop("function_call")})
            if reason == "function_call":
                sent["finish_reason"] = "tool_calls"
        if calls:
            self.calls.mend(index, calls, pieces)
        if reason:
            pieces += self.calls.end(index)
        if pieces:
            delta["tool_calls"] = pieces
        sent["delta"] = delta
        return delta != before or reason != sent.get("finish_reason")


def _number(place: int, choice: PassingChoice) -> int:
    return place if choice.index is None else choice.index
