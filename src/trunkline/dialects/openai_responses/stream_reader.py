"""Reads a streamed answer: https://platform.openai.com/docs/api-reference/responses-streaming.

Every piece of an answer is told twice or more: in deltas, in the ``done`` event of its part, of its item, and of the
answer. Servers that imitate the wire leave some of these out. So deltas are passed on as they come, and what no delta
has told is taken from the first event that tells it whole.
"""

from __future__ import annotations

from typing import Final

from trunkline.core.chat_events import (
    ChatEvent,
    CitationDelta,
    End,
    Failure,
    Start,
    Stop,
    TextDelta,
    UsageReport,
)
from trunkline.dialects.failure import MALFORMED
from trunkline.dialects.openai_failure import read_failure
from trunkline.dialects.openai_responses.citation import read_annotation
from trunkline.dialects.openai_responses.logprobs import read_logprobs
from trunkline.dialects.openai_responses.progress import Progress
from trunkline.dialects.openai_responses.status import read_status
from trunkline.dialects.openai_responses.usage import read_usage
from trunkline.dialects.openai_responses.wire import Answer, Event, Incomplete
from trunkline.dialects.raw_json import BROKEN_JSON, decode, is_said
from trunkline.dialects.spare_field import SparingDecoder
from trunkline.dialects.sse import EventReader, EventTooLarge

ENDED_EARLY: Final = "The provider ended the stream early."

_decode: Final = SparingDecoder(Event).decode
_decode_answer: Final = SparingDecoder(Answer).decode

_BEGUN: Final = frozenset({"response.created", "response.queued", "response.in_progress"})
_ENDED: Final = frozenset({"response.completed", "response.incomplete", "response.failed", "response.cancelled"})


class ResponsesStreamReader:
    """One stream. See :class:`~trunkline.dialects.dialect.StreamReader`."""

    __slots__ = ("_ended", "_progress", "_sse", "_started")

    def __init__(self) -> None:
        self._sse = EventReader()
        self._progress = Progress()
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
        """The body has ended. A last event without its blank line counts."""
        events: list[ChatEvent] = []
        if not self._ended and self._sse.pending:
            for piece in self._sse.feed(b"\n\n"):
                if not self._ended and decode(piece.data) is not None:
                    self._read(piece.data, piece.name, events)
        if not self._ended:
            self._fail(Failure(ENDED_EARLY, "malformed"), events)
        return events

    def _read(self, data: bytes, name: str, events: list[ChatEvent]) -> None:
        try:
            event = _decode(data)
            kind = event.type or name
            if kind == "response.output_text.delta":  # nearly every event
                if not self._started:
                    self._start(Answer(), events)
                self._text(event, events)
            else:
                self._take(kind, event, data, events)
        except BROKEN_JSON:
            if data.startswith(b"[DONE]"):  # which OpenAI does not send here, and others after the end
                self._fail(Failure(ENDED_EARLY, "malformed"), events)
            else:
                self._fail(Failure(MALFORMED, "malformed"), events)
            return
        if self._progress.overflown and not self._ended:
            self._fail(Failure(MALFORMED, "malformed"), events)

    def _text(self, event: Event, events: list[ChatEvent]) -> None:
        text = event.delta
        if text or event.logprobs:
            part = self._progress.text(event.output_index or 0, event.content_index or 0)
            events.append(TextDelta(text or "", logprobs=read_logprobs(event.logprobs), part=part))

    def _take(self, kind: str, event: Event, data: bytes, events: list[ChatEvent]) -> None:
        if kind == "error" or (not kind and is_said(event.error)):
            self._fail(read_failure(decode(data)), events)
            return
        if kind in _BEGUN:
            if not self._started:
                self._start(_decode_answer(event.response), events)
            return
        if kind in _ENDED:
            self._end(kind, _decode_answer(event.response), events)
            return
        if not self._started:
            self._start(Answer(), events)
        progress = self._progress
        output, content = event.output_index or 0, event.content_index or 0
        match kind:
            case "response.output_text.done":
                progress.text_done(output, content, event.text or "", read_logprobs(event.logprobs), events)
            case "response.output_text.annotation.added":
                citation = read_annotation(decode(event.annotation))
                if citation is not None:
                    events.append(CitationDelta(citation, part=progress.cite(output, content)))
            case "response.refusal.delta":
                progress.refuse(output, content, event.delta or "", events)
            case "response.refusal.done":
                progress.refusal_done(output, content, event.refusal or "", events)
            case "response.reasoning_summary_text.delta":
                place = event.summary_index or 0
                progress.think(output, place, event.delta or "", event.item_id, events, summary=True)
            case "response.reasoning_summary_text.done":
                place = event.summary_index or 0
                progress.thought(output, place, event.text or "", event.item_id, events, summary=True)
            case "response.reasoning_text.delta":
                progress.think(output, content, event.delta or "", event.item_id, events, summary=False)
            case "response.reasoning_text.done":
                progress.thought(output, content, event.text or "", event.item_id, events, summary=False)
            case "response.output_item.added":
                progress.item_added(output, event.item, events)
            case "response.output_item.done":
                progress.item_done(output, event.item, events)
            case "response.function_call_arguments.delta":
                progress.arguments(output, event.delta or "", events)
            case "response.function_call_arguments.done":
                progress.arguments_done(output, event.arguments or "", events)
            case _:
                pass

    def _start(self, wire: Answer, events: list[ChatEvent]) -> None:
        self._started = True
        events.append(Start(wire.id or "", wire.model or "", int(wire.created_at or 0), service_tier=wire.service_tier))

    def _end(self, kind: str, wire: Answer, events: list[ChatEvent]) -> None:
        usage = read_usage(wire.usage, wire.tool_usage)
        status = wire.status or kind.removeprefix("response.")
        if status in {"failed", "cancelled"} or is_said(wire.error):
            if usage is not None:
                events.append(UsageReport(usage))
            error = decode(wire.error) if is_said(wire.error) else None
            self._fail(read_failure(error), events)
            return
        if not self._started:
            self._start(wire, events)
        progress = self._progress
        if not progress.seen:
            for place, item in enumerate(wire.output or ()):
                progress.item_done(place, item, events)
        progress.end(events)
        reason = (wire.incomplete_details or Incomplete()).reason
        self._ended = True
        events.append(Stop(read_status(status, reason, calls=progress.calls, refused=progress.refused)))
        if usage is not None:
            events.append(UsageReport(usage))
        events.append(End())

    def _fail(self, failure: Failure, events: list[ChatEvent]) -> None:
        self._ended = True
        events.append(failure)
