"""Listens to a stream that is relayed unchanged: only what accounting needs is read, everything else is bytes."""

from __future__ import annotations

import msgspec

from trunkline.core.chat import JsonObject, JsonValue, Usage
from trunkline.core.heard import Listener
from trunkline.core.terms import note_tier
from trunkline.core.usage_bound import believe
from trunkline.dialects.event_edit import edit_events
from trunkline.dialects.event_likeness import Likeness
from trunkline.dialects.event_tap import ENDED_EARLY, EventTap
from trunkline.dialects.failure import find_lone_words
from trunkline.dialects.openai_chat.chunked_content import flatten, has_chunks
from trunkline.dialects.openai_chat.finish import WORDS, read_finish, rename_finish
from trunkline.dialects.openai_chat.hearing import hear_choices
from trunkline.dialects.openai_chat.passing_delta import PassingChoice, PassingDeltas
from trunkline.dialects.openai_chat.usage import read_usage
from trunkline.dialects.openai_failure import read_failure
from trunkline.dialects.raw_json import ABSENT, decode, is_said
from trunkline.dialects.spare_field import SparingDecoder
from trunkline.dialects.sse import write_event

__all__ = ["ENDED_EARLY", "StreamTap"]


class _Groq(msgspec.Struct, frozen=True):
    usage: msgspec.Raw = ABSENT


class _TapChunk(msgspec.Struct, frozen=True):
    model: str | None = None
    object: str | None = None
    choices: list[PassingChoice] | None = None
    usage: msgspec.Raw = ABSENT
    x_groq: _Groq | None = None
    service_tier: JsonValue = None
    error: msgspec.Raw = ABSENT


_decoder = SparingDecoder(_TapChunk)


def _forget_usage(chunk: JsonObject) -> bool:
    """Takes out what a server tells of usage and cannot be: the end tells what was counted here."""
    chunk["usage"] = None
    chunk.pop("x_groq", None)
    return True


def _is_null(data: bytes, count: int, close: bytes, spaced: bytes) -> bool:
    """Whether a name that comes ``count`` times is null each time, in either way of writing."""
    found = data.count(close)
    return found == count or found + data.count(spaced) == count


def _goes_on(data: bytes) -> bool:
    """Whether each call in it is one that goes on, as OpenAI writes it: an index and a piece of its arguments."""
    return (
        b'"name"' not in data
        and b'"type"' not in data
        and data.count(b'"index"') >= data.count(b'"delta"') + data.count(b'"function"')
        and data.count(b'"id"') <= data.count(b'"choices"')
        and 0 < data.count(b'"arguments":"') + data.count(b'"arguments": "') == data.count(b'"function"')
    )


class StreamTap(EventTap):
    """Implements :class:`~trunkline.dialects.passthrough.Tap`: ``done`` says whether ``[DONE]`` came.

    With ``strip_usage`` the chunk that only tells usage (empty ``choices``) is left out: the client did not ask for it.
    ``older`` is for a client that declared functions instead of tools.
    """

    __slots__ = ("_deltas", "_strip_usage", "_tier", "usage")

    _always_speaks = True

    def __init__(self, *, strip_usage: bool = False, older: bool = False) -> None:
        super().__init__()
        self._strip_usage = strip_usage
        self._deltas = PassingDeltas(older=older)
        self._tier: JsonValue = None
        self.usage: Usage | None = None

    def _is_ordinary(self, data: bytes) -> bool:
        # Within JSON text a quote is escaped, so a name with its quotes can only be a name (or a whole string that is
        # equal to it, which costs a parse and nothing else).
        return (
            b'"role"' not in data
            and (b'"tool_calls"' not in data or (_goes_on(data) and not self._deltas.calls.watched))
            and self._deltas.knows(data)
            and (
                b'"function_call"' not in data
                or _is_null(data, data.count(b'"function_call"'), b'"function_call":null', b'"function_call": null')
            )
            and b'"delta":null' not in data
            and b'"delta": null' not in data
            and _is_null(data, data.count(b'"finish_reason"'), b'"finish_reason":null', b'"finish_reason": null')
            and (b'"usage"' not in data or _is_null(data, data.count(b'"usage"'), b'"usage":null', b'"usage": null'))
            and b'error"' not in data
            and b'"detail"' not in data
            and b'"message"' not in data
            and not has_chunks(data)
            # One line of JSON can be neither the end nor have a name.
            and (
                (data.startswith(b"data: {") and data.count(b"\n") == 2)
                or (b"[DONE]" not in data and b"event:" not in data)
            )
        )

    def _shorten(self, data: bytes) -> bytes:
        return self._deltas.shorten(data)

    def _hear(self, data: bytes, listener: Listener) -> None:
        if not data.startswith(b"[DONE]"):
            hear_choices(data, listener)

    def _read(self, data: bytes, name: str) -> bool:
        if data.startswith(b"[DONE]"):
            self.done = self._holding = True
            return True
        if name == "error" and decode(data) is None:
            # Words alone, which clients do not take.
            self._fail(read_failure({"error": data.decode("utf-8", "replace")}))
            self._keep_back()
            return False
        chunk = _decoder.decode(data)
        # Azure begins with a chunk of no choice, which tells nothing of those to come.
        self._first = not chunk.choices
        if is_said(chunk.error) or name == "error" or chunk.object == "error":
            self._fail(read_failure(decode(data)))
            return True
        if chunk.choices is None and chunk.object is None and find_lone_words(told := decode(data)) is not None:
            # Clients do not know it for an error.
            self._fail(read_failure(told))
            self._keep_back()
            return False
        self.begun = True
        if has_chunks(data) and (flat := flatten(data)) is not None:
            data = flat
            self._mended = b"data: %b\n\n" % flat
        if chunk.model:
            self.model = chunk.model
        if chunk.service_tier is not None:
            self._tier = chunk.service_tier
        raw = chunk.usage
        if not is_said(raw) and chunk.x_groq is not None:
            raw = chunk.x_groq.usage
        usage = note_tier(read_usage(raw), self._tier)
        absurd = usage is not None and believe(usage) is None
        if usage is not None and not absurd:
            self.usage = usage
        watched = self._deltas.calls.watched
        self._mended = self._deltas.mend(data, chunk.choices) or self._mended
        if self._deltas.calls.watched > watched:
            # What was like the others till now must be looked at.
            self._likeness = Likeness()
        for choice in chunk.choices or ():
            if choice.finish_reason and choice.finish_reason not in WORDS:
                self._mended = rename_finish(self._mended or b"data: %b\n\n" % data)
            if choice.finish_reason:
                self._holding = True
                self.stops.setdefault(choice.index or 0, read_finish(choice.finish_reason, tools=False, refused=False))
        if absurd and chunk.choices:
            self._mended = edit_events(self._mended or write_event(data), _forget_usage)
        if (self._strip_usage or absurd) and usage is not None and not chunk.choices:
            self._mended = None
            return False
        return True
