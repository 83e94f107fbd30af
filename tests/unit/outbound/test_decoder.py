from __future__ import annotations

import gzip
import zlib
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.outbound.decoder import Bomb, Coding, Decoder, DecodingError


def bare(data: bytes) -> bytes:
    deflater = zlib.compressobj(wbits=-15)
    return deflater.compress(data) + deflater.flush()


def undo(coding: Coding, pieces: list[bytes], piece_bytes: int = 4096) -> tuple[bytes, bool]:
    decoder = Decoder(coding, piece_bytes)
    out = b""
    for piece in pieces:
        decoder.feed(piece)
        while part := decoder.take():
            assert len(part) <= piece_bytes
            out += part
    return out, decoder.whole


def cut(data: bytes, positions: list[int]) -> list[bytes]:
    edges = [0, *sorted(position % (len(data) + 1) for position in positions), len(data)]
    return [data[start:end] for start, end in pairwise(edges) if start < end]


@given(st.binary(max_size=3000), st.lists(st.integers(0, 10_000), max_size=6), st.sampled_from([1, 7, 4096]))
def test_what_was_coded_comes_back_however_it_is_cut(data: bytes, positions: list[int], piece_bytes: int) -> None:
    assert undo("gzip", cut(gzip.compress(data), positions), piece_bytes) == (data, True)
    assert undo("deflate", cut(zlib.compress(data), positions), piece_bytes) == (data, True)


@given(st.binary(min_size=1, max_size=3000))
def test_bare_deflate_is_understood_too(data: bytes) -> None:
    # A bare stream may by chance start like a zlib header; that of text, which is what servers send so, cannot.
    coded = bare(data)
    if coded[0] & 0x0F != 8:
        assert undo("deflate", [coded]) == (data, True)


def test_several_gzip_members_are_one_body() -> None:
    coded = gzip.compress(b"one ") + gzip.compress(b"two")
    assert undo("gzip", [coded]) == (b"one two", True)
    assert undo("gzip", [bytes([byte]) for byte in coded]) == (b"one two", True)


def test_output_of_exactly_one_piece_leaves_nothing_behind() -> None:
    data = b"a" * 8192
    assert undo("gzip", [gzip.compress(data)], 4096) == (data, True)


def test_a_flushed_part_is_given_at_once() -> None:
    deflater = zlib.compressobj(wbits=31)
    decoder = Decoder("gzip", 4096)
    for event in (b"data: 1\n\n", b"data: 2\n\n"):
        decoder.feed(deflater.compress(event) + deflater.flush(zlib.Z_SYNC_FLUSH))
        assert decoder.take() == event
        assert decoder.take() == b""
    assert not decoder.whole


def test_a_cut_body_is_not_whole_and_an_absent_one_is() -> None:
    coded = gzip.compress(b"x" * 100)
    assert undo("gzip", [coded[:-1]])[1] is False
    assert undo("gzip", [])[1] is True


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_other_bytes_are_refused(coding: Coding) -> None:
    with pytest.raises(DecodingError):
        undo(coding, [b"\x07not compressed at all"])


def test_bytes_after_a_deflate_body_are_refused() -> None:
    with pytest.raises(DecodingError):
        undo("deflate", [zlib.compress(b"x") + b"more"])


def test_a_flipped_bit_is_found() -> None:
    coded = bytearray(gzip.compress(b"hello world"))
    coded[-6] ^= 1
    with pytest.raises(DecodingError):
        undo("gzip", [bytes(coded)])


def test_a_bomb_is_refused_after_a_bounded_part_of_it() -> None:
    decoder = Decoder("gzip", 65_536)
    decoder.feed(gzip.compress(bytes(64 * 1024 * 1024)))
    # The input is 64 KiB, so that after 16 MiB the ratio is far too high.
    pieces = iter(decoder.take, b"")
    with pytest.raises(Bomb):
        sum(len(piece) for piece in islice(pieces, 17 * 16))


def test_much_text_is_no_bomb() -> None:
    data = b"".join(b"line %d of some text that compresses well, as text does\n" % number for number in range(150_000))
    assert undo("gzip", [gzip.compress(data)], 262_144) == (data, True)
