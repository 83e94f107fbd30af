"""Bodies of requests that are compressed: unpacked within a limit, whatever they unfold to.

``Content-Encoding`` names the codings in the order in which they were applied:
https://www.rfc-editor.org/rfc/rfc9110#section-8.4.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from trunkline.core.errors import InvalidInput, TooLarge, UnknownCoding
from trunkline.faces.coded_reader import PIECE, Broken, BrotliReader, CodedReader, ZlibReader, ZstdReader

SUPPORTED: Final = "gzip, deflate, zstd, br"
"""Also for the header ``Accept-Encoding`` of an answer that refuses another coding:
https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3."""

MOST_LAYERS: Final = 4
"""Codings upon each other. Nobody means more, and each one costs up to the limit."""

MOST_MEMBERS: Final = 65_536
"""Texts that follow upon each other in one coding: each costs something also when it is empty."""


MOST_PADDING: Final = 64 * 1024
"""Zeros behind the end."""


def read_codings(values: Iterable[bytes]) -> list[str]:
    """The codings that the header's ``values`` name, without ``identity``. Raises :class:`UnknownCoding`."""
    codings: list[str] = []
    for each in b",".join(values).decode("latin-1").lower().split(","):
        coding = each.strip()
        if coding in {"", "identity"}:
            continue
        if coding not in _READERS:
            raise UnknownCoding.of(
                "Content-Encoding",
                f"{coding[:40]!r} is not supported. Send the body as it is, or as one of {SUPPORTED}.",
            )
        codings.append(coding)
    if len(codings) > MOST_LAYERS:
        raise UnknownCoding.of("Content-Encoding", f"a body is compressed at most {MOST_LAYERS} times.")
    return codings


async def unpack(body: bytes, codings: Sequence[str], limit: int, too_large: Callable[[], TooLarge]) -> bytes:
    """``body`` as it was before. Raises what ``too_large`` makes above ``limit`` bytes, and InvalidInput."""
    for coding in reversed(codings):
        # In a thread: the libraries let others run meanwhile, this loop would not.
        unpacked = await asyncio.to_thread(_unpack, body, coding, limit)
        if unpacked is None:
            raise too_large()
        body = unpacked
    return body


def _unpack(body: bytes, coding: str, limit: int) -> bytes | None:
    """One layer less; None where more than ``limit`` bytes would come of it."""
    pieces: list[bytes] = []
    size = 0
    try:
        for piece in _read(body, coding):
            size += len(piece)
            if size > limit:
                return None
            pieces.append(piece)
    except Broken:
        raise InvalidInput.of(
            "Content-Encoding", f"the body is not the {coding} that this header says.", code="invalid_encoding"
        ) from None
    return b"".join(pieces)


def _read(body: bytes, coding: str) -> Iterator[bytes]:
    """What is in ``body``, piece by piece. It is fed in slices, as the libraries copy what they cannot use yet."""
    view = memoryview(body)
    at = 0
    for _ in range(MOST_MEMBERS):
        reader = _READERS[coding](body)
        while not reader.done:
            if at == len(view):
                raise Broken
            piece = view[at : at + PIECE]
            at += len(piece)
            yield from reader.feed(piece)
        at -= reader.unused
        # Files of gzip may be padded (https://www.gnu.org/software/gzip/manual/gzip.html#Tapes), as readers of it know.
        if at == len(view) or (coding in _PADDED and len(view) - at <= MOST_PADDING and not any(view[at:])):
            return
        if coding not in _SEVERAL:
            break
    raise Broken


def _read_deflate(body: bytes) -> CodedReader:
    """zlib's format (https://www.rfc-editor.org/rfc/rfc1950), or bare deflate where a client means that.

    The first two bytes of the former are a number that 31 divides.
    """
    wrapped = len(body) > 1 and body[0] & 15 == 8 and int.from_bytes(body[:2], "big") % 31 == 0
    return ZlibReader(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)


def _read_gzip(_: bytes) -> CodedReader:
    return ZlibReader(16 + zlib.MAX_WBITS)


_READERS: Final[Mapping[str, Callable[[bytes], CodedReader]]] = {
    "gzip": _read_gzip,
    "x-gzip": _read_gzip,
    "deflate": _read_deflate,
    "zstd": lambda _: ZstdReader(),
    "br": lambda _: BrotliReader(),
}

_PADDED: Final = frozenset({"gzip", "x-gzip"})

_SEVERAL: Final = frozenset({"gzip", "x-gzip", "zstd"})
"""Codings in which texts that follow upon each other are one: https://www.rfc-editor.org/rfc/rfc1952#section-2.2,
https://www.rfc-editor.org/rfc/rfc8878#section-3.1."""
