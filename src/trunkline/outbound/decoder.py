"""Content codings, undone piece by piece, so that a small body that unfolds into a huge one never does so in memory."""

from __future__ import annotations

import zlib
from typing import Final, Literal

Coding = Literal["gzip", "deflate"]

_GZIP: Final = 16 + zlib.MAX_WBITS
_RAW: Final = -zlib.MAX_WBITS

BOMB_RATIO: Final = 200
BOMB_FLOOR: Final = 16 * 1024 * 1024


class DecodingError(Exception):
    """The bytes are not in the coding that the head names."""


class Bomb(Exception):
    """The body unfolds to more than 200 times its size (and to more than 16 MiB): no text does that."""


class Decoder:
    """Undoes gzip (RFC 1952, also of several members) or deflate (RFC 1950, and bare RFC 1951 as some servers send it).

    Feed what came, then take pieces until one is empty.
    """

    def __init__(self, coding: Coding, piece_bytes: int) -> None:
        self._gzip = coding == "gzip"
        self._inflater = zlib.decompressobj(_GZIP if self._gzip else zlib.MAX_WBITS)
        self._piece_bytes = piece_bytes
        self._pending = b""
        self._fed = 0
        self._taken = 0
        self._may_have_more = False

    @property
    def started(self) -> bool:
        """Whether there was any byte to decode."""
        return self._fed > 0

    @property
    def whole(self) -> bool:
        """Whether the bytes so far are a complete coded body; one of no bytes at all is, as HEAD answers have it."""
        return self._fed == 0 or (self._inflater.eof and not self._pending)

    def feed(self, data: bytes) -> None:
        """Add coded bytes."""
        if self._fed == 0 and not self._gzip and not _is_zlib(data):
            self._inflater = zlib.decompressobj(_RAW)
        self._pending = self._pending + data if self._pending else data
        self._fed += len(data)

    def take(self) -> bytes:
        """The next decoded piece, at most ``piece_bytes`` long; empty when more has to be fed first.

        Raises DecodingError or Bomb.
        """
        piece = b""
        while not piece and (self._pending or self._may_have_more):
            if self._inflater.eof:
                if not self._gzip:
                    raise DecodingError
                self._inflater = zlib.decompressobj(_GZIP)
            try:
                piece = self._inflater.decompress(self._pending, self._piece_bytes)
            except zlib.error as error:
                raise DecodingError from error
            # A full piece may have left output inside zlib although all input is used up.
            self._may_have_more = len(piece) == self._piece_bytes and not self._inflater.eof
            self._pending = self._inflater.unused_data if self._inflater.eof else self._inflater.unconsumed_tail
        self._taken += len(piece)
        if self._taken > BOMB_FLOOR and self._taken > BOMB_RATIO * self._fed:
            raise Bomb
        return piece


def _is_zlib(data: bytes) -> bool:
    """Whether a body that starts so has the zlib header (RFC 1950, section 2.2) that "deflate" ought to have."""
    return data[0] & 0x0F == 8 and (len(data) < 2 or (data[0] << 8 | data[1]) % 31 == 0)
