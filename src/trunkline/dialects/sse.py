"""Server-sent events, read from bytes cut anywhere.

https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation: lines end with LF, CRLF or
CR; a leading byte order mark, comments and unknown fields are passed over; several ``data`` lines are joined by LF. An
event without data is none. We work on bytes and never use ``splitlines``, which would also cut at U+2028 and others.
"""

from __future__ import annotations

from typing import Final, NamedTuple

MAX_EVENT: Final = 16 * 1024 * 1024
"""The most bytes that one unfinished event may take."""


class ServerEvent(NamedTuple):
    """One event: its data, as UTF-8 bytes, and its name (empty when it has none)."""

    data: bytes
    name: str = ""


class EventTooLarge(ValueError):
    """One event is larger than ``MAX_EVENT``."""


class EventReader:
    """Cuts a byte stream into events. Give it every piece with ``feed``; an unfinished event at the end is dropped."""

    __slots__ = ("_data", "_name", "_pieces", "_size", "_start", "_waiting")

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._waiting = 0
        self._data: list[bytes] = []
        self._name = ""
        self._size = 0
        self._start = True

    @property
    def pending(self) -> bool:
        """Whether an event has begun that no blank line has ended."""
        return bool(self._data) or any(piece.strip(b"\r\n") for piece in self._pieces)

    def feed(self, piece: bytes) -> list[ServerEvent]:
        """The events that ``piece`` completes. Raises :class:`EventTooLarge`."""
        if b"\n" not in piece and b"\r" not in piece and not self._start:
            # Part of a long line: it is only laid aside, so that a line costs its length and not its square.
            self._pieces.append(piece)
            self._waiting += len(piece)
            if self._waiting + self._size > MAX_EVENT:
                raise EventTooLarge
            return []
        if self._pieces:
            self._pieces.append(piece)
            buffer = b"".join(self._pieces)
            self._pieces.clear()
        else:
            buffer = piece
        if self._start:
            if len(buffer) < 3 and b"\xef\xbb\xbf".startswith(buffer):
                self._pieces.append(buffer)
                return []
            self._start = False
            buffer = buffer.removeprefix(b"\xef\xbb\xbf")
        # A CR at the very end may be half of a CRLF: it waits for the next byte.
        held = b""
        if b"\r" in buffer:
            if buffer.endswith(b"\r"):
                buffer, held = buffer[:-1], b"\r"
            buffer = buffer.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        lines = buffer.split(b"\n")
        rest = lines.pop() + held
        self._waiting = len(rest)
        if self._waiting + self._size > MAX_EVENT:
            raise EventTooLarge
        if rest:
            self._pieces.append(rest)
        events: list[ServerEvent] = []
        for line in lines:
            if line:
                self._take(line)
            else:
                if self._data:
                    data = self._data
                    events.append(ServerEvent(data[0] if len(data) == 1 else b"\n".join(data), self._name))
                    self._data = []
                    self._size = 0
                self._name = ""
        return events

    def _take(self, line: bytes) -> None:
        field, _, value = line.partition(b":")
        if value.startswith(b" "):
            value = value[1:]
        if field == b"data":
            self._size += len(value)
            if self._size > MAX_EVENT:
                raise EventTooLarge
            self._data.append(value)
        elif field == b"event":
            self._name = value.decode("utf-8", "replace")


def write_event(data: bytes, name: str = "") -> bytes:
    """One event for the wire. ``data`` must be one line, as compact JSON is."""
    return b"event: %b\ndata: %b\n\n" % (name.encode(), data) if name else b"data: %b\n\n" % data
