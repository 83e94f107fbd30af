"""Listens to a stream that is relayed unchanged: only what accounting needs is read, everything else is bytes.

https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent: there is no mark of the end, so an
answer is complete when the body ends and every candidate has its ``finishReason``. Some models give one in every piece;
then the whole answer is held, as nobody can tell which is the last.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from trunkline.core.chat import JsonObject, JsonValue, Usage
from trunkline.core.chat_events import Failure
from trunkline.core.heard import Heard, Listener
from trunkline.core.usage_bound import believe
from trunkline.dialects.event_edit import edit_events
from trunkline.dialects.event_tap import EventTap
from trunkline.dialects.failure import find_lone_words
from trunkline.dialects.gemini.error import read_error_value
from trunkline.dialects.gemini.finish import read_finish
from trunkline.dialects.gemini.grounding import NO_SEARCHES, Searches, add_searches, count_searches
from trunkline.dialects.gemini.usage import read_usage
from trunkline.dialects.gemini.wire import UsageMetadata
from trunkline.dialects.raw_json import ABSENT, BROKEN_JSON, decode
from trunkline.dialects.spare_field import SparingDecoder
from trunkline.dialects.sse import EventReader, EventTooLarge, write_event

_CANDIDATES: Final = 128

_ABSURD: Final = re.compile(rb'TokenCount"\s*:\s*\d{9}')
"""A figure that no call can have: see :mod:`trunkline.core.usage_bound`."""

_SPECIAL: Final = (
    b'"finishReason"',
    b'error"',
    b"event:",
    b'"promptFeedback"',
    b'Data"',
    b'"groundingMetadata"',
    b'"detail"',
    b'"message"',
)
"""What an ordinary piece does not hold: ``Data"`` ends the names of all media. Within JSON text a quote is escaped, so
these can only be names, or texts that cost a parse."""


class Medium(msgspec.Struct, frozen=True, rename="camel"):
    """Bytes within a part, or where they are."""

    mime_type: str | None = None


class TappedCall(msgspec.Struct, frozen=True):
    """A call of a tool."""

    name: str | None = None
    args: msgspec.Raw = ABSENT


class PicturePart(msgspec.Struct, frozen=True, rename="camel"):
    """A part, looked at for a picture and for words."""

    inline_data: Medium | None = None
    file_data: Medium | None = None
    text: str | None = None
    function_call: TappedCall | None = None


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


ANSWER: Final = SparingDecoder(TappedAnswer)
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


def hear_content(content: msgspec.Raw, listener: Listener) -> None:
    """Give the words of a turn to ``listener``. Raises what decoding raises."""
    if content == ABSENT:
        return
    for part in _content.decode(content).parts or ():
        listener.add(part.text or "")
        if part.function_call is not None:
            listener.call(part.function_call.name or "")
            listener.add(bytes(part.function_call.args).decode("utf-8", "replace"))


def _forget_usage(piece: JsonObject) -> bool:
    return piece.pop("usageMetadata", None) is not None


def read_answer_error(error: JsonValue) -> Failure:
    """What an error that came with status 200 tells."""
    read = read_error_value(200, {"error": error})
    message = f"{read.message} {read.detail}" if read.detail else read.message
    return Failure(message, read.kind, read.upstream_code)


class StreamTap(EventTap):
    """Implements :class:`~trunkline.dialects.passthrough.Tap`: ``done`` is said by ``close``, as the wire has no end.

    Every piece tells the usage so far, and is read for it only when somebody asks.
    """

    __slots__ = ("_latest", "_metadata", "_open", "_pictures", "_searches")

    _always_speaks = True

    def __init__(self) -> None:
        super().__init__()
        self._latest = b""
        self._metadata: UsageMetadata | None = None
        self._pictures = 0
        self._searches: dict[int, Searches] = {}
        self._open: set[int] = set()

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
        return read_usage(self._metadata, self._pictures, add_searches(self._searches.values()))

    @property
    def complete(self) -> bool:
        """Whether every candidate that has begun has its reason to stop."""
        return self.error is None and bool(self.stops) and not self._open

    @property
    def heard(self) -> Heard:
        """What was said so far."""
        return msgspec.structs.replace(super().heard, pictures=self._pictures)

    def close(self) -> None:
        """The body has ended, and with it the answer, if nothing is missing."""
        super().close()
        self.done = self.complete

    def _hear(self, data: bytes, listener: Listener) -> None:
        for candidate in ANSWER.decode(data).candidates or ():
            hear_content(candidate.content, listener)

    def _is_ordinary(self, data: bytes) -> bool:
        for name in _SPECIAL:
            if name in data:
                return False
        if _ABSURD.search(data):
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
        words = find_lone_words(decode(data)) if answer.candidates is None else None
        if words is not None:
            # Clients do not know it for an error.
            self._fail(read_answer_error(words))
            self._keep_back()
            return False
        self.begun = True
        if answer.model_version:
            self.model = answer.model_version
        if answer.usage_metadata is not None:
            if believe(read_usage(answer.usage_metadata)) is None:
                self._mended = edit_events(write_event(data, name), _forget_usage)
            else:
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
        found = count_searches(candidate.grounding_metadata)
        self._searches[index] = self._searches.get(index, NO_SEARCHES).most(found)
        reason = candidate.finish_reason
        if reason is not None and reason != "FINISH_REASON_UNSPECIFIED":
            self._holding = True
            self._open.discard(index)
            self.stops[index] = read_finish(reason, called=False)
