"""Listening to answers that are relayed as they come: typed events, or the bytes of a sound.

Events: https://platform.openai.com/docs/api-reference/audio/transcript-text-delta-event,
https://platform.openai.com/docs/api-reference/audio/speech-audio-delta-event and
https://platform.openai.com/docs/api-reference/images-streaming.
"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import JsonValue, StopReason, Usage
from trunkline.core.chat_events import Failure
from trunkline.core.heard import Heard, Listener
from trunkline.dialects.event_tap import EventTap
from trunkline.dialects.openai_failure import read_failure
from trunkline.dialects.openai_operations.usage import read_usage
from trunkline.dialects.raw_json import ABSENT, decode, is_said

_ENDS: Final = (".done", ".completed")
_SIGNS: Final = (b'.done"', b'.completed"', b'error"', b"[DONE]", b"event:")


class _Event(msgspec.Struct, frozen=True):
    type: str | None = None
    usage: msgspec.Raw = ABSENT
    error: msgspec.Raw = ABSENT


class _Said(msgspec.Struct, frozen=True):
    type: str | None = None
    delta: JsonValue = None


_decoder = msgspec.json.Decoder(_Event)
_words = msgspec.json.Decoder(_Said)


class TypedEventTap(EventTap):
    """For events with a ``type``: the one that ends in ``.done`` or ``.completed`` is the last and tells the usage."""

    __slots__ = ("usage",)

    def __init__(self) -> None:
        super().__init__()
        self.usage: Usage | None = None

    def _is_ordinary(self, data: bytes) -> bool:
        # Within JSON text a quote is escaped, so these can only be a type, or a whole string that is equal to it.
        # Names of events are few, as they come with whole pictures.
        return not any(sign in data for sign in _SIGNS)

    def _hear(self, data: bytes, listener: Listener) -> None:
        event = _words.decode(data)
        listener.add(event.delta if isinstance(event.delta, str) and "audio" not in (event.type or "") else "")

    def _read(self, data: bytes, name: str) -> bool:
        if data.startswith(b"[DONE]"):
            self.done = self._holding = True
            return True
        event = _decoder.decode(data)
        self._first = False
        if is_said(event.error) or "error" in (name, event.type):
            self._fail(read_failure(decode(data)))
            return True
        self.begun = True
        if (event.type or name).endswith(_ENDS):
            self._holding = True
            self.stops.setdefault(0, "stop")
        self.usage = read_usage(event.usage) or self.usage
        return True


class SoundTap:
    """For bytes that mean nothing here. Implements :class:`~trunkline.dialects.passthrough.Tap`; holds nothing back:
    such an answer is whole when its body ends as HTTP says.
    """

    __slots__ = ("begun", "done", "error")

    model = ""
    usage: Usage | None = None
    heard = Heard()
    told = False

    def __init__(self) -> None:
        self.begun = False
        self.done = False
        self.error: Failure | None = None

    @property
    def stops(self) -> dict[int, StopReason]:
        """None: sound has no words for it."""
        return {}

    @property
    def complete(self) -> bool:
        """Whether the body has ended."""
        return self.done and self.error is None

    def feed(self, data: bytes) -> bytes:
        """All of it."""
        self.begun = self.begun or bool(data)
        return data

    def take_held(self) -> bytes:
        """Nothing."""
        return b""

    def close(self) -> None:
        """The body has ended."""
        self.done = True
        if not self.begun:
            self.error = Failure("The provider answered with nothing.", "malformed")
