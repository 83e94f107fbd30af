"""Listens to a stream that is relayed unchanged: only what accounting needs is read, everything else is bytes.

https://docs.anthropic.com/en/docs/build-with-claude/streaming
"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import Usage
from trunkline.core.chat_events import Failure
from trunkline.dialects.anthropic_messages.error import read_failure
from trunkline.dialects.anthropic_messages.stop import read_stop
from trunkline.dialects.anthropic_messages.usage import WireUsage, merge_usage, read_usage
from trunkline.dialects.event_tap import EventTap
from trunkline.dialects.raw_json import decode

_FRAME: Final = 120
"""Bytes of an event that carries a delta, without the delta: the names and the numbers around it."""

_TOKEN: Final = 4
"""Bytes of a token of English."""


class _Message(msgspec.Struct, frozen=True):
    model: str | None = None
    usage: WireUsage | None = None


class _Delta(msgspec.Struct, frozen=True):
    stop_reason: str | None = None


class _Event(msgspec.Struct, frozen=True):
    type: str
    message: _Message | None = None
    delta: _Delta | None = None
    usage: WireUsage | None = None


_decoder: Final = msgspec.json.Decoder(_Event)


class StreamTap(EventTap):
    """Implements :class:`~trunkline.dialects.passthrough.Tap`: ``done`` says whether ``message_stop`` came.

    What has ``begun`` is the first block, or the end: an overloaded vendor opens a stream and then sends an error.
    """

    __slots__ = ("_size_forwarded", "usage")

    MALFORMED = "The provider sent an event that is not of its dialect."

    def __init__(self) -> None:
        super().__init__()
        self.usage: Usage | None = None
        self._size_forwarded = 0

    @property
    def output(self) -> int:
        """Tokens forwarded: an event holds one or more, which its size tells."""
        return max(self._events, (self._size_forwarded - self._events * _FRAME) // _TOKEN)

    def _count(self, data: bytes) -> None:
        events = data.count(b'content_block_delta"')
        if events:
            self._events += events
            self._size_forwarded += len(data)

    def _is_ordinary(self, data: bytes) -> bool:
        # Within JSON text a quote is escaped, so these can only be types of events, or texts that cost a parse.
        return (
            b'"message_' not in data
            and b'"error"' not in data
            and b"event: error" not in data
            and b"event:error" not in data
            and b"[DONE]" not in data
        )

    def _skip(self, data: bytes) -> None:
        if not self.begun:
            self.begun = b'"content_block_' in data

    def _read(self, data: bytes, name: str) -> bool:
        if data.startswith(b"[DONE]"):
            # Not of this wire, but some servers that speak several end every stream so; our own end is written for it.
            self._holding = True
            return False
        event = _decoder.decode(data)
        self._first = False
        match event.type:
            case "message_start":
                if event.message is not None:
                    self.model = event.message.model or ""
                    self.usage = _merge(self.usage, event.message.usage)
            case "message_delta":
                self.begun = True
                if event.delta is not None and event.delta.stop_reason is not None:
                    self._holding = True
                    self.stops.setdefault(0, read_stop(event.delta.stop_reason, called=False))
                self.usage = _merge(self.usage, event.usage)
            case "message_stop":
                self.begun = self.done = self._holding = True
            case "error":
                self._fail(read_stream_error(data))
            case _:
                if name == "error":
                    self._fail(read_stream_error(data))
                else:
                    self._skip(data)
        return True


def read_stream_error(data: bytes) -> Failure:
    """What an ``error`` event, or an answer that is one, tells."""
    error = read_failure(decode(data))
    message = f"{error.message} {error.detail}" if error.detail else error.message
    return Failure(message, error.kind, error.upstream_code)


def _merge(before: Usage | None, told: WireUsage | None) -> Usage | None:
    return before if told is None else merge_usage(before, read_usage(told))
