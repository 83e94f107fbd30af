"""Streamed answers read: one JSON object per line, the last with ``done`` true.

https://github.com/ollama/ollama/blob/main/docs/api.md#chat-request-streaming
"""

from __future__ import annotations

from typing import Final

from trunkline.core.chat import Image, Reasoning, Text, ToolCall
from trunkline.core.chat_events import (
    ChatEvent,
    End,
    Failure,
    ImageDelta,
    ReasoningDelta,
    Start,
    Stop,
    TextDelta,
    ToolCallDelta,
    ToolCallStart,
    UsageReport,
)
from trunkline.dialects.made_id import MadeIds
from trunkline.dialects.ndjson import LineReader, LineTooLarge
from trunkline.dialects.ollama.answer import read_extra, read_logprobs, read_stop, read_usage
from trunkline.dialects.ollama.call_ids import CallIds
from trunkline.dialects.ollama.error import read_failure
from trunkline.dialects.ollama.message import read_parts
from trunkline.dialects.ollama.wire import ANSWER, Answer, AnswerMessage
from trunkline.dialects.raw_json import BROKEN_JSON
from trunkline.dialects.rfc3339 import read_time

_EARLY: Final = "The provider ended the stream early."
_NONSENSE: Final = "The provider sent something that is not Ollama's format."


class OllamaReader:
    """Implements :class:`~trunkline.dialects.dialect.StreamReader`."""

    __slots__ = ("_calls", "_done", "_ids", "_lines")

    def __init__(self) -> None:
        self._lines = LineReader()
        self._ids: CallIds | None = None
        self._calls = 0
        self._done = False

    def feed(self, data: bytes) -> list[ChatEvent]:
        """The events that ``data`` completes."""
        out: list[ChatEvent] = []
        if not self._done:
            try:
                self._read(self._lines.feed(data), out)
            except LineTooLarge:
                self._fail(out, "The provider sent a line that is too large.")
        return out

    def close(self) -> list[ChatEvent]:
        """The end of the body: a :class:`Failure` unless the last line said ``done``."""
        out: list[ChatEvent] = []
        if not self._done:
            # The last line may lack its end; or it was cut.
            self._read(self._lines.close(), out)
            if not self._done:
                self._fail(out, _EARLY)
            elif out[-1] == Failure(_NONSENSE, "malformed"):
                out[-1] = Failure(_EARLY, "malformed")
        return out

    def _fail(self, out: list[ChatEvent], message: str) -> None:
        self._done = True
        out.append(Failure(message, "malformed"))

    def _read(self, lines: list[bytes], out: list[ChatEvent]) -> None:
        for line in lines:
            try:
                answer = self._decode(line)
            except BROKEN_JSON:
                self._fail(out, _NONSENSE)
                return
            self._answer(answer, out)
            if self._done:
                return

    def _decode(self, line: bytes) -> Answer:
        return ANSWER.decode(line)

    def _answer(self, answer: Answer, out: list[ChatEvent]) -> None:
        if answer.error is not None:
            error = read_failure(answer.status, answer.error)
            self._done = True
            out.append(Failure(error.words, error.kind))
            return
        if self._ids is None:
            self._ids = CallIds(MadeIds())
            out.append(Start(model=answer.model or "", created=read_time(answer.created_at)))
        message = answer.message
        if message is not None:
            if message.content and not message.thinking and not message.tool_calls and not message.images:
                # Nearly all lines are this.
                logprobs = None if answer.logprobs is None else read_logprobs(answer.logprobs)
                out.append(TextDelta(message.content, logprobs=logprobs))
            else:
                self._message(message, answer, self._ids, out)
        if answer.done:
            self._done = True
            out.append(Stop(read_stop(answer.done_reason, self._calls > 0), extra=read_extra(answer)))
            usage = read_usage(answer)
            if usage is not None:
                out.append(UsageReport(usage))
            out.append(End())

    def _message(self, message: AnswerMessage, answer: Answer, ids: CallIds, out: list[ChatEvent]) -> None:
        for part in read_parts(message, ids):
            match part:
                case Text():
                    logprobs = None if answer.logprobs is None else read_logprobs(answer.logprobs)
                    out.append(TextDelta(part.text, logprobs=logprobs))
                case Reasoning():
                    out.append(ReasoningDelta(part.text or ""))
                case ToolCall():
                    out.append(ToolCallStart(self._calls, part.id, part.name))
                    out.append(ToolCallDelta(self._calls, part.arguments))
                    self._calls += 1
                case Image():
                    out.append(ImageDelta(part.media))
                case _:
                    pass
