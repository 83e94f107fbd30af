"""Newline-delimited JSON, read from bytes cut anywhere. https://github.com/ndjson/ndjson-spec

One JSON value per line; lines end with LF or CRLF; empty lines and a leading byte order mark are passed over.
Characters that are cut in two between lines are joined.
"""

from __future__ import annotations

from typing import Final

from trunkline.dialects.half_characters import BACKSLASH, HalfCharacters

MAX_LINE: Final = 16 * 1024 * 1024
"""The most bytes that one line may take."""

_MARK: Final = b"\xef\xbb\xbf"


class LineTooLarge(ValueError):
    """One line is larger than ``MAX_LINE``."""


class LineReader:
    """Cuts a byte stream into lines: every piece goes to ``feed``, and ``close`` gives an unended last line."""

    __slots__ = ("_first", "_halves", "_pieces", "_waiting")

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._waiting = 0
        self._first = True
        self._halves = HalfCharacters()

    def feed(self, piece: bytes) -> list[bytes]:
        """The lines that ``piece`` completes, without their ends. Raises :class:`LineTooLarge`."""
        lines = piece.split(b"\n")
        if len(piece) > MAX_LINE and any(len(line) > MAX_LINE for line in lines):
            raise LineTooLarge
        rest = lines.pop()
        if not lines:
            # Part of a long line: it is only laid aside, so that a line costs its length and not its square.
            self._keep(rest)
            return []
        if self._pieces:
            self._waiting += len(lines[0])
            self._pieces.append(lines[0])
            lines[0] = b"".join(self._pieces)
            self._pieces.clear()
            if self._waiting > MAX_LINE:
                raise LineTooLarge
        self._waiting = 0
        self._keep(rest)
        return self._clean(lines)

    def close(self) -> list[bytes]:
        """The last line, if no line feed ended it."""
        lines = [b"".join(self._pieces)]
        self._pieces.clear()
        self._waiting = 0
        return self._clean(lines)

    def _keep(self, rest: bytes) -> None:
        if rest:
            self._waiting += len(rest)
            if self._waiting > MAX_LINE:
                raise LineTooLarge
            self._pieces.append(rest)

    def _clean(self, lines: list[bytes]) -> list[bytes]:
        if self._first:
            self._first = False
            lines[0] = lines[0].removeprefix(_MARK)
        return [self._join(line) for line in (line.strip(b" \t\r") for line in lines) if line]

    def _join(self, line: bytes) -> bytes:
        return self._halves.join(line) if BACKSLASH in line else line
