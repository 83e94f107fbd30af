"""A chat whose client is told how long its answer took: Ollama's, in nanoseconds.

https://github.com/ollama/ollama/blob/main/docs/api.md#conventions. What an Ollama that answers has measured itself goes
before: its durations are of the model alone.
"""

from __future__ import annotations

from time import monotonic_ns

import msgspec

from trunkline.core.chat import ChatRequest, ChatResponse, JsonValue
from trunkline.core.chat_events import ChatEvent, ReasoningDelta, Stop, TextDelta, ToolCallStart
from trunkline.dialects.dialect import Dialect, StreamWriter
from trunkline.gateway.exchanges.chat import Chat

_Extra = dict[str, dict[str, JsonValue]]


class TimedChat(Chat):
    """One such call, which begins when it is made."""

    __slots__ = ("_begun",)

    def __init__(self, dialect: Dialect, body: bytes) -> None:
        super().__init__(dialect, body)
        self._begun = monotonic_ns()

    def make_writer(self, request: ChatRequest) -> StreamWriter:
        """See :class:`Chat`."""
        return _TimingWriter(super().make_writer(request), self._begun)

    def write_answer(self, answer: ChatResponse) -> bytes:
        """See :class:`Chat`. When the first token came cannot be told of an answer in one piece."""
        extra = _add(answer.extra, {"total_duration": monotonic_ns() - self._begun})
        return super().write_answer(msgspec.structs.replace(answer, extra=extra))


class _TimingWriter:
    """Implements :class:`~trunkline.dialects.dialect.StreamWriter`."""

    __slots__ = ("_begun", "_first", "_writer")

    def __init__(self, writer: StreamWriter, begun: int) -> None:
        self._writer = writer
        self._begun = begun
        self._first: int | None = None

    def write(self, event: ChatEvent) -> bytes:
        """The bytes for one event."""
        match event:
            case Stop():
                now = monotonic_ns()
                first = now if self._first is None else self._first
                durations: dict[str, JsonValue] = {
                    "total_duration": now - self._begun,
                    "prompt_eval_duration": first - self._begun,
                    "eval_duration": now - first,
                }
                event = msgspec.structs.replace(event, extra=_add(event.extra, durations))
            case TextDelta() | ReasoningDelta() | ToolCallStart() if self._first is None:
                self._first = monotonic_ns()
            case _:
                pass
        return self._writer.write(event)


def _add(extra: _Extra, durations: dict[str, JsonValue]) -> _Extra:
    own = extra.get("ollama", {})
    return extra if own.get("total_duration") else {**extra, "ollama": {**own, **durations}}
