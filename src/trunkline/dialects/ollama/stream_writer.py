"""Streamed answers written: one JSON object per line. Calls of tools come whole on this wire, so they are gathered."""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import JsonValue, StopReason, ToolCall, Usage
from trunkline.core.chat_events import (
    ChatEvent,
    End,
    Failure,
    ImageDelta,
    ReasoningDelta,
    RefusalDelta,
    Start,
    Stop,
    TextDelta,
    ToolCallDelta,
    ToolCallStart,
    UsageReport,
)
from trunkline.dialects.ollama.answer import write_extra, write_logprobs, write_stop, write_usage
from trunkline.dialects.ollama.response import write_answer_call
from trunkline.dialects.rfc3339 import write_time

_BREAKS: Final = ((b"\xc2\x85", b"\\u0085"), (b"\xe2\x80\xa8", b"\\u2028"), (b"\xe2\x80\xa9", b"\\u2029"))
"""Characters at which Python's clients end a line, besides those that JSON escapes. Go, in which Ollama is written,
escapes two of them: https://pkg.go.dev/encoding/json#Marshal."""


def write_line(data: bytes) -> bytes:
    """JSON as a line, whatever its reader takes for the end of one."""
    for raw, escaped in _BREAKS:
        if raw in data:
            data = data.replace(raw, escaped)
    return data + b"\n"


class OllamaWriter:
    """Implements :class:`~trunkline.dialects.dialect.StreamWriter`, for the first choice: the wire has only one."""

    __slots__ = ("_arguments", "_calls", "_extra", "_head", "_stop", "_usage")

    _opening = b',"message":'
    """What a line has between its head and what the model says."""

    def __init__(self, model: str) -> None:
        self._head = b""
        self._begin(model, 0)
        self._calls: dict[int, ToolCallStart] = {}
        self._arguments: dict[int, list[str]] = {}
        self._stop: StopReason = "stop"
        self._extra: dict[str, JsonValue] = {}
        self._usage: Usage | None = None

    def write(self, event: ChatEvent) -> bytes:
        """The bytes for one event."""
        if getattr(event, "choice", 0) != 0:
            return b""
        match event:
            case TextDelta():
                if not event.text and event.logprobs is None:
                    return b""
                fields: dict[str, JsonValue] = {}
                if event.logprobs is not None:
                    fields["logprobs"] = write_logprobs(event.logprobs)
                return self._flush(only_complete=True) + self._text(event.text, fields)
            case ReasoningDelta():
                if not event.text:
                    return b""
                return self._flush(only_complete=True) + self._line({"content": "", "thinking": event.text})
            case ToolCallStart():
                self._calls[event.index] = event
                self._arguments[event.index] = []
            case ToolCallDelta():
                if event.index in self._arguments:
                    self._arguments[event.index].append(event.arguments)
            case Start():
                self._begin(event.model, event.created)
                self._usage = event.usage
            case RefusalDelta() if event.text:
                return self._flush(only_complete=True) + self._text(event.text, {})
            case ImageDelta() if event.media.data is not None:
                return self._flush(only_complete=True) + self._line({"content": "", "images": [event.media.data]})
            case Stop():
                self._stop = event.reason
                self._extra = write_extra(event.extra)
                return self._flush(only_complete=False)
            case UsageReport():
                self._usage = event.usage
            case Failure():
                return write_line(msgspec.json.encode({"error": event.message}))
            case End():
                return self._end()
            case _:
                pass
        return b""

    def _begin(self, model: str, created: int) -> None:
        fields = {"model": model, "created_at": write_time(created)}
        self._head = msgspec.json.encode(fields)[:-1] + self._opening

    def _text(self, text: str, fields: dict[str, JsonValue]) -> bytes:
        if fields:
            return self._line({"content": text}, fields)
        return write_line(
            b'%b{"role":"assistant","content":%b},"done":false}' % (self._head, msgspec.json.encode(text))
        )

    def _line(self, message: dict[str, JsonValue], fields: dict[str, JsonValue] | None = None) -> bytes:
        body = msgspec.json.encode({"role": "assistant", **message})
        rest = msgspec.json.encode({"done": False, **(fields or {})})
        return write_line(self._head + body + b"," + rest[1:])

    def _flush(self, *, only_complete: bool) -> bytes:
        """The calls that were gathered; with ``only_complete`` those whose arguments may still grow stay."""
        calls: list[JsonValue] = []
        for index in sorted(self._calls):
            start = self._calls[index]
            arguments = "".join(self._arguments[index])
            if only_complete and not arguments:
                continue
            call = write_answer_call(ToolCall(start.id, start.name, arguments))
            if call is None and only_complete:
                continue
            if call is not None:
                calls.append(call)
            del self._calls[index], self._arguments[index]
        return self._line({"content": "", "tool_calls": calls}) if calls else b""

    def _end(self) -> bytes:
        fields: dict[str, JsonValue] = {"done": True, "done_reason": write_stop(self._stop)}
        if self._usage is not None:
            fields.update(write_usage(self._usage))
        fields.update(self._extra)
        return self._line({"content": ""}, fields)
