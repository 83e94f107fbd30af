"""Listens to a stream that is relayed unchanged: only what accounting needs is read, everything else is bytes.

https://docs.anthropic.com/en/docs/build-with-claude/streaming
"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import JsonObject, JsonValue, Usage
from trunkline.core.chat_events import Failure
from trunkline.core.errors import UpstreamError
from trunkline.core.heard import Listener
from trunkline.core.terms import note_tier
from trunkline.core.usage_bound import believe
from trunkline.dialects.anthropic_messages.error import read_failure
from trunkline.dialects.anthropic_messages.stop import read_stop
from trunkline.dialects.anthropic_messages.usage import WireUsage, hear_usage, read_usage, write_usage
from trunkline.dialects.event_edit import edit_events
from trunkline.dialects.event_tap import EventTap
from trunkline.dialects.failure import find_lone_words
from trunkline.dialects.raw_json import ABSENT, decode, is_said
from trunkline.dialects.spare_field import SparingDecoder
from trunkline.dialects.sse import write_event


class _Message(msgspec.Struct, frozen=True):
    model: str | None = None
    usage: WireUsage | None = None


class _Delta(msgspec.Struct, frozen=True):
    stop_reason: str | None = None


class _Event(msgspec.Struct, frozen=True):
    type: str = ""
    error: msgspec.Raw = ABSENT
    message: _Message | None = None
    delta: _Delta | None = None
    usage: WireUsage | None = None


class _Words(msgspec.Struct, frozen=True):
    text: str | None = None
    thinking: str | None = None
    partial_json: str | None = None


class _Block(msgspec.Struct, frozen=True):
    type: str | None = None
    name: str | None = None
    text: str | None = None


class _Said(msgspec.Struct, frozen=True):
    delta: _Words | None = None
    content_block: _Block | None = None


_decoder: Final = SparingDecoder(_Event)
_words: Final = msgspec.json.Decoder(_Said)


class StreamTap(EventTap):
    """Implements :class:`~trunkline.dialects.passthrough.Tap`: ``done`` says whether ``message_stop`` came.

    What has ``begun`` is the first block, or the end: an overloaded vendor opens a stream and then sends an error.
    """

    __slots__ = ("_tier", "usage")

    def __init__(self) -> None:
        super().__init__()
        self._tier: str | None = None
        self.usage: Usage | None = None

    def _begin(self, data: bytes, name: str, told: WireUsage | None) -> None:
        usage = None if told is None else read_usage(told)
        # Anthropic's SDKs add the usage of the end to that of the beginning, and raise where there is none.
        if told is None or (usage is not None and believe(usage) is None):
            self._mended = _without_usage(write_event(data, name))
        else:
            self._count_usage(told)

    def _speaks(self, data: bytes) -> bool:
        return b'"content_block_' in data

    def _hear(self, data: bytes, listener: Listener) -> None:
        said = _words.decode(data)
        if said.delta is not None:
            listener.add(said.delta.text or said.delta.thinking or said.delta.partial_json or "")
        if said.content_block is not None:
            hear_block(said.content_block.type, said.content_block.name, said.content_block.text, listener)

    def _is_ordinary(self, data: bytes) -> bool:
        # Within JSON text a quote is escaped, so these can only be types of events, or texts that cost a parse.
        return (
            b'"message_' not in data
            and b'"error"' not in data
            and b'"message"' not in data
            and b'"detail"' not in data
            and b"event: error" not in data
            and b"event:error" not in data
            and b"[DONE]" not in data
        )

    def _skip(self, data: bytes) -> None:
        if not self.begun:
            self.begun = b'"content_block_' in data

    def _count_usage(self, told: WireUsage | None) -> None:
        """Takes note of a report: the tier stands in the first, which may have no counts yet."""
        if told is not None:
            self._tier = told.service_tier or self._tier
            self.usage = note_tier(hear_usage(self.usage, told), self._tier)

    def _read(self, data: bytes, name: str) -> bool:
        if data.startswith(b"[DONE]"):
            # Not of this wire, but some servers that speak several end every stream so; our own end is written for it.
            self._holding = True
            return False
        if b'"type"' not in data and (lone := read_lone_failure(decode(data))) is not None:
            # Clients do not know it for an error.
            self._fail(lone)
            self._keep_back()
            return False
        event = _decoder.decode(data)
        self._first = False
        match event.type:
            case "message_start":
                if event.message is not None:
                    self.model = event.message.model or ""
                    self._begin(data, name, event.message.usage)
            case "message_delta":
                self.begun = True
                if event.delta is not None and event.delta.stop_reason is not None:
                    self._holding = True
                    self.stops.setdefault(0, read_stop(event.delta.stop_reason, called=False))
                self._count_usage(event.usage)
            case "message_stop":
                self.begun = self.done = self._holding = True
            case "error":
                self._fail(read_stream_error(data))
            case "":
                # Clients know events by their type: they are told in our words.
                if not is_said(event.error):
                    self._break()
                else:
                    self._fail(read_stream_error(data))
                    self._keep_back()
                return False
            case _:
                if name == "error":
                    self._fail(read_stream_error(data))
                else:
                    self._skip(data)
        return True


def _without_usage(opening: bytes) -> bytes:
    """The opening of a stream, whose server tells no usage, or what cannot be: the end tells what was counted here."""

    def clear(event: JsonObject) -> bool:
        message = event.get("message")
        if isinstance(message, dict):
            message["usage"] = write_usage(None)
        return True

    return edit_events(opening, clear)


def hear_block(kind: str | None, name: str | None, text: str | None, listener: Listener) -> None:
    """Give what a block begins with to ``listener``."""
    if kind is not None and kind.endswith("tool_use"):
        listener.call(name or "")
    else:
        listener.add(text or "")


def read_stream_error(data: bytes) -> Failure:
    """What an ``error`` event, or an answer that is one, tells."""
    return _tell(read_failure(decode(data)))


def read_lone_failure(document: JsonValue) -> Failure | None:
    """What an event tells that is an error without a type; None for all others."""
    words = find_lone_words(document)
    if words is None or not isinstance(document, dict):
        return None
    return _tell(read_failure({**document, "message": words}))


def _tell(error: UpstreamError) -> Failure:
    message = f"{error.message} {error.detail}" if error.detail else error.message
    return Failure(message, error.kind, error.upstream_code)
