"""Streamed answers read: ``streamGenerateContent?alt=sse``. https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent

Every event is a whole ``GenerateContentResponse`` with the next piece. There is no mark of the end, and some models
give a ``finishReason`` in every piece, so that a choice is complete only when the body ends.
"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import Audio, Image, JsonValue, LogProb, Opaque, Part, Reasoning, Text, ToolCall
from trunkline.core.chat_events import (
    AudioDelta,
    ChatEvent,
    CitationDelta,
    End,
    Failure,
    ImageDelta,
    OpaqueDelta,
    ReasoningDelta,
    Start,
    Stop,
    TextDelta,
    ToolCallDelta,
    ToolCallStart,
    UsageReport,
)
from trunkline.core.errors import InvalidInput
from trunkline.dialects.failure import MALFORMED, find_lone_words
from trunkline.dialects.gemini.call_ids import CallIds
from trunkline.dialects.gemini.candidate import read_candidate_extra
from trunkline.dialects.gemini.error import read_error_value
from trunkline.dialects.gemini.finish import read_finish
from trunkline.dialects.gemini.grounding import NO_SEARCHES, add_searches, count_searches, read_sources
from trunkline.dialects.gemini.logprobs import read_logprobs
from trunkline.dialects.gemini.part import read_part
from trunkline.dialects.gemini.response import is_blocked
from trunkline.dialects.gemini.usage import read_usage
from trunkline.dialects.gemini.wire import ANSWER, Answer, Candidate, UsageMetadata
from trunkline.dialects.made_id import MadeIds
from trunkline.dialects.raw_json import BROKEN_JSON, decode
from trunkline.dialects.rfc3339 import read_time
from trunkline.dialects.sse import EventReader, EventTooLarge

_KEPT: Final = 1024 * 1024
_CANDIDATES: Final = 128
_EARLY: Final = "The provider ended the stream early."


class _Choice:
    """What must be remembered of one candidate."""

    __slots__ = ("calls", "cited", "extra", "finish", "searches", "size", "texts")

    def __init__(self) -> None:
        self.finish: str | None = None
        self.extra: dict[str, JsonValue] = {}
        self.calls = 0
        self.searches = NO_SEARCHES
        self.texts: list[str] = []
        """The text so far, up to a limit: places of citations are told in its bytes."""
        self.size = 0
        self.cited: set[tuple[object, ...]] = set()


class GeminiReader:
    """Implements :class:`~trunkline.dialects.dialect.StreamReader`."""

    __slots__ = ("_blocked", "_choices", "_done", "_events", "_ids", "_images", "_started", "_usage")

    def __init__(self) -> None:
        self._events = EventReader()
        self._ids = CallIds(MadeIds())
        self._choices: dict[int, _Choice] = {}
        self._usage: UsageMetadata | None = None
        self._images = 0
        self._blocked = False
        self._started = False
        self._done = False

    def feed(self, data: bytes) -> list[ChatEvent]:
        """The events that ``data`` completes."""
        out: list[ChatEvent] = []
        if self._done:
            return out
        try:
            for event in self._events.feed(data):
                if event.data == b"[DONE]":
                    continue
                answer = ANSWER.decode(event.data)
                words = find_lone_words(decode(event.data)) if answer.candidates is None else None
                self._answer(answer if words is None else msgspec.structs.replace(answer, error=words), out)
                if self._done:
                    break
        except EventTooLarge:
            self._fail(out, "The provider sent an event that is too large.")
        except (*BROKEN_JSON, InvalidInput):
            self._fail(out, MALFORMED)
        return out

    def close(self) -> list[ChatEvent]:
        """The end of the body: the stops, the usage and :class:`End`, or a :class:`Failure` if it came too early."""
        out: list[ChatEvent] = []
        if self._done:
            return out
        if self._events.pending:
            # The last event may lack its blank line; or it was cut.
            out = self.feed(b"\n\n")
            if self._done:
                if out[-1] == Failure(MALFORMED, "malformed"):
                    out[-1] = Failure(_EARLY, "malformed")
                return out
        if self._blocked and not self._choices:
            choice = self._choices[0] = _Choice()
            choice.finish = "SAFETY"
        if not self._choices or any(choice.finish is None for choice in self._choices.values()):
            self._fail(out, _EARLY)
            return out
        for index, choice in self._choices.items():
            extra = {"gemini": choice.extra} if choice.extra else {}
            out.append(Stop(read_finish(choice.finish or "STOP", choice.calls > 0), choice=index, extra=extra))
        if self._usage is not None:
            searches = add_searches(choice.searches for choice in self._choices.values())
            out.append(UsageReport(read_usage(self._usage, self._images, searches)))
        out.append(End())
        self._done = True
        return out

    def _fail(self, out: list[ChatEvent], message: str) -> None:
        self._done = True
        out.append(Failure(message, "malformed"))

    def _answer(self, answer: Answer, out: list[ChatEvent]) -> None:
        if answer.error is not None:
            error = read_error_value(200, {"error": answer.error})
            self._done = True
            message = f"{error.message} {error.detail}" if error.detail else error.message
            out.append(Failure(message, error.kind, error.upstream_code))
            return
        if answer.usage_metadata is not None:
            self._usage = answer.usage_metadata
        if not self._started:
            self._started = True
            usage = None if self._usage is None else read_usage(self._usage)
            start = Start(answer.response_id or "", answer.model_version or "", read_time(answer.create_time), usage)
            if answer.prompt_feedback is not None:
                start = msgspec.structs.replace(start, extra={"gemini": {"promptFeedback": answer.prompt_feedback}})
            out.append(start)
        if is_blocked(answer):
            self._blocked = True
        if answer.candidates:
            for place, candidate in enumerate(answer.candidates):
                self._candidate(candidate, place if candidate.index is None else candidate.index, out)

    def _candidate(self, candidate: Candidate, index: int, out: list[ChatEvent]) -> None:
        choice = self._choices.get(index)
        if choice is None:
            if len(self._choices) >= _CANDIDATES:
                self._fail(out, "The provider sent more candidates than anyone asks for.")
                return
            choice = self._choices[index] = _Choice()
        content = candidate.content
        logprobs = None if candidate.logprobs_result is None else read_logprobs(candidate.logprobs_result)
        if content is not None and content.parts:
            for part in content.parts:
                text = part.get("text")
                if len(part) == 1 and isinstance(text, str):
                    # Nearly all parts are this.
                    if text or logprobs:
                        out.append(TextDelta(text, index, logprobs))
                        choice.size += len(text)
                        if choice.size <= _KEPT:
                            choice.texts.append(text)
                        logprobs = None
                else:
                    read = read_part(part, "", self._ids)
                    if read is not None:
                        self._part(read, part, choice, index, logprobs, out)
                        logprobs = None if isinstance(read, Text) else logprobs
        if candidate.finish_reason is not None and candidate.finish_reason != "FINISH_REASON_UNSPECIFIED":
            choice.finish = candidate.finish_reason
        extra = read_candidate_extra(candidate)
        if extra:
            choice.extra.update(extra)
        if candidate.grounding_metadata is not None or candidate.citation_metadata is not None:
            self._cite(candidate, choice, index, out)

    def _part(
        self,
        part: Part,
        raw: dict[str, JsonValue],
        choice: _Choice,
        index: int,
        logprobs: tuple[LogProb, ...] | None,
        out: list[ChatEvent],
    ) -> None:
        match part:
            case Text():
                out.append(TextDelta(part.text, index, logprobs, part.signature))
                choice.size += len(part.text)
                if choice.size <= _KEPT:
                    choice.texts.append(part.text)
            case Reasoning():
                out.append(
                    ReasoningDelta(part.text or "", part.signature, choice=index, summary=True, format=part.format)
                )
            case ToolCall():
                out.append(ToolCallStart(choice.calls, part.id, part.name, index, part.signature))
                out.append(ToolCallDelta(choice.calls, part.arguments, index))
                choice.calls += 1
            case Image():
                self._images += 1
                out.append(ImageDelta(part.media, index, part.signature))
            case Audio() if part.media.data is not None:
                out.append(AudioDelta(part.media.data, choice=index))
            case Opaque():
                out.append(OpaqueDelta(part.dialect, part.value))
            case _:
                # A document or a film: no delta is made for them, and only Gemini's own clients can take them.
                out.append(OpaqueDelta("gemini", raw))

    def _cite(self, candidate: Candidate, choice: _Choice, index: int, out: list[ChatEvent]) -> None:
        choice.searches = choice.searches.most(count_searches(candidate.grounding_metadata))
        text = "".join(choice.texts)
        choice.texts = [text]
        # Pieces repeat what they said before.
        for _, citation in read_sources(candidate.grounding_metadata, candidate.citation_metadata, {0: text}):
            key = (citation.url, citation.title, citation.quote, citation.start, citation.end)
            if key not in choice.cited and len(choice.cited) < 1024:
                choice.cited.add(key)
                out.append(CitationDelta(citation, index))
