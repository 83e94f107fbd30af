"""Records as bytes on disk, and what can be read of damaged ones.

A frame is ``length`` (u32) | ``CRC-32`` (u32) | ``kind`` (1 byte) | event id (16 bytes) | payload; numbers are little
endian, ``length`` and CRC-32 (that of zlib) cover kind, id and payload. Zeros, which some file systems leave after a
power cut, are no frame.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Generator, Iterable, Iterator
from enum import IntEnum
from typing import Final
from zlib import crc32

import msgspec

LONGEST_PAYLOAD: Final = 1 << 20
"""Bytes. Events have some hundreds; the limit lets the reader tell a damaged length."""

ID_BYTES: Final = 16

_HEAD: Final = struct.Struct("<II")
_unpack_head: Final = _HEAD.unpack_from
_pack_head: Final = _HEAD.pack
HEAD_BYTES: Final = _HEAD.size
"""Length and CRC-32."""
BEFORE_PAYLOAD: Final = 1 + ID_BYTES
"""How many bytes of a body are the kind and the id."""

_LONGEST_BODY: Final = BEFORE_PAYLOAD + LONGEST_PAYLOAD
_LONGEST_FRAME: Final = HEAD_BYTES + _LONGEST_BODY
_CANDIDATE: Final = re.compile(rb"..[\x00-\x10]\x00....[NORSTos]", re.DOTALL)
"""What a frame can begin with, for the search in damaged bytes: a length within the limit, any CRC, a kind."""


class Kind(IntEnum):
    """What a record tells: a call was dispatched, it has ended, or something else that must not be lost happened."""

    OPEN = ord("O")
    SETTLE = ord("S")
    NOTE = ord("N")
    """Stands for itself: no other record belongs to it. A call that broke a policy is one."""
    READING = ord("R")
    """Stands for itself too: what a provider said of its rate limits."""
    TEMPLATE = ord("T")
    """What many calls have in common, under a number: see :mod:`trunkline.gateway.journal.template`."""
    SHORT_OPEN = ord("o")
    """As OPEN, of a call of which a template tells the rest."""
    SHORT_SETTLE = ord("s")


class Record(msgspec.Struct, frozen=True, gc=False):
    """One record. ``offset`` and ``end`` are where its frame begins and ends in its segment, in bytes."""

    kind: Kind
    body: bytes
    offset: int
    end: int

    @property
    def event_id(self) -> bytes:
        """The 16 bytes of the event's id."""
        return self.body[1:BEFORE_PAYLOAD]

    @property
    def payload(self) -> bytes:
        """What was written down."""
        return self.body[BEFORE_PAYLOAD:]


class Damage(msgspec.Struct, frozen=True, gc=False):
    """Bytes from ``offset`` to ``end`` without a whole record. ``torn``: they are the last, as a crash leaves them."""

    offset: int
    end: int
    torn: bool


class Run(msgspec.Struct, frozen=True, gc=False):
    """Whole records in a row, of which nothing is told but their bodies: ``kind`` | event id | payload.

    The first begins at ``offset``; each takes :data:`HEAD_BYTES` more than its body.
    """

    bodies: list[bytes]
    offset: int
    end: int

    def records(self) -> Iterator[Record]:
        """Each as a record."""
        offset = self.offset
        for body in self.bodies:
            end = offset + HEAD_BYTES + len(body)
            yield Record(_KIND_OF_BYTE[body[0]], body, offset, end)
            offset = end


_BYTES: Final = tuple(bytes([number]) for number in range(256))
_KIND_OF_BYTE: Final = {int(kind): kind for kind in Kind}


def encode_frame(kind: Kind, event_id: bytes, payload: bytes) -> bytes:
    """The frame of one record. ValueError for an id that has not 16 bytes or a payload over the limit."""
    # A look-up by the kind would cost more than all of this: an Enum hashes in Python.
    body = _BYTES[kind] + event_id + payload
    size = len(body)
    if len(event_id) != ID_BYTES or size > _LONGEST_BODY:
        raise ValueError(f"an event id has {ID_BYTES} bytes and a payload at most {LONGEST_PAYLOAD}")
    return _pack_head(size, crc32(body)) + body


def read_frames(data: bytes, base: int = 0) -> Iterator[Record | Damage]:
    """Everything in ``data``, in order and without gaps; ``base`` is the offset of its first byte in the segment.

    Damage costs only the records that it touches: reading goes on at the next whole frame.
    """
    yield from read_records(read_runs((data,), base))


def read_records(entries: Iterable[Run | Damage]) -> Iterator[Record | Damage]:
    """The same ``entries``, with each record by itself."""
    for entry in entries:
        if isinstance(entry, Run):
            yield from entry.records()
        else:
            yield entry


def read_runs(blocks: Iterable[bytes], base: int = 0) -> Iterator[Run | Damage]:
    """As :func:`read_frames`, of bytes that come in blocks, of which no more are kept than a damaged frame may need."""
    data = b""
    for block in blocks:
        data += block
        consumed = yield from _read_window(data, base, last=False)
        data, base = data[consumed:], base + consumed
    yield from _read_window(data, base, last=True)


def _read_window(data: bytes, base: int, *, last: bool) -> Generator[Run | Damage, None, int]:
    """What ``data`` has for certain, of which more comes unless it is the ``last``. Returns how many bytes that are."""
    position, size = 0, len(data)
    while position < size:
        bodies, end = _read_run(data, position)
        if bodies:
            yield Run(bodies, base + position, base + end)
            position = end
            continue
        if not last and size - position < 2 * _LONGEST_FRAME:
            break
        found = _find_frame(data, position)
        if found == size and not last:
            # A frame that begins in the last bytes may end in the next ones.
            found -= _LONGEST_FRAME
        yield Damage(offset=base + position, end=base + found, torn=found == size)
        position = found
    return position


def _read_run(data: bytes, position: int, most: int | None = None) -> tuple[list[bytes], int]:
    """The bodies of the whole frames that stand at ``position``, ``most`` at most, and where the last of them ends."""
    bodies: list[bytes] = []
    last = len(data) - HEAD_BYTES - BEFORE_PAYLOAD
    while position <= last and len(bodies) != most:
        length, checksum = _unpack_head(data, position)
        start = position + HEAD_BYTES
        if not BEFORE_PAYLOAD <= length <= _LONGEST_BODY:
            break
        body = data[start : start + length]
        # What is cut off is shorter.
        if len(body) != length or crc32(body) != checksum or body[0] not in _KIND_OF_BYTE:
            break
        bodies.append(body)
        position = start + length
    return bodies, position


def _is_frame(data: bytes, position: int) -> bool:
    return bool(_read_run(data, position, 1)[0])


def _find_frame(data: bytes, damaged: int) -> int:
    """Where the next whole frame begins after a damaged one, or the end of ``data``."""
    if damaged + HEAD_BYTES <= len(data):
        # Most damage leaves the length whole. Going by it first keeps a payload from posing as frames.
        next_frame = damaged + HEAD_BYTES + _unpack_head(data, damaged)[0]
        if next_frame < len(data) and _is_frame(data, next_frame):
            return next_frame
    position = damaged
    while (match := _CANDIDATE.search(data, position + 1)) is not None:
        position = match.start()
        if _is_frame(data, position):
            return position
    return len(data)
