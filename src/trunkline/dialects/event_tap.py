"""What the taps of all wires of server-sent events share: whole events, what is held back, bounds of memory."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import Final

from trunkline.core.chat import StopReason
from trunkline.core.chat_events import Failure
from trunkline.core.heard import Heard, Listener
from trunkline.dialects.event_likeness import Likeness
from trunkline.dialects.failure import MALFORMED
from trunkline.dialects.half_characters import BACKSLASH, HalfCharacters
from trunkline.dialects.raw_json import BROKEN_JSON, decode
from trunkline.dialects.sample import Sample
from trunkline.dialects.sse import MAX_EVENT, EventReader, EventTooLarge

ENDED_EARLY: Final = "The provider ended the stream early."

# The end of an event: two line ends. Atomic, so that one CRLF never counts as CR and LF.
_BOUNDARY: Final = re.compile(rb"(?>\r\n|\n|\r)(?>\r\n|\n|\r)")


class EventTap(ABC):
    """Implements :class:`~trunkline.dialects.passthrough.Tap` but for what one wire says in its events.

    A wire says by :meth:`_is_ordinary` which events are mere deltas; the others are read by :meth:`_read`. The first
    event is always read, so that what is not of this wire at all is found before anything is relayed.
    """

    __slots__ = (
        "_deaf",
        "_first",
        "_halves",
        "_held",
        "_held_size",
        "_holding",
        "_likeness",
        "_mended",
        "_pieces",
        "_sample",
        "_seam",
        "_size",
        "begun",
        "done",
        "error",
        "model",
        "stops",
        "tail",
        "told",
    )

    _always_speaks = False
    """Whether every event may have words in it, which saves asking."""

    def __init__(self) -> None:
        self.stops: dict[int, StopReason] = {}
        self.model = ""
        self.begun = False
        self.done = False
        self.told = False
        self.error: Failure | None = None
        self.tail = b""
        """Set by ``close``: an event that broke off in the middle, which must not go to the client."""
        self._first = True
        self._deaf = False
        self._holding = False
        self._held: list[bytes] = []
        self._held_size = 0
        self._mended: bytes | None = None
        """The event just read as the client is to get it, where that is not as it came."""
        self._pieces: list[bytes] = []
        self._size = 0
        self._seam = b""
        self._sample = Sample()
        self._likeness = Likeness()
        self._halves = HalfCharacters()

    @property
    def complete(self) -> bool:
        """Whether the answer came to its end without an error: its mark, or a stop reason when the body ended."""
        return self.error is None and (self.done or bool(self.stops))

    @property
    def heard(self) -> Heard:
        """What was said in the events that came, those that are held included."""
        return self._sample.hear(self._hear)

    @abstractmethod
    def _is_ordinary(self, data: bytes) -> bool:
        """Whether there is nothing in whole events but deltas, told without parsing. In doubt, no."""

    def _shorten(self, data: bytes) -> bytes:
        """Whole events without what comes again and again and is no news, told without parsing; none in doubt."""
        return b""

    @abstractmethod
    def _read(self, data: bytes, name: str) -> bool:
        """Takes note of the data of one event and of its name; sets ``_holding`` where the end begins.

        Whether the event is to be relayed. Raises what decoding raises for what is none of this wire.
        """

    def _skip(self, data: bytes) -> None:
        """Takes note of whole events that are ordinary, without parsing them."""
        self.begun = True

    @abstractmethod
    def _hear(self, data: bytes, listener: Listener) -> None:
        """Gives the words in the data of one event to ``listener``. Raises what decoding raises."""

    def _speaks(self, data: bytes) -> bool:
        """Whether there may be words in whole events, told without parsing."""
        return True

    def feed(self, data: bytes) -> bytes:
        """Takes the next bytes, cut anywhere; gives those to forward now (often the same object, sometimes none)."""
        if self._deaf:
            return b""
        if self._pieces:
            # Joined only when an event ends here, so that a long event costs its length and not its square.
            if not _last_boundary(self._seam + data):
                self._lay_aside(data)
                return b""
            self._pieces.append(data)
            data = b"".join(self._pieces)
            self._clear()
        if not data.endswith((b"\n\n", b"\r\n\r\n")):
            end = _last_boundary(data)
            if end < len(data):
                self._lay_aside(data[end:])
                data = data[:end]
        if not data:
            return b""
        if BACKSLASH in data:
            data = self._halves.join(data)
        if not (self._holding or self._first):
            if self._likeness.holds(data):
                self._skip(data)
                self._sample.add(data)
                return data
            if self._is_ordinary(data):
                self._skip(data)
                if self._always_speaks or self._speaks(data):
                    self._sample.add(data)
                    self._likeness.learn(data)
                return data
            short = self._shorten(data)
            if short and (self._likeness.holds(short) or self._is_ordinary(short)):
                self._skip(short)
                self._sample.add(short)
                self._likeness.learn(short)
                return short
        data = self._sort(data)
        if data and (self._always_speaks or self._speaks(data)):
            self._sample.add(data)
        return data

    def take_held(self) -> bytes:
        """The end of the stream, once: what ``feed`` kept back."""
        held = b"".join(self._held)
        self._held.clear()
        self._held_size = 0
        return held

    def close(self) -> None:
        """The body has ended.

        A last event without its blank line counts when it is whole, and is given the blank line that it lacks.
        """
        rest = b"".join(self._pieces)
        self._clear()
        if not self._deaf and _is_whole(rest):
            if self._look(rest):
                whole = self._mended or rest
                self._hold(whole + (b"\n" if whole.endswith((b"\n", b"\r")) else b"\n\n"))
        else:
            self.tail = rest
        if not self.complete and self.error is None:
            self.error = Failure(ENDED_EARLY, "malformed")

    def _fail(self, failure: Failure) -> None:
        """An event told of ``failure``: it is held, and so is what follows."""
        self._holding = True
        if self.error is None:
            self.error = failure
            self.told = True

    def _keep_back(self) -> None:
        """The event that told of a failure is none that a client knows: it gets our words, and nothing that follows."""
        self.told = False
        self._deaf = True

    def _lay_aside(self, data: bytes) -> None:
        self._pieces.append(data)
        self._size += len(data)
        self._seam = (self._seam + data)[-3:]
        if self._size > MAX_EVENT:
            self._clear()
            self._break()

    def _clear(self) -> None:
        self._pieces.clear()
        self._size = 0
        self._seam = b""

    def _break(self) -> None:
        self._deaf = self._holding = True
        if self.error is None:
            self.error = Failure(MALFORMED, "malformed")

    def _hold(self, data: bytes) -> None:
        self._held_size += len(data)
        if self._held_size > MAX_EVENT:
            self.told = False
            self._break()
        else:
            self._held.append(data)
            if self._speaks(data):
                self._sample.add(data)

    def _sort(self, data: bytes) -> bytes:
        """Looks into each event of ``data``; gives the bytes before the first that is to be held."""
        forward: list[bytes] = []
        start = 0
        while start < len(data) and not self._deaf:
            found = _BOUNDARY.search(data, start)
            end = found.end() if found is not None else len(data)
            event = data[start:end]
            start = end
            if not self._first and self._is_ordinary(event):
                self._skip(event)
            elif not self._look(event):
                continue
            if self._mended is not None:
                event, self._mended = self._mended, None
            if self._holding:
                self._hold(event)
            else:
                forward.append(event)
        return b"".join(forward)

    def _look(self, event: bytes) -> bool:
        """Reads one event as it came. Whether it is to be relayed."""
        told_before = self.told
        try:
            events = EventReader().feed(event + b"\n\n")
        except EventTooLarge:
            self._break()
            return False
        keep = True
        for told in events:
            try:
                keep = self._read(told.data, told.name) and keep
            except BROKEN_JSON:
                self._break()
                return False
        if self.told and not told_before and b"data:" not in event:
            # Clients pass over what is no field of an event.
            self._keep_back()
        return keep and not self._deaf


def _is_whole(event: bytes) -> bool:
    """Whether an event without its blank line lacks nothing else."""
    if not event.strip():
        return False
    pieces = EventReader().feed(event + b"\n\n")
    return all(piece.data.startswith(b"[DONE]") or decode(piece.data) is not None for piece in pieces) and bool(pieces)


def _last_boundary(data: bytes) -> int:
    """Where the last whole event in ``data`` ends. A CR at the very end may be half of a CRLF: it waits."""
    if b"\r" not in data:
        found = data.rfind(b"\n\n")
        return found + 2 if found >= 0 else 0
    if data.count(b"\r\n") == data.count(b"\r") == data.count(b"\n"):
        found = data.rfind(b"\r\n\r\n")
        return found + 4 if found >= 0 else 0
    end = 0
    for found in _BOUNDARY.finditer(data):
        if found.end() == len(data) and data.endswith(b"\r"):
            break
        end = found.end()
    return end
