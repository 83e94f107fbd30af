"""Compressed bodies unfold to what they were, never to more than the limit, and never half."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.core.errors import InvalidInput, TooLarge, UnknownCoding
from trunkline.faces import brotli
from trunkline.faces.unpacking import MOST_LAYERS, MOST_MEMBERS, read_codings, unpack
from trunkline.faces.zstd import zstd


def bare_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "zstd": zstd.compress,
    "br": lambda data: brotli.compress(data, 5),
}


async def unfold(data: bytes, *codings: str, limit: int = 1 << 20) -> bytes:
    return await unpack(data, codings, limit, lambda: TooLarge("too large"))


@pytest.mark.parametrize("coding", PACKERS)
@given(data=st.binary(max_size=5000), times=st.integers(1, 40))
async def test_what_was_packed_is_unpacked(coding: str, data: bytes, times: int) -> None:
    assert await unfold(PACKERS[coding](data * times), coding) == data * times


async def test_deflate_without_its_frame() -> None:
    assert await unfold(bare_deflate(b"hello" * 1000), "deflate") == b"hello" * 1000


async def test_layers_are_taken_off_from_the_last() -> None:
    assert await unfold(gzip.compress(zstd.compress(b"hello")), "zstd", "gzip") == b"hello"


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
async def test_several_texts_are_one(coding: str) -> None:
    pack = PACKERS[coding]
    assert await unfold(pack(b"one ") + pack(b"") + pack(b"two"), coding) == b"one two"


@pytest.mark.parametrize("coding", ["deflate", "br"])
async def test_where_nothing_may_follow(coding: str) -> None:
    with pytest.raises(InvalidInput):
        await unfold(PACKERS[coding](b"one") + PACKERS[coding](b"two"), coding)


@pytest.mark.parametrize("coding", PACKERS)
async def test_a_large_body_that_does_not_shrink(coding: str) -> None:
    data = bytes(range(256)) * 3000
    noise = b"".join(zlib.crc32(data[at : at + 300]).to_bytes(4, "big") for at in range(0, len(data), 3))
    assert await unfold(PACKERS[coding](noise), coding, limit=2 << 20) == noise


@pytest.mark.parametrize("coding", PACKERS)
async def test_a_bomb_takes_no_more_memory_than_the_limit(coding: str) -> None:
    bomb = PACKERS[coding](bytes(100_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            await unfold(bomb, coding, limit=1_000_000)
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
    finally:
        tracemalloc.stop()


async def test_a_bomb_within_another() -> None:
    with pytest.raises(TooLarge):
        await unfold(gzip.compress(gzip.compress(bytes(100_000_000))), "gzip", "gzip", limit=1_000_000)


@pytest.mark.parametrize("coding", PACKERS)
async def test_exactly_the_limit(coding: str) -> None:
    data = bytes(200_000)
    assert await unfold(PACKERS[coding](data), coding, limit=len(data)) == data
    with pytest.raises(TooLarge):
        await unfold(PACKERS[coding](data), coding, limit=len(data) - 1)


@pytest.mark.parametrize("coding", PACKERS)
async def test_what_is_not_whole_or_not_of_the_coding(coding: str) -> None:
    good = PACKERS[coding](b"hello, hello, hello" * 10)
    for bad in (b"", b'{"model": "m"}', good[:-1], good[: len(good) // 2], good + b"\0more"):
        with pytest.raises(InvalidInput) as caught:
            await unfold(bad, coding)
        assert caught.value.fields[0].field == "Content-Encoding"


async def test_padding_of_gzip() -> None:
    assert await unfold(gzip.compress(b"hello") + bytes(700), "gzip") == b"hello"
    with pytest.raises(InvalidInput):
        await unfold(gzip.compress(b"hello") + bytes(700) + b"more", "gzip")


async def test_texts_without_end_are_bounded() -> None:
    with pytest.raises(InvalidInput):
        await unfold(gzip.compress(b"") * (MOST_MEMBERS + 1), "gzip")


async def test_a_window_that_costs_more_than_browsers_allow() -> None:
    options = {zstd.CompressionParameter.window_log: 27, zstd.CompressionParameter.enable_long_distance_matching: 1}
    packer = zstd.ZstdCompressor(options=options)
    with pytest.raises(InvalidInput):
        await unfold(packer.compress(b"hello") + packer.flush(), "zstd")


def test_codings_are_read_from_one_header_or_several() -> None:
    assert read_codings([]) == []
    assert read_codings([b"identity"]) == []
    assert read_codings([b" GZIP , zstd", b"br"]) == ["gzip", "zstd", "br"]


def test_another_coding_is_named_with_those_that_are_read() -> None:
    with pytest.raises(UnknownCoding, match=r"'compress'.*gzip, deflate, zstd, br"):
        read_codings([b"gzip, compress"])


def test_too_many_layers() -> None:
    with pytest.raises(UnknownCoding, match="at most 4 times"):
        read_codings([b",".join([b"gzip"] * (MOST_LAYERS + 1))])
