"""Reads a streamed answer: https://platform.openai.com/docs/api-reference/chat-streaming/streaming.

The ends of choices are told when the stream ends, with usage before ``End``: servers repeat ``finish_reason``, go on
after it, or say ``stop`` before the tool calls, so only the end of the stream tells what was the end of a choice.
"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import JsonValue, Usage
from trunkline.core.chat_events import (
    AudioDelta,
    ChatEvent,
    CitationDelta,
    End,
    Failure,
    ImageDelta,
    ReasoningDelta,
    RefusalDelta,
    Start,
    Stop,
    TextDelta,
    UsageReport,
)
from trunkline.dialects.failure import MALFORMED, find_lone_words
from trunkline.dialects.openai_chat.answer import read_citations, read_picture, read_signature
from trunkline.dialects.openai_chat.chunk import Chunk, ContentPiece, Delta, ReasoningDetail, WireChoice
from trunkline.dialects.openai_chat.finish import read_finish
from trunkline.dialects.openai_chat.logprobs import read_logprobs
from trunkline.dialects.openai_chat.tap import ENDED_EARLY
from trunkline.dialects.openai_chat.tool_calls import ToolCallReader
from trunkline.dialects.openai_chat.usage import read_usage
from trunkline.dialects.openai_failure import read_failure
from trunkline.dialects.raw_json import ABSENT, BROKEN_JSON, decode, is_said
from trunkline.dialects.spare_field import decode_spared
from trunkline.dialects.sse import EventReader, EventTooLarge

MAX_CHOICES: Final = 128
"""OpenAI's own limit of ``n``. A stream with more is malformed, so that memory is bounded."""

_decode: Final = msgspec.json.Decoder(Chunk).decode


class _Choice:
    """What the end of a choice depends on."""

    __slots__ = ("calls", "finish", "refused", "sequence")

    def __init__(self, index: int) -> None:
        self.calls = ToolCallReader(index)
        self.finish: str | None = None
        self.sequence: str | None = None
        self.refused = False


class ChatStreamReader:
    """One stream. See :class:`~trunkline.dialects.dialect.StreamReader`."""

    __slots__ = ("_choices", "_ended", "_sse", "_started", "_usage")

    def __init__(self) -> None:
        self._sse = EventReader()
        self._choices: dict[int, _Choice] = {}
        self._usage: Usage | None = None
        self._started = False
        self._ended = False

    def feed(self, data: bytes) -> list[ChatEvent]:
        """The events that ``data`` completes; none after the end."""
        events: list[ChatEvent] = []
        if self._ended:
            return events
        try:
            pieces = self._sse.feed(data)
        except EventTooLarge:
            self._fail(Failure(MALFORMED, "malformed"), events)
            return events
        for piece in pieces:
            self._read(piece.data, piece.name, events)
            if self._ended:
                break
        return events

    def close(self) -> list[ChatEvent]:
        """The body has ended.

        A last event without its blank line counts; so does an end without ``[DONE]`` when every choice had its reason.
        """
        if self._ended:
            return []
        events: list[ChatEvent] = []
        if self._sse.pending:
            for piece in self._sse.feed(b"\n\n"):
                if not self._ended and (piece.data.startswith(b"[DONE]") or decode(piece.data) is not None):
                    self._read(piece.data, piece.name, events)
        if self._ended:
            return events
        if self._choices and all(choice.finish for choice in self._choices.values()):
            self._end(events)
        else:
            self._fail(Failure(ENDED_EARLY, "malformed"), events)
        return events

    def _read(self, data: bytes, name: str, events: list[ChatEvent]) -> None:
        if data.startswith(b"[DONE]"):
            if self._started:
                self._end(events)
            else:
                self._fail(Failure(ENDED_EARLY, "malformed"), events)
            return
        try:
            chunk = _decode(data)
        except BROKEN_JSON:
            spared = decode_spared(data, Chunk)
            if spared is None:
                said: JsonValue = {"error": data.decode("utf-8", "replace")} if name == "error" else None
                self._fail(read_failure(said) if said else Failure(MALFORMED, "malformed"), events)
                return
            chunk = spared
        if (chunk.error is not ABSENT and is_said(chunk.error)) or name == "error" or chunk.object == "error":
            self._fail(read_failure(decode(data)), events)
            return
        if chunk.choices is None and chunk.object is None and find_lone_words(told := decode(data)) is not None:
            self._fail(read_failure(told), events)
            return
        usage = chunk.usage
        if usage is not ABSENT and is_said(usage):
            self._usage = read_usage(usage) or self._usage
        elif chunk.x_groq is not None and is_said(chunk.x_groq.usage):
            self._usage = read_usage(chunk.x_groq.usage) or self._usage
        # Azure begins with a chunk that has neither id nor choices, only the results of its prompt filter.
        if not self._started and (chunk.choices or chunk.id):
            self._started = True
            events.append(
                Start(str(chunk.id or ""), chunk.model or "", int(chunk.created or 0), service_tier=chunk.service_tier)
            )
        if chunk.choices:
            for place, wire in enumerate(chunk.choices):
                self._take(wire, place, events)

    def _take(self, wire: WireChoice, place: int, events: list[ChatEvent]) -> None:
        index = place if wire.index is None else wire.index
        choice = self._choices.get(index)
        if choice is None:
            if len(self._choices) >= MAX_CHOICES:
                self._fail(Failure(MALFORMED, "malformed"), events)
                return
            choice = self._choices[index] = _Choice(index)
        delta = wire.delta or wire.message
        if delta is not None:
            text = delta.content
            if type(text) is str and text and wire.logprobs is None and delta.extra_content is None:
                # Nearly every delta is text alone.
                if delta.reasoning_details or delta.reasoning_content or delta.reasoning:
                    _read_thoughts(delta, index, events)
                events.append(TextDelta(text, index))
            else:
                _read_thoughts(delta, index, events)
                _read_content(delta, wire, index, events)
            if delta.tool_calls is not None or delta.function_call is not None:
                choice.calls.feed(delta, events)
                if choice.calls.overflown:
                    self._fail(Failure(MALFORMED, "malformed"), events)
                    return
            if delta.refusal:
                choice.refused = True
                events.append(RefusalDelta(delta.refusal, index))
            if delta.images or delta.audio is not None or delta.annotations:
                _read_rest(delta, index, events)
        if wire.finish_reason and choice.finish is None:
            choice.finish = wire.finish_reason
            if isinstance(wire.stop_reason, str):
                choice.sequence = wire.stop_reason

    def _end(self, events: list[ChatEvent]) -> None:
        self._ended = True
        for index, choice in self._choices.items():
            choice.calls.end(events)
            reason = read_finish(choice.finish or "stop", tools=choice.calls.asked, refused=choice.refused)
            if reason == "stop" and choice.sequence is not None:
                events.append(Stop("stop_sequence", choice.sequence, index))
            else:
                events.append(Stop(reason, None, index))
        if not self._choices:
            events.append(Stop())
        if self._usage is not None:
            events.append(UsageReport(self._usage))
        events.append(End())

    def _fail(self, failure: Failure, events: list[ChatEvent]) -> None:
        self._ended = True
        if self._usage is not None:
            events.append(UsageReport(self._usage))
        events.append(failure)


def _read_thoughts(delta: Delta, index: int, events: list[ChatEvent]) -> None:
    if delta.reasoning_details:
        events.extend(event for detail in delta.reasoning_details if (event := _read_detail(detail, index)) is not None)
    elif text := delta.reasoning_content or delta.reasoning:
        events.append(ReasoningDelta(text, choice=index))


def _read_detail(detail: ReasoningDetail, choice: int) -> ReasoningDelta | None:
    part = detail.index or 0
    if detail.type == "reasoning.encrypted":
        return ReasoningDelta(redacted=detail.data or "", choice=choice, part=part, id=detail.id, format=detail.format)
    summary = detail.type == "reasoning.summary"
    text = (detail.summary if summary else detail.text) or ""
    if not text and detail.signature is None and detail.id is None:
        return None
    return ReasoningDelta(
        text, detail.signature, choice=choice, part=part, summary=summary, id=detail.id, format=detail.format
    )


def _read_content(delta: Delta, wire: WireChoice, index: int, events: list[ChatEvent]) -> None:
    """Content that is not just a text: an array, with log probabilities, or with what Google adds."""
    extra = delta.extra_content
    if isinstance(delta.content, list):
        for piece in delta.content:
            _read_piece(piece, index, events)
        return
    text = delta.content or ""
    if extra is not None and extra.google is not None and extra.google.thought:
        if text:
            events.append(ReasoningDelta(text, read_signature(extra), choice=index))
        return
    logprobs, signature = read_logprobs(wire.logprobs), read_signature(extra)
    if text or logprobs or signature:
        events.append(TextDelta(text, index, logprobs, signature))


def _read_piece(piece: ContentPiece, index: int, events: list[ChatEvent]) -> None:
    if piece.type == "thinking":
        if piece.thought:
            events.append(ReasoningDelta(piece.thought, choice=index))
    elif (media := read_picture(piece)) is not None:
        events.append(ImageDelta(media, index))
    elif piece.text:
        events.append(TextDelta(piece.text, index))


def _read_rest(delta: Delta, index: int, events: list[ChatEvent]) -> None:
    if delta.images:
        events.extend(ImageDelta(media, index) for image in delta.images if (media := read_picture(image)) is not None)
    sound = delta.audio
    if sound is not None:
        events.append(AudioDelta(sound.data or "", sound.transcript or "", sound.id, sound.expires_at, index))
    if delta.annotations:
        events.extend(CitationDelta(citation, index) for citation in read_citations(delta.annotations))
