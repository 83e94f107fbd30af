"""Which coding a client gets, and when it gets none."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable

import pytest

from trunkline.faces import brotli
from trunkline.faces.packing import choose_coding, is_text, pack
from trunkline.faces.zstd import zstd


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        (b"", None),
        (b"identity", None),
        (b"deflate", None),
        (b"gzip", "gzip"),
        (b"x-gzip", "gzip"),
        (b"GZIP;Q=0.5", "gzip"),
        (b"gzip, deflate", "gzip"),
        (b"gzip, deflate, br", "br"),
        (b"gzip, deflate, br, zstd", "zstd"),
        (b"gzip;q=1.0, zstd;q=0.5", "gzip"),
        (b"zstd;q=0, br;q=0, *", "gzip"),
        (b"*;q=0", None),
        (b"gzip;q=0", None),
        (b"gzip;q=0.5, identity;q=0.9", None),
        (b"gzip;q=high, br", "br"),
    ],
)
def test_the_coding(accept: bytes, coding: str | None) -> None:
    assert choose_coding(accept) == coding


def unbrotli(data: bytes) -> bytes:
    return brotli.make_decompressor().process(data, output_buffer_limit=1 << 30)


@pytest.mark.parametrize(("coding", "open_"), [("gzip", gzip.decompress), ("br", unbrotli), ("zstd", zstd.decompress)])
@pytest.mark.parametrize("times", [100, 20_000])
async def test_what_is_packed_can_be_opened(coding: str, open_: Callable[[bytes], bytes], times: int) -> None:
    body = b'{"text": "hello"}' * times
    packed = await pack(body, coding)
    assert packed is not None
    assert len(packed) < len(body) / 5
    assert open_(packed) == body


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
async def test_what_hardly_shrinks_stays(coding: str) -> None:
    assert await pack(random.Random(1).randbytes(5000), coding) is None


def test_what_shrinks() -> None:
    assert is_text(b"application/json")
    assert is_text(b"application/json; charset=utf-8")
    assert is_text(b"text/html; charset=utf-8")
    assert not is_text(b"text/event-stream; charset=utf-8")
    assert not is_text(b"audio/mpeg")
