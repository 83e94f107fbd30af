"""Lines of JSON from bytes cut anywhere."""

from __future__ import annotations

import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.dialects import ndjson
from trunkline.dialects.ndjson import LineReader, LineTooLarge


def read(*pieces: bytes) -> list[bytes]:
    reader = LineReader()
    return [line for piece in pieces for line in reader.feed(piece)] + reader.close()


def test_lines_end_with_either_line_end_and_the_last_may_have_none() -> None:
    assert read(b'{"a":1}\n{"b":2}\r\n{"c":3}') == [b'{"a":1}', b'{"b":2}', b'{"c":3}']


def test_empty_lines_and_a_byte_order_mark_are_passed_over() -> None:
    assert read(b"\xef\xbb\xbf1\n\n \r\n2\n") == [b"1", b"2"]
    assert read() == read(b"") == read(b"\n") == []


def test_other_marks_of_lines_belong_to_the_text() -> None:
    text = '"\u2028\u2029\x85\x0b\x0c"'.encode()
    assert read(text + b"\n") == [text]


def test_a_line_is_given_as_soon_as_it_is_whole() -> None:
    reader = LineReader()
    assert reader.feed(b"1") == []
    assert reader.feed(b"2\n3") == [b"12"]
    assert reader.feed(b"\n") == [b"3"]
    assert reader.close() == []


lines = st.binary(min_size=1, max_size=20).map(lambda raw: b"<" + raw.replace(b"\n", b" ") + b">")


@given(st.lists(lines, max_size=6), st.lists(st.integers(0, 120), max_size=6), st.sampled_from([b"\n", b"\r\n"]))
def test_bytes_may_be_cut_anywhere(found: list[bytes], cuts: list[int], end: bytes) -> None:
    body = b"".join(line + end for line in found)
    edges = [0, *sorted(min(cut, len(body)) for cut in cuts), len(body)]
    assert read(*(body[start:stop] for start, stop in pairwise(edges))) == found


def test_a_line_over_the_limit_is_refused_however_it_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ndjson, "MAX_LINE", 100)
    long = b"x" * 101
    for pieces in ([long], [long + b"\n"], [b"1\n" + long], [long[:50], long[50:]], [long[:99], b"xx\n"]):
        with pytest.raises(LineTooLarge):
            read(*pieces)
    assert read(b"x" * 50, b"x" * 50 + b"\n", b"y" * 50, b"y" * 50) == [b"x" * 100, b"y" * 100]
    assert read(b"x" * 100 + b"\n", b"y" * 100) == [b"x" * 100, b"y" * 100]
    assert read(*[b"x" * 60 + b"\n"] * 50) == [b"x" * 60] * 50


def test_a_long_line_in_many_pieces_costs_its_length() -> None:
    reader = LineReader()
    tracemalloc.start()
    for _ in range(4096):
        assert reader.feed(b"x" * 1024) == []
    (line,) = reader.feed(b"\n")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(line) == 4096 * 1024
    assert peak < 4 * len(line)
