"""Whole answers, compressed where the client asks for it and something comes of it.

https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3. Streams are left alone: each event would have to be flushed, and
whoever sits in between and unpacks them may wait for more.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

SMALLEST: Final = 1400
"""Bytes. Less than that travels in one packet, compressed or not."""

_LARGE: Final = 128 * 1024
"""From here on a thread does it, so that others are served meanwhile."""

_ENOUGH: Final = 0.9
"""What must come of it: an answer that hardly shrinks (vectors, pictures in base64) is not worth unpacking."""

_KINDS: Final = (b"application/json", b"text/", b"application/openmetrics-text", b"image/svg+xml")


def is_text(content_type: bytes) -> bool:
    """Whether bodies of this type shrink. Events are no such text: see above."""
    return content_type.startswith(_KINDS) and not content_type.startswith(b"text/event-stream")


@lru_cache(maxsize=256)
def choose_coding(accept: bytes) -> str | None:
    """The coding for a client that sent ``Accept-Encoding: accept``; None for one that wants none of ours.

    The cheapest of those that it likes best.
    """
    weights: dict[str, float] = {}
    for item in accept.decode("latin-1").lower().split(","):
        name, _, rest = item.partition(";")
        _, found, weight = rest.partition("q=")
        try:
            weights[name.strip().removeprefix("x-")] = float(weight.strip()) if found else 1.0
        except ValueError:
            continue
    anything = weights.get("*", 0.0)
    best = max(_PACKERS, key=lambda coding: weights.get(coding, anything))
    weight = weights.get(best, anything)
    return best if weight > 0 and weight >= weights.get("identity", 0.0) else None


async def pack(body: bytes, coding: str) -> bytes | None:
    """``body`` compressed; None where it hardly shrinks."""
    return pack_now(body, coding) if len(body) < _LARGE else await asyncio.to_thread(pack_now, body, coding)


def pack_now(body: bytes, coding: str) -> bytes | None:
    """As :func:`pack`, for a body that is not large."""
    packed = _PACKERS[coding](body)
    return packed if len(packed) < len(body) * _ENOUGH else None


def _zstd(body: bytes) -> bytes:
    from trunkline.faces.zstd import zstd  # noqa: PLC0415 - not every client takes it

    return zstd.compress(body, 1)


def _brotli(body: bytes) -> bytes:
    from trunkline.faces import brotli  # noqa: PLC0415 - not every client takes it

    return brotli.compress(body, 4)


def _gzip(body: bytes) -> bytes:
    packer = zlib.compressobj(1, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


_PACKERS: Final[Mapping[str, Callable[[bytes], bytes]]] = {"zstd": _zstd, "br": _brotli, "gzip": _gzip}
"""The cheapest first."""
