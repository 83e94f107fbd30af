"""AWS's binary framing of streams, read from bytes cut anywhere.

https://docs.aws.amazon.com/transcribe/latest/dg/streaming-setting-up.html#streaming-event-stream and
https://smithy.io/2.0/aws/amazon-eventstream.html: lengths, their checksum, headers, payload, checksum of all. Reading
is botocore's, which is imported when the first stream is read, since most installations have none.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Final, NamedTuple, Protocol, cast
from zlib import crc32

MAX_EVENT: Final = 16 * 1024 * 1024
"""The most bytes that one unfinished message may take."""

PRELUDE: Final = 12
"""The bytes that tell how long a message is."""

_KNOWN: Final = 16
"""The most blocks of headers that are remembered."""

_SHORT: Final = 1024
"""The most bytes of such a block."""

_PRELUDE: Final = struct.Struct(">III")
_TEXT: Final = 7
"""The type of a header whose value is a text."""


class Frame(NamedTuple):
    """One message: its headers (``:event-type`` and others, as texts) and its payload."""

    headers: Mapping[str, object]
    payload: bytes

    def header(self, name: str) -> str:
        """A header; empty where it is missing or no text."""
        value = self.headers.get(name)
        return value if isinstance(value, str) else ""


class BrokenFrame(ValueError):
    """Bytes that are no message: a wrong checksum, impossible lengths, unreadable headers, or too many of them."""


class _Message(Protocol):
    headers: dict[str, object]
    payload: bytes


class _Buffer(Protocol):
    """What is used of ``botocore.eventstream.EventStreamBuffer``."""

    def add_data(self, data: bytes) -> None: ...

    def __iter__(self) -> Iterator[_Message]: ...


class FrameReader:
    """Cuts a byte stream into messages. Give it every piece with ``feed``.

    Pieces are laid aside until a message is whole, so that one costs its length, however finely it is cut.
    """

    __slots__ = ("_buffer", "_errors", "_known", "_needed", "_pieces", "waiting")

    def __init__(self) -> None:
        module = import_module("botocore.eventstream")
        self._buffer = cast("_Buffer", module.EventStreamBuffer())
        # Headers are decoded by table and by struct, which raise these for what cannot be.
        self._errors = (
            cast("type[Exception]", module.ParserError),
            struct.error,
            KeyError,
            IndexError,
            UnicodeDecodeError,
        )
        self._known: dict[bytes, Mapping[str, object]] = {}
        """What blocks of headers say: those of deltas come over and over."""
        self._pieces: list[bytes] = []
        self._needed = PRELUDE
        self.waiting = 0
        """The bytes of an unfinished message."""

    def feed(self, data: bytes) -> Iterator[Frame]:
        """The messages that ``data`` completes. Raises :class:`BrokenFrame`; nothing can be read after it."""
        self._pieces.append(data)
        self.waiting += len(data)
        if self.waiting < self._needed:
            return
        data = b"".join(self._pieces)
        start = 0
        self._needed = PRELUDE
        while len(data) - start >= PRELUDE:
            total, headers = _read_lengths(data, start)
            if len(data) - start < total:
                self._needed = total
                break
            yield self._read(data[start : start + total], PRELUDE + headers)
            start += total
        self._pieces = [data[start:]]
        self.waiting = len(data) - start

    def _read(self, message: bytes, body: int) -> Frame:
        """``body`` is where the payload begins."""
        block = message[PRELUDE:body]
        known = self._known.get(block)
        if known is not None:
            if crc32(message[:-4]) != int.from_bytes(message[-4:], "big"):
                raise BrokenFrame
            return Frame(known, message[body:-4])
        try:
            self._buffer.add_data(message)
            read = next(iter(self._buffer))
        except self._errors as error:
            raise BrokenFrame from error
        if len(self._known) < _KNOWN and len(block) <= _SHORT:
            self._known[block] = read.headers
        return Frame(read.headers, read.payload)


def _read_lengths(data: bytes, start: int) -> tuple[int, int]:
    """Of the message, and of its headers."""
    total, headers, checksum = _PRELUDE.unpack_from(data, start)
    if checksum != crc32(data[start : start + 8]) or not 16 + headers <= total <= MAX_EVENT:
        raise BrokenFrame
    return total, headers


def write_frame(headers: bytes, payload: bytes) -> bytes:
    """One message, with the headers as :func:`write_headers` made them."""
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    head = prelude + struct.pack(">I", crc32(prelude)) + headers
    return b"".join((head, payload, struct.pack(">I", crc32(payload, crc32(head)))))


def write_headers(headers: Mapping[str, str]) -> bytes:
    """A header block of texts."""
    out: list[bytes] = []
    for name, value in headers.items():
        key, text = name.encode(), value.encode()
        out.append(struct.pack(">B", len(key)) + key + struct.pack(">BH", _TEXT, len(text)) + text)
    return b"".join(out)
