"""Server-sent events, read from bytes cut anywhere.

https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation: lines end with LF, CRLF or
CR; a leading byte order mark, comments and unknown fields are passed over; several ``data`` lines are joined by LF. An
event without data is none. We work on bytes and never use ``splitlines``, which would also cut at U+2028 and others.
Characters that are cut in two between events are joined. Two ways in which servers break off, which the format passes
over, are events named ``error``: a field of that name (llama.cpp), and a line that is an object with such a member.
"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.dialects.half_characters import BACKSLASH, HalfCharacters

MAX_EVENT: Final = 16 * 1024 * 1024
"""The most bytes that one unfinished event may take."""


_ERROR: Final = "error"


class ServerEvent(msgspec.Struct, frozen=True, gc=False):
    """One event: its data, as UTF-8 bytes, and its name (empty when it has none)."""

    data: bytes
    name: str = ""


class EventTooLarge(ValueError):
    """One event is larger than ``MAX_EVENT``."""


class EventReader:
    """Cuts a byte stream into events. Give it every piece with ``feed``; an unfinished event at the end is dropped."""

    __slots__ = ("_data", "_halves", "_name", "_named", "_naming", "_pieces", "_size", "_start", "_waiting")

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._waiting = 0
        self._data: list[bytes] = []
        self._halves: HalfCharacters | None = None
        self._name = ""
        self._naming = b""
        """The line that gave the last name, which nearly always is the next name too."""
        self._named = ""
        self._size = 0
        self._start = True

    @property
    def pending(self) -> bool:
        """Whether an event has begun that no blank line has ended."""
        return bool(self._data) or any(piece.strip(b"\r\n") for piece in self._pieces)

    def feed(self, piece: bytes) -> list[ServerEvent]:
        """The events that ``piece`` completes. Raises :class:`EventTooLarge`."""
        buffer = piece
        if self._pieces:
            if b"\n" not in piece and b"\r" not in piece and not self._start:
                # Part of a long line: it is only laid aside, so that a line costs its length and not its square.
                self._wait(piece)
                return []
            self._pieces.append(piece)
            buffer = b"".join(self._pieces)
            self._pieces.clear()
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
        self._waiting = 0
        if rest:
            self._wait(rest)
        elif (event := self._read_one(lines)) is not None:
            return [event]
        return self._read(lines)

    def _wait(self, rest: bytes) -> None:
        """For the end of a line that began with ``rest``."""
        self._pieces.append(rest)
        self._waiting += len(rest)
        if self._waiting + self._size > MAX_EVENT:
            raise EventTooLarge

    def _read_one(self, lines: list[bytes]) -> ServerEvent | None:
        """The one event that nearly every piece of a stream is: a line of data, or one below the name that came last.

        None for anything else.
        """
        count = len(lines)
        if not 2 <= count <= 3 or lines[-1] or self._data or self._name:
            return None
        line = lines[-2]
        if not line.startswith(b"data: ") or len(line) > MAX_EVENT:
            return None
        if count == 2:
            return ServerEvent(self._join(line[6:]))
        return ServerEvent(self._join(line[6:]), self._named) if lines[0] == self._naming else None

    def _join(self, data: bytes) -> bytes:
        if BACKSLASH not in data:
            return data
        if self._halves is None:
            self._halves = HalfCharacters()
        return self._halves.join(data)

    def _read(self, lines: list[bytes]) -> list[ServerEvent]:
        events: list[ServerEvent] = []
        data = self._data
        for line in lines:
            # Nearly all lines are the first three of these.
            if line.startswith(b"data: "):
                self._size += len(line)
                if self._size > MAX_EVENT:
                    raise EventTooLarge
                data.append(line[6:])
            elif not line:
                if data:
                    whole = data[0] if len(data) == 1 else b"\n".join(data)
                    events.append(ServerEvent(self._join(whole), self._name))
                    data.clear()
                    self._size = 0
                self._name = ""
            elif line == self._naming:
                self._name = self._named
            else:
                self._take(line)
        return events

    def _take(self, line: bytes) -> None:
        field, _, value = line.partition(b":")
        if value.startswith(b" "):
            value = value[1:]
        if field == b"data":
            self._size += len(line)
            if self._size > MAX_EVENT:
                raise EventTooLarge
            self._data.append(value)
        elif field == b"error" or line.startswith(b'{"error"'):
            self._data.append(line if field != b"error" else value)
            self._name = _ERROR
        elif field == b"event":
            self._naming = line
            self._name = self._named = value.decode("utf-8", "replace")


def write_event(data: bytes, name: str = "") -> bytes:
    """One event for the wire. ``data`` must be one line, as compact JSON is."""
    return b"event: %b\ndata: %b\n\n" % (name.encode(), data) if name else b"data: %b\n\n" % data
