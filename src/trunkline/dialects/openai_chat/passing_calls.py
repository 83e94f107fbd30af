"""Calls of an answer that passes, with what their server left out and OpenAI's SDKs need: an index and an id.

https://platform.openai.com/docs/api-reference/chat-streaming: the pieces of a call share an index, and the first has
the id that a result must name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from trunkline.dialects.made_id import MadeIds


class PassingFunction(msgspec.Struct, frozen=True):
    """What is called."""

    name: str | None = None


class PassingCall(msgspec.Struct, frozen=True):
    """A call, or a piece of one."""

    index: int | None = None
    id: str | None = None
    function: PassingFunction | None = None
    custom: PassingFunction | None = None

    @property
    def name(self) -> str:
        """Of the tool; empty in later pieces."""
        called = self.function or self.custom
        return (called.name or "") if called is not None else ""


class _Choice:
    __slots__ = ("begun", "known")

    def __init__(self) -> None:
        self.known: dict[str, int] = {}
        """The indexes of calls by their ids, in order."""
        self.begun: set[int] = set()


class PassingCalls:
    """The calls of one stream. A new id is a new call; what has neither index nor id goes on with the last, unless it
    brings a name when the last has one already."""

    __slots__ = ("_choices", "_ids", "ids_given")

    def __init__(self) -> None:
        self._choices: dict[int, _Choice] = {}
        self._ids = MadeIds()
        self.ids_given = False
        """Whether the server gives ids: a name that it repeats without one begins nothing then."""

    def mend(self, data: bytes, choices: Sequence[tuple[int, Sequence[PassingCall]]]) -> bytes | None:
        """The event with what is missing; None when nothing is. ``choices`` are the index and calls of each choice."""
        found: list[list[tuple[int, str]]] = []
        for index, calls in choices:
            known = self._choices.setdefault(index, _Choice())
            found.append([self._find(known, call) for call in calls])
        whole = all(
            (number, identity) == (call.index, call.id or "")
            for (_, calls), numbers in zip(choices, found, strict=True)
            for call, (number, identity) in zip(calls, numbers, strict=True)
        )
        if whole:
            return None
        wire: Any = msgspec.json.decode(data)
        for choice, numbers in zip(wire["choices"], found, strict=True):
            delta: Any = choice.get("delta") or {}
            pieces: list[Any] = delta.get("tool_calls") or []
            for piece, (number, identity) in zip(pieces, numbers, strict=True):
                piece["index"] = number
                if identity:
                    piece["id"] = identity
        return b"data: %b\n\n" % msgspec.json.encode(wire)

    def _find(self, choice: _Choice, call: PassingCall) -> tuple[int, str]:
        """Index and id of a piece; no id where none has to be told."""
        identity = call.id or ""
        self.ids_given = self.ids_given or bool(identity)
        last = next(reversed(choice.known.values()), 0)
        if call.index is not None:
            number = call.index
        elif identity or (call.name and last in choice.begun and not self.ids_given):
            number = choice.known.get(identity, len(choice.known))
        else:
            number = last
        if call.name and number not in choice.begun:
            choice.begun.add(number)
            if not self.ids_given:
                identity = self._ids.make(call.name)
        if identity:
            choice.known.setdefault(identity, number)
        return number, identity


def give_ids(body: bytes) -> bytes:
    """A whole answer with an id for each call that has none."""
    wire: Any = msgspec.json.decode(body)
    ids = MadeIds()
    for choice in wire["choices"]:
        message: Any = choice.get("message") or {}
        calls: list[Any] = message.get("tool_calls") or []
        for call in calls:
            called: Any = call.get("function") or call.get("custom") or {}
            call["id"] = call.get("id") or ids.make(called.get("name") or "")
            call.setdefault("type", "function" if "function" in call else "custom")
    return msgspec.json.encode(wire)
