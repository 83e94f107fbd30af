"""Listens to a stream that is relayed unchanged: only what accounting needs is read, everything else is bytes.

https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent: there is no mark of the end, so an
answer is complete when the body ends and every candidate has its ``finishReason``. Some models give one in every piece;
then the whole answer is held, as nobody can tell which is the last.
"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import JsonValue, Usage
from trunkline.core.chat_events import Failure
from trunkline.dialects.event_tap import EventTap
from trunkline.dialects.gemini.error import read_error_value
from trunkline.dialects.gemini.finish import read_finish
from trunkline.dialects.gemini.grounding import count_searches
from trunkline.dialects.gemini.usage import read_usage
from trunkline.dialects.gemini.wire import UsageMetadata
from trunkline.dialects.raw_json import ABSENT, BROKEN_JSON, decode
from trunkline.dialects.sse import EventReader, EventTooLarge

_FRAME: Final = 180
"""Bytes of a piece that tells no usage, without its text: the names around it."""

_TOKEN: Final = 4
"""Bytes of a token of English."""

_CANDIDATES: Final = 128

_SPECIAL: Final = (b'"finishReason"', b'error"', b"event:", b'"promptFeedback"', b'Data"', b'"groundingMetadata"')
"""What an ordinary piece does not hold: ``Data"`` ends the names of all media. Within JSON text a quote is escaped, so
these can only be names, or texts that cost a parse."""


class Medium(msgspec.Struct, frozen=True, rename="camel"):
    """Bytes within a part, or where they are."""

    mime_type: str | None = None


class PicturePart(msgspec.Struct, frozen=True, rename="camel"):
    """A part, looked at for a picture."""

    inline_data: Medium | None = None
    file_data: Medium | None = None


class PictureContent(msgspec.Struct, frozen=True):
    """A turn, looked at for pictures."""

    parts: list[PicturePart] | None = None


class TappedCandidate(msgspec.Struct, frozen=True, rename="camel"):
    """One candidate."""

    index: int | None = None
    finish_reason: str | None = None
    content: msgspec.Raw = ABSENT
    grounding_metadata: dict[str, JsonValue] | None = None


class TappedAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """A whole answer, or a piece of one, as far as accounting needs it."""

    candidates: list[TappedCandidate] | None = None
    usage_metadata: UsageMetadata | None = None
    model_version: str | None = None
    prompt_feedback: dict[str, JsonValue] | None = None
    error: JsonValue = None

    @property
    def blocked(self) -> bool:
        """Whether the prompt was refused, which the answer says instead of giving candidates."""
        return self.prompt_feedback is not None and self.prompt_feedback.get("blockReason") is not None


ANSWER: Final = msgspec.json.Decoder(TappedAnswer)
_content: Final = msgspec.json.Decoder(PictureContent)


def count_pictures(content: msgspec.Raw) -> int:
    """How many pictures a turn holds, which are paid for."""
    if content == ABSENT:
        return 0
    try:
        parts = _content.decode(content).parts or ()
    except BROKEN_JSON:
        return 0
    media = (part.inline_data or part.file_data for part in parts)
    return sum(medium is not None and (medium.mime_type or "").startswith("image/") for medium in media)


def read_answer_error(error: JsonValue) -> Failure:
    """What an error that came with status 200 tells."""
    read = read_error_value(200, {"error": error})
    message = f"{read.message} {read.detail}" if read.detail else read.message
    return Failure(message, read.kind, read.upstream_code)


class StreamTap(EventTap):
    """Implements :class:`~trunkline.dialects.passthrough.Tap`: ``done`` is said by ``close``, as the wire has no end.

    Every piece tells the usage so far, and is read for it only when somebody asks.
    """

    __slots__ = ("_latest", "_metadata", "_open", "_pictures", "_searches", "_size_forwarded")

    MALFORMED = "The provider sent something that is not Gemini's format."

    def __init__(self) -> None:
        super().__init__()
        self._latest = b""
        self._metadata: UsageMetadata | None = None
        self._pictures = 0
        self._searches: dict[int, int] = {}
        self._open: set[int] = set()
        self._size_forwarded = 0

    @property
    def usage(self) -> Usage | None:
        """What the provider told so far."""
        if self._latest:
            latest, self._latest = self._latest, b""
            try:
                for event in EventReader().feed(latest):
                    self._metadata = ANSWER.decode(event.data).usage_metadata or self._metadata
            except (EventTooLarge, *BROKEN_JSON):
                pass  # it was not looked at when it passed, and the next one may tell
        if self._metadata is None:
            return None
        return read_usage(self._metadata, self._pictures, sum(self._searches.values()))

    @property
    def complete(self) -> bool:
        """Whether every candidate that has begun has its reason to stop."""
        return self.error is None and bool(self.stops) and not self._open

    @property
    def output(self) -> int:
        """Tokens forwarded: a piece holds one or more, which its size tells."""
        return max(self._events, (self._size_forwarded - self._events * _FRAME) // _TOKEN)

    def close(self) -> None:
        """The body has ended, and with it the answer, if nothing is missing."""
        super().close()
        self.done = self.complete

    def _count(self, data: bytes) -> None:
        self._events += data.count(b"data:")
        self._size_forwarded += len(data)

    def _is_ordinary(self, data: bytes) -> bool:
        for name in _SPECIAL:
            if name in data:
                return False
        # Whether a second candidate has begun, whose end must be waited for.
        return b'"index"' not in data or data.count(b'"index"') == data.count(b'"index": 0') + data.count(b'"index":0')

    def _skip(self, data: bytes) -> None:
        self.begun = True
        if b'"usageMetadata"' in data:
            self._latest = data

    def _read(self, data: bytes, name: str) -> bool:
        if data == b"[DONE]":
            # Not of this wire, but some servers that speak several end every stream so.
            return True
        answer = ANSWER.decode(data)
        self._first = False
        if answer.error is not None or name == "error":
            self._fail(read_answer_error(decode(data) if answer.error is None else answer.error))
            return True
        self.begun = True
        if answer.model_version:
            self.model = answer.model_version
        if answer.usage_metadata is not None:
            self._metadata = answer.usage_metadata
            self._latest = b""
        if answer.blocked and not self._open:
            self._holding = True
            self.stops.setdefault(0, "content_filter")
        for place, candidate in enumerate(answer.candidates or ()):
            self._note(candidate, place if candidate.index is None else candidate.index)
        return True

    def _note(self, candidate: TappedCandidate, index: int) -> None:
        if index not in self.stops:
            if len(self._open) + len(self.stops) >= _CANDIDATES:
                self._break()
                return
            self._open.add(index)
        self._pictures += count_pictures(candidate.content)
        self._searches[index] = max(self._searches.get(index, 0), count_searches(candidate.grounding_metadata))
        reason = candidate.finish_reason
        if reason is not None and reason != "FINISH_REASON_UNSPECIFIED":
            self._holding = True
            self._open.discard(index)
            self.stops[index] = read_finish(reason, called=False)
