"""Listens to a stream that is relayed unchanged: only what accounting needs is read, everything else is bytes."""

from __future__ import annotations

from typing import Any

import msgspec

from trunkline.core.chat import Usage
from trunkline.core.heard import Listener
from trunkline.dialects.event_tap import ENDED_EARLY, EventTap
from trunkline.dialects.openai_chat.finish import WORDS, read_finish, rename_finish
from trunkline.dialects.openai_chat.hearing import hear_choices
from trunkline.dialects.openai_chat.usage import read_usage
from trunkline.dialects.openai_failure import MALFORMED, read_failure
from trunkline.dialects.raw_json import ABSENT, decode, is_said

__all__ = ["ENDED_EARLY", "StreamTap"]


class _TapCall(msgspec.Struct, frozen=True):
    index: int | None = None
    id: str | None = None


class _TapDelta(msgspec.Struct, frozen=True):
    tool_calls: list[_TapCall] | None = None


class _TapChoice(msgspec.Struct, frozen=True):
    index: int | None = None
    delta: _TapDelta | None = None
    finish_reason: str | None = None


class _Groq(msgspec.Struct, frozen=True):
    usage: msgspec.Raw = ABSENT


class _TapChunk(msgspec.Struct, frozen=True):
    model: str | None = None
    object: str | None = None
    choices: list[_TapChoice] | None = None
    usage: msgspec.Raw = ABSENT
    x_groq: _Groq | None = None
    error: msgspec.Raw = ABSENT


_decoder = msgspec.json.Decoder(_TapChunk)


class StreamTap(EventTap):
    """Implements :class:`~trunkline.dialects.passthrough.Tap`: ``done`` says whether ``[DONE]`` came.

    With ``strip_usage`` the chunk that only tells usage (empty ``choices``) is left out: the client did not ask for it.
    """

    __slots__ = ("_calls", "_strip_usage", "usage")

    MALFORMED = MALFORMED

    def __init__(self, *, strip_usage: bool = False) -> None:
        super().__init__()
        self._strip_usage = strip_usage
        self._calls: dict[int, dict[str, int]] = {}
        """The calls of each choice that came without an index, by their ids, in order."""
        self.usage: Usage | None = None

    def _is_ordinary(self, data: bytes) -> bool:
        # Within JSON text a quote is escaped, so a name with its quotes can only be a name (or a whole string that is
        # equal to it, which costs a parse and nothing else).
        return (
            # Each choice and each call has its index, which some servers leave out.
            (
                b'"tool_calls"' not in data
                or data.count(b'"index"') >= data.count(b'"delta"') + data.count(b'"function"')
            )
            and data.count(b'"finish_reason"')
            == data.count(b'"finish_reason":null') + data.count(b'"finish_reason": null')
            and b"[DONE]" not in data
            and b'error"' not in data
            and b"event:" not in data
            and (
                b'"usage"' not in data
                or data.count(b'"usage"') == data.count(b'"usage":null') + data.count(b'"usage": null')
            )
        )

    def _hear(self, data: bytes, listener: Listener) -> None:
        if not data.startswith(b"[DONE]"):
            hear_choices(data, listener)

    def _read(self, data: bytes, name: str) -> bool:
        if data.startswith(b"[DONE]"):
            self.done = self._holding = True
            return True
        chunk = _decoder.decode(data)
        self._first = False
        if is_said(chunk.error) or name == "error" or chunk.object == "error":
            self._fail(read_failure(decode(data)))
            return True
        self.begun = True
        if chunk.model:
            self.model = chunk.model
        raw = chunk.usage
        if not is_said(raw) and chunk.x_groq is not None:
            raw = chunk.x_groq.usage
        usage = read_usage(raw)
        if usage is not None:
            self.usage = usage
        self._number(data, chunk.choices or [])
        for choice in chunk.choices or ():
            if choice.finish_reason and choice.finish_reason not in WORDS:
                self._mended = rename_finish(self._mended or b"data: %b\n\n" % data)
            if choice.finish_reason:
                self._holding = True
                self.stops.setdefault(choice.index or 0, read_finish(choice.finish_reason, tools=False, refused=False))
        if self._strip_usage and usage is not None and not chunk.choices:
            self._mended = None
        return not (self._strip_usage and usage is not None and not chunk.choices)

    def _number(self, data: bytes, choices: list[_TapChoice]) -> None:
        """Gives calls the index that their server left out, and without which OpenAI's SDKs raise: a new id is a new
        call, and what has none belongs to the last (https://platform.openai.com/docs/api-reference/chat-streaming)."""
        found: list[list[int]] = []
        for place, choice in enumerate(choices):
            calls = choice.delta.tool_calls if choice.delta is not None else None
            known = self._calls.setdefault(place if choice.index is None else choice.index, {})
            numbers: list[int] = []
            for call in calls or ():
                name = call.id or next(reversed(known), "")
                number = known.setdefault(name, len(known)) if call.index is None else call.index
                if call.index is not None and call.id:
                    known.setdefault(call.id, call.index)
                numbers.append(number)
            found.append(numbers)
        if all(call.index is not None for c in choices if c.delta is not None for call in c.delta.tool_calls or ()):
            return
        wire: Any = msgspec.json.decode(data)
        for choice, numbers in zip(wire["choices"], found, strict=True):
            delta: Any = choice.get("delta") or {}
            for call, number in zip(delta.get("tool_calls") or (), numbers, strict=True):
                call["index"] = number
        self._mended = b"data: %b\n\n" % msgspec.json.encode(wire)
