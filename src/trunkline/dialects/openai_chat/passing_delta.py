"""Deltas of a stream that passes, as OpenAI's SDKs put them together.

The role comes once, in the first delta of a choice: where it comes with every delta, they make ``assistantassistant``
of it, and the next turn is refused. Lists that hold nothing are kept too (``[] is too short -
'messages.1.tool_calls'``), and a delta that is none ends in a fault.
https://github.com/openai/openai-python/blob/main/src/openai/lib/streaming/_deltas.py
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.dialects.openai_chat.passing_calls import PassingCall, PassingCalls
from trunkline.dialects.raw_json import ABSENT, is_said


class PassingDelta(msgspec.Struct, frozen=True):
    """What must be known of one."""

    role: JsonValue = None
    tool_calls: list[PassingCall] | None = None


class PassingChoice(msgspec.Struct, frozen=True):
    """One choice of a chunk."""

    index: int | None = None
    delta: PassingDelta | None = None
    text: msgspec.Raw = ABSENT
    """What a completion has in the place of a delta."""
    finish_reason: str | None = None


class PassingDeltas:
    """The deltas of one stream."""

    __slots__ = ("_begun", "calls")

    def __init__(self) -> None:
        self._begun: set[int] = set()
        self.calls = PassingCalls()

    def mend(self, data: bytes, choices: Sequence[PassingChoice] | None) -> bytes | None:
        """The event with what is missing and without what is too much; None where that is nothing. ``choices`` are
        None where the chunk has no such list."""
        if choices is not None and not any(self._is_odd(place, one) for place, one in enumerate(choices)):
            self._begun.update(_number(place, one) for place, one in enumerate(choices) if one.delta and one.delta.role)
            return None
        wire: Any = msgspec.json.decode(data)
        changed = choices is None
        wire["choices"] = wire.get("choices") or []
        for place, (choice, sent) in enumerate(zip(choices or (), wire["choices"], strict=True)):
            changed = self._mend(_number(place, choice), choice, sent) or changed
        return b"data: %b\n\n" % msgspec.json.encode(wire) if changed else None

    def _is_odd(self, place: int, choice: PassingChoice) -> bool:
        delta = choice.delta
        if delta is None and is_said(choice.text):
            return False
        if delta is None or delta.tool_calls is not None:
            return True
        return delta.role is not None and _number(place, choice) in self._begun

    def _mend(self, index: int, choice: PassingChoice, sent: dict[str, Any]) -> bool:
        delta: dict[str, Any] = dict(sent.get("delta") or {})
        if index in self._begun:
            delta.pop("role", None)
        elif delta.get("role"):
            self._begun.add(index)
        calls = choice.delta.tool_calls if choice.delta is not None else None
        changed = False
        if calls:
            changed = self.calls.mend(index, calls, delta["tool_calls"])
        elif "tool_calls" in delta:
            del delta["tool_calls"]
        changed = changed or delta != sent.get("delta")
        sent["delta"] = delta
        return changed


def _number(place: int, choice: PassingChoice) -> int:
    return place if choice.index is None else choice.index
