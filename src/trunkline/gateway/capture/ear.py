"""What is kept of a stream while it is heard. Each keeps so much and no more."""

from __future__ import annotations

import re
from typing import Final, Protocol

import msgspec

from trunkline.core.capture import LARGEST_BYTES

_RUN: Final = re.compile(rb"[A-Za-z0-9+/=]+|[^A-Za-z0-9+/=]+")
_SHORT: Final = re.compile(rb"[^A-Za-z0-9+/=]")
_LONGEST: Final = 1_024
"""Characters of Base64 in a row, from which on they are a picture or a sound."""


class Ear(Protocol):
    """Hears one stream."""

    @property
    def leaves_out(self) -> bool:
        """Whether there was more than it kept."""
        ...

    def hear(self, piece: bytes) -> None:
        """One more piece."""
        ...

    def end(self) -> bytes:
        """What it kept."""
        ...


class BeginningEar:
    """Keeps the beginning."""

    __slots__ = ("_left", "_pieces", "leaves_out")

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._left = LARGEST_BYTES
        self.leaves_out = False

    def hear(self, piece: bytes) -> None:
        """See the protocol."""
        if self._left > 0:
            self._pieces.append(piece[: self._left])
        self._left -= len(piece)
        self.leaves_out = self._left < 0

    def end(self) -> bytes:
        """See the protocol."""
        return b"".join(self._pieces)


class EventEar:
    """Keeps events but for the pictures and sounds in them, of which it says how many characters they had."""

    __slots__ = ("_kept", "_run", "_size", "leaves_out")

    def __init__(self) -> None:
        self._kept = BeginningEar()
        self._run = bytearray()
        """The beginning of the characters in a row that came last, of which there are ``_size``."""
        self._size = 0
        self.leaves_out = False

    def hear(self, piece: bytes) -> None:
        """See the protocol."""
        for found in _RUN.finditer(piece):
            text = found[0]
            if _SHORT.match(text) is None:
                self._run += text[: max(0, _LONGEST + 1 - self._size)]
                self._size += len(text)
            else:
                self._close()
                self._kept.hear(text)

    def end(self) -> bytes:
        """See the protocol."""
        self._close()
        self.leaves_out |= self._kept.leaves_out
        return self._kept.end()

    def _close(self) -> None:
        if self._size > _LONGEST:
            self.leaves_out = True
            self._kept.hear(f"[{self._size:,} characters]".encode())
        elif self._size:
            self._kept.hear(bytes(self._run))
        self._run.clear()
        self._size = 0


class SoundEar:
    """Keeps nothing but what it was, and how many bytes."""

    __slots__ = ("_kind", "_size", "leaves_out")

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._size = 0
        self.leaves_out = True

    def hear(self, piece: bytes) -> None:
        """See the protocol."""
        self._size += len(piece)

    def end(self) -> bytes:
        """See the protocol."""
        return msgspec.json.encode({"mediaType": self._kind, "bytes": self._size})
