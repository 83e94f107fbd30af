"""Readers of compressed texts, which never give more than a piece at a time, whatever they are fed.

They raise :class:`Broken` for what is not of their coding.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Final, Protocol

PIECE: Final = 64 * 1024
"""About so many bytes are given at once."""

_WINDOW_LOG: Final = 23
"""Of the most memory that a text in zstd may ask for, 8 MB: https://www.rfc-editor.org/rfc/rfc9659."""


class Broken(Exception):
    """It is not what it was said to be."""


class CodedReader(Protocol):
    """Reads one text. ``done`` when its end has come; ``unused`` bytes of what it was fed last lie behind that."""

    @property
    def done(self) -> bool: ...

    @property
    def unused(self) -> int: ...

    def feed(self, data: memoryview) -> Iterator[bytes]:
        """All that ``data`` unfolds to."""
        ...


class ZlibReader:
    """gzip and deflate. ``bits`` says which, as in :func:`zlib.decompressobj`."""

    def __init__(self, bits: int) -> None:
        self._reader = zlib.decompressobj(bits)

    @property
    def done(self) -> bool:
        """See :class:`CodedReader`."""
        return self._reader.eof

    @property
    def unused(self) -> int:
        """See :class:`CodedReader`."""
        return len(self._reader.unused_data)

    def feed(self, data: memoryview | bytes) -> Iterator[bytes]:
        """See :class:`CodedReader`."""
        try:
            while piece := self._reader.decompress(data, PIECE):
                yield piece
                data = self._reader.unconsumed_tail
        except zlib.error as error:
            raise Broken from error


class ZstdReader:
    """zstd: https://www.rfc-editor.org/rfc/rfc8878."""

    def __init__(self) -> None:
        from trunkline.faces.zstd import zstd  # noqa: PLC0415 - few clients send it

        self._error = zstd.ZstdError
        self._reader = zstd.ZstdDecompressor(options={int(zstd.DecompressionParameter.window_log_max): _WINDOW_LOG})

    @property
    def done(self) -> bool:
        """See :class:`CodedReader`."""
        return self._reader.eof

    @property
    def unused(self) -> int:
        """See :class:`CodedReader`."""
        return len(self._reader.unused_data)

    def feed(self, data: memoryview) -> Iterator[bytes]:
        """See :class:`CodedReader`."""
        reader = self._reader
        try:
            yield reader.decompress(data, PIECE)
            while not (reader.eof or reader.needs_input):
                yield reader.decompress(b"", PIECE)
        except self._error as error:
            raise Broken from error


class BrotliReader:
    """br: https://www.rfc-editor.org/rfc/rfc7932. Nothing may follow its end."""

    unused = 0

    def __init__(self) -> None:
        from trunkline.faces import brotli  # noqa: PLC0415 - few clients send it

        self._error = brotli.BrotliError
        self._reader = brotli.make_decompressor()

    @property
    def done(self) -> bool:
        """See :class:`CodedReader`."""
        return self._reader.is_finished()

    def feed(self, data: memoryview) -> Iterator[bytes]:
        """See :class:`CodedReader`."""
        reader = self._reader
        try:
            piece = reader.process(bytes(data), output_buffer_limit=PIECE)
            # It accepts more also while it still has something to give.
            while piece or not reader.can_accept_more_data():
                yield piece
                if reader.is_finished():
                    break
                piece = reader.process(b"", output_buffer_limit=PIECE)
        except self._error as error:
            raise Broken from error
