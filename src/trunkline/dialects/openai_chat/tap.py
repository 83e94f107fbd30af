"""Listens to a stream that is relayed unchanged: only what accounting needs is read, everything else is bytes."""

from __future__ import annotations

import msgspec

from trunkline.core.chat import Usage
from trunkline.dialects.event_tap import ENDED_EARLY, EventTap
from trunkline.dialects.openai_chat.finish import read_finish
from trunkline.dialects.openai_chat.usage import read_usage
from trunkline.dialects.openai_failure import MALFORMED, read_failure
from trunkline.dialects.raw_json import ABSENT, decode, is_said

__all__ = ["ENDED_EARLY", "StreamTap"]


class _TapChoice(msgspec.Struct, frozen=True):
    index: int | None = None
    finish_reason: str | None = None


class _Groq(msgspec.Struct, frozen=True):
    usage: msgspec.Raw = ABSENT


class _TapChunk(msgspec.Struct, frozen=True):
    model: str | None = None
    object: str | None = None
    choices: list[_TapChoice] | None = None
    usage: msgspec.Raw = ABSENT
    x_groq: _Groq | None = None
    error: msgspec.Raw = ABSENT


_decoder = msgspec.json.Decoder(_TapChunk)


class StreamTap(EventTap):
    """Implements :class:`~trunkline.dialects.passthrough.Tap`: ``done`` says whether ``[DONE]`` came.

    With ``strip_usage`` the chunk that only tells usage (empty ``choices``) is left out: the client did not ask for it.
    """

    __slots__ = ("_strip_usage", "usage")

    MALFORMED = MALFORMED

    def __init__(self, *, strip_usage: bool = False) -> None:
        super().__init__()
        self._strip_usage = strip_usage
        self.usage: Usage | None = None

    def _is_ordinary(self, data: bytes) -> bool:
        # Within JSON text a quote is escaped, so a name with its quotes can only be a name (or a whole string that is
        # equal to it, which costs a parse and nothing else).
        return (
            data.count(b'"finish_reason"') == data.count(b'"finish_reason":null') + data.count(b'"finish_reason": null')
            and b"[DONE]" not in data
            and b'error"' not in data
            and b"event:" not in data
            and (
                b'"usage"' not in data
                or data.count(b'"usage"') == data.count(b'"usage":null') + data.count(b'"usage": null')
            )
        )

    def _read(self, data: bytes, name: str) -> bool:
        if data.startswith(b"[DONE]"):
            self.done = self._holding = True
            return True
        chunk = _decoder.decode(data)
        self._first = False
        if is_said(chunk.error) or name == "error" or chunk.object == "error":
            self._fail(read_failure(decode(data)))
            return True
        self.begun = True
        if chunk.model:
            self.model = chunk.model
        raw = chunk.usage
        if not is_said(raw) and chunk.x_groq is not None:
            raw = chunk.x_groq.usage
        usage = read_usage(raw)
        if usage is not None:
            self.usage = usage
        for choice in chunk.choices or ():
            if choice.finish_reason:
                self._holding = True
                self.stops.setdefault(choice.index or 0, read_finish(choice.finish_reason, tools=False, refused=False))
        return not (self._strip_usage and usage is not None and not chunk.choices)
