"""Streamed answers written, as server-sent events (``alt=sse``) or, as the API does otherwise, as one JSON array.

Calls of tools come whole on this wire, so their arguments are gathered first. Reasons to stop and usage stand in the
last piece, whose text is empty: without any part the SDK's chats take the answer for invalid and forget the turn
(https://github.com/googleapis/python-genai, ``chats.py``).
"""

from __future__ import annotations

from typing import Final, assert_never

import msgspec

from trunkline.core.chat import (
    Audio,
    Citation,
    Image,
    JsonValue,
    Media,
    Opaque,
    Part,
    Reasoning,
    Refusal,
    StopReason,
    Text,
    ToolCall,
    Usage,
)
from trunkline.core.chat_events import (
    AudioDelta,
    ChatEvent,
    CitationDelta,
    End,
    Failure,
    ImageDelta,
    OpaqueDelta,
    ReasoningDelta,
    RefusalDelta,
    Start,
    Stop,
    TextDelta,
    ToolCallDelta,
    ToolCallStart,
    UsageReport,
)
from trunkline.dialects.gemini.candidate import has_sources
from trunkline.dialects.gemini.error import write_failure
from trunkline.dialects.gemini.finish import write_finish
from trunkline.dialects.gemini.grounding import write_grounding
from trunkline.dialects.gemini.logprobs import write_logprobs
from trunkline.dialects.gemini.response import BROKEN_CALL, write_answer_part
from trunkline.dialects.gemini.seal import is_ours
from trunkline.dialects.gemini.usage import write_usage
from trunkline.dialects.rfc3339 import write_time
from trunkline.dialects.sse import write_event

_PCM: Final = "audio/L16;codec=pcm;rate=24000"
"""What streamed sound is, with Gemini as with OpenAI; the neutral deltas do not say it."""

_KEPT: Final = 1024 * 1024


class _Call:
    __slots__ = ("arguments", "start")

    def __init__(self, start: ToolCallStart) -> None:
        self.start = start
        self.arguments: list[str] = []


class _Choice:
    """What one choice still owes its client."""

    __slots__ = ("calls", "citations", "extra", "size", "stop", "texts")

    def __init__(self) -> None:
        self.calls: dict[int, _Call] = {}
        self.citations: list[Citation] = []
        self.extra: dict[str, JsonValue] = {}
        self.texts: list[str] = []
        """The text so far, up to a limit: places of citations are told in its bytes."""
        self.size = 0
        self.stop: str | None = None


class GeminiWriter:
    """Implements :class:`~trunkline.dialects.dialect.StreamWriter`. ``array`` asks for the form without ``alt=sse``."""

    __slots__ = ("_array", "_choices", "_feedback", "_opened", "_tail", "_usage")

    def __init__(self, array: bool = False) -> None:
        self._array = array
        self._opened = False
        self._choices: dict[int, _Choice] = {}
        self._usage: Usage | None = None
        self._feedback: JsonValue = None
        self._tail = b"}"

    def write(self, event: ChatEvent) -> bytes:
        """The bytes for one event."""
        match event:
            case TextDelta():
                return self._text(event)
            case ReasoningDelta():
                return self._thought(event)
            case ToolCallStart():
                self._choice(event.choice).calls[event.index] = _Call(event)
                return b""
            case ToolCallDelta():
                call = self._choice(event.choice).calls.get(event.index)
                if call is not None:
                    call.arguments.append(event.arguments)
                return b""
            case Start():
                return self._start(event)
            case RefusalDelta():
                return self._part(Refusal(event.text), event.choice)
            case ImageDelta():
                return self._part(Image(event.media, signature=event.signature), event.choice)
            case AudioDelta():
                if not event.data:
                    return b""
                return self._part(Audio(Media(data=event.data, media_type=_PCM)), event.choice)
            case OpaqueDelta():
                return self._part(Opaque(event.dialect, event.value), 0)
            case CitationDelta():
                self._choice(event.choice).citations.append(event.citation)
                return b""
            case Stop():
                self._choice(event.choice).extra = event.extra.get("gemini", {})
                return self._stop(event.choice, event.reason)
            case UsageReport():
                self._usage = event.usage
                return b""
            case Failure():
                body = msgspec.json.encode(write_failure(event.kind, event.message, event.code))
                return self._frame(body) + (b"]" if self._array else b"")
            case End():
                return self._end()
            case _:
                assert_never(event)

    def _choice(self, index: int) -> _Choice:
        choice = self._choices.get(index)
        if choice is None:
            choice = self._choices[index] = _Choice()
        return choice

    def _start(self, event: Start) -> bytes:
        fields: dict[str, JsonValue] = {}
        if event.model:
            fields["modelVersion"] = event.model
        if event.id:
            fields["responseId"] = event.id
        if event.created:
            fields["createTime"] = write_time(event.created)
        if fields:
            self._tail = b"," + msgspec.json.encode(fields)[1:]
        self._usage = event.usage
        self._feedback = event.extra.get("gemini", {}).get("promptFeedback")
        return b""

    def _text(self, event: TextDelta) -> bytes:
        choice = self._choice(event.choice)
        before = self._flush(event.choice, only_complete=True) if choice.calls else b""
        choice.size += len(event.text)
        if choice.size <= _KEPT:
            choice.texts.append(event.text)
        if event.signature is not None or event.logprobs is not None:
            part = write_answer_part(Text(event.text, signature=event.signature))
            extra: dict[str, JsonValue] = {}
            if event.logprobs is not None:
                extra["logprobsResult"] = write_logprobs(event.logprobs)
            return before + self._candidate(event.choice, [part], extra)
        if not event.text:
            return before
        head = b'{"candidates":[{"content":{"parts":[{"text":%b}],"role":"model"},"index":%d}]'
        return before + self._frame(head % (msgspec.json.encode(event.text), event.choice) + self._tail)

    def _thought(self, event: ReasoningDelta) -> bytes:
        if not event.text and event.signature is None and event.redacted is None:
            return b""
        seal = Reasoning(None, event.signature, event.redacted, event.id, event.summary, event.format)
        if not event.text or is_ours(seal):
            return self._part(msgspec.structs.replace(seal, text=event.text or None), event.choice)
        # Another vendor's signature comes after all pieces of the text, also after the one that it came with: how it
        # is told from the signature of that piece alone when the client sends them back.
        text = self._part(Reasoning(event.text, summary=event.summary), event.choice)
        return text if seal.signature is None and seal.redacted is None else text + self._part(seal, event.choice)

    def _part(self, part: Part, index: int) -> bytes:
        written = write_answer_part(part)
        if written is None:
            return b""
        before = self._flush(index, only_complete=True) if self._choice(index).calls else b""
        return before + self._candidate(index, [written], {})

    def _flush(self, index: int, *, only_complete: bool) -> bytes:
        """The calls that were gathered; with ``only_complete`` those whose arguments may still grow stay."""
        choice = self._choice(index)
        parts: list[JsonValue] = []
        for number in sorted(choice.calls):
            call = choice.calls[number]
            arguments = "".join(call.arguments)
            if only_complete and not arguments:
                continue
            start = call.start
            part = write_answer_part(ToolCall(start.id, start.name, arguments, signature=start.signature))
            if part is not None:
                parts.append(part)
            elif only_complete:
                continue
            else:
                choice.stop = BROKEN_CALL
            del choice.calls[number]
        return self._candidate(index, parts, {}) if parts else b""

    def _stop(self, index: int, reason: StopReason) -> bytes:
        choice = self._choice(index)
        choice.stop = write_finish(reason)
        return self._flush(index, only_complete=False)

    def _end(self) -> bytes:
        candidates: list[JsonValue] = []
        for index, choice in sorted(self._choices.items()):
            last: dict[str, JsonValue] = {
                "content": {"parts": [{"text": ""}], "role": "model"},
                "finishReason": choice.stop or "STOP",
                "index": index,
                **choice.extra,
            }
            if not has_sources(choice.extra):
                grounding = write_grounding([(0, "".join(choice.texts), choice.citations)])
                if grounding is not None:
                    last["groundingMetadata"] = grounding
            candidates.append(last)
        fields: dict[str, JsonValue] = {}
        if self._feedback is not None:
            fields["promptFeedback"] = self._feedback
        if not (isinstance(self._feedback, dict) and self._feedback.get("blockReason") and not self._opened):
            fields["candidates"] = candidates
        if self._usage is not None:
            fields["usageMetadata"] = write_usage(self._usage)
        return self._frame(msgspec.json.encode(fields)[:-1] + self._tail) + (b"]" if self._array else b"")

    def _candidate(self, index: int, parts: list[JsonValue], extra: dict[str, JsonValue]) -> bytes:
        content: JsonValue = {"parts": parts, "role": "model"}
        fields: dict[str, JsonValue] = {"candidates": [{"content": content, **extra, "index": index}]}
        return self._frame(msgspec.json.encode(fields)[:-1] + self._tail)

    def _frame(self, body: bytes) -> bytes:
        mark = b",\r\n" if self._opened else b"["
        self._opened = True
        return mark + body if self._array else write_event(body)
