"""Frames: what was written is read, and damage costs only what it touches."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.gateway.journal.frame import (
    LONGEST_PAYLOAD,
    Damage,
    Kind,
    Record,
    encode_frame,
    read_frames,
    read_records,
    read_runs,
)

ENTRY = st.tuples(st.sampled_from(Kind), st.binary(min_size=16, max_size=16), st.binary(max_size=300))
ENTRIES = st.lists(ENTRY, max_size=12)
Entry = tuple[Kind, bytes, bytes]


def plain(records: list[Record | Damage]) -> list[Entry]:
    return [(one.kind, one.event_id, one.payload) for one in records if isinstance(one, Record)]


@given(ENTRIES, st.integers(0, 1 << 40))
def test_reads_what_was_written_where_it_was_written(entries: list[Entry], base: int) -> None:
    frames = [encode_frame(*entry) for entry in entries]
    ends = list(itertools.accumulate(map(len, frames), initial=base))
    found = list(read_frames(b"".join(frames), base))
    assert plain(found) == entries
    assert [(one.offset, one.end) for one in found] == list(itertools.pairwise(ends))


def test_the_form_on_disk_is_fixed() -> None:
    frame = encode_frame(Kind.SETTLE, bytes(range(16)), b"hello")
    assert frame.hex() == "16000000" + "412554b6" + "53" + bytes(range(16)).hex() + b"hello".hex()
    assert encode_frame(Kind.OPEN, bytes(16), b"")[8:9] == b"O"


@given(ENTRIES.filter(bool), st.data())
def test_a_tail_cut_anywhere_loses_the_last_record_alone(entries: list[Entry], data: st.DataObject) -> None:
    frames = [encode_frame(*entry) for entry in entries]
    whole = b"".join(frames)
    cut = data.draw(st.integers(len(whole) - len(frames[-1]) + 1, len(whole) - 1))
    *records, tail = read_frames(whole[:cut])
    assert plain(records) == entries[:-1]
    assert tail == Damage(offset=len(whole) - len(frames[-1]), end=cut, torn=True)


@given(ENTRIES.filter(lambda entries: len(entries) > 2), st.data())
def test_a_flipped_bit_in_the_middle_loses_one_record_and_is_reported(
    entries: list[Entry], data: st.DataObject
) -> None:
    frames = [encode_frame(*entry) for entry in entries]
    hit = data.draw(st.integers(0, len(frames) - 2))
    start = sum(map(len, frames[:hit]))
    broken = bytearray(b"".join(frames))
    bit = data.draw(st.integers(start * 8, (start + len(frames[hit])) * 8 - 1))
    broken[bit // 8] ^= 1 << bit % 8
    found = list(read_frames(bytes(broken)))
    assert plain(found) == entries[:hit] + entries[hit + 1 :]
    assert [one for one in found if isinstance(one, Damage)] == [
        Damage(offset=start, end=start + len(frames[hit]), torn=False)
    ]


@given(st.binary(max_size=3000))
def test_rubbish_is_damage_and_nothing_is_skipped(data: bytes) -> None:
    found = list(read_frames(data))
    assert [one.offset for one in found] == [0, *(one.end for one in found)][: len(found)]
    assert not found or found[-1].end == len(data)


def test_zeros_after_a_power_cut_are_one_torn_tail() -> None:
    frame = encode_frame(Kind.OPEN, bytes(16), b"x")
    record, tail = read_frames(frame + bytes(1 << 20))
    assert isinstance(record, Record)
    assert tail == Damage(offset=len(frame), end=len(frame) + (1 << 20), torn=True)


def test_records_after_a_long_damage_are_found() -> None:
    dice = random.Random(5)
    first, last = (encode_frame(Kind.SETTLE, bytes([n]) * 16, b"payload") for n in (1, 2))
    found = list(read_frames(first + dice.randbytes(1 << 20) + last))
    assert plain(found) == [(Kind.SETTLE, b"\1" * 16, b"payload"), (Kind.SETTLE, b"\2" * 16, b"payload")]


def test_a_payload_that_looks_like_a_frame_is_not_taken_for_one() -> None:
    """Somebody who chooses a payload, and meets a damaged disk, invents no event."""
    forged = encode_frame(Kind.SETTLE, b"f" * 16, b"forged")
    carrier = encode_frame(Kind.OPEN, b"c" * 16, forged)
    behind = encode_frame(Kind.SETTLE, b"b" * 16, b"behind")
    broken = bytearray(carrier + behind)
    broken[10] ^= 1
    assert plain(list(read_frames(bytes(broken)))) == [(Kind.SETTLE, b"b" * 16, b"behind")]


@pytest.mark.parametrize(
    ("event_id", "payload"), [(b"", b""), (b"x" * 15, b""), (b"x" * 17, b""), (b"x" * 16, bytes(LONGEST_PAYLOAD + 1))]
)
def test_what_could_not_be_read_back_is_refused(event_id: bytes, payload: bytes) -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        encode_frame(Kind.OPEN, event_id, payload)


def test_the_longest_payload_is_read_back() -> None:
    payload = random.Random(6).randbytes(LONGEST_PAYLOAD)
    frame = encode_frame(Kind.OPEN, b"x" * 16, payload)
    assert plain(list(read_frames(frame))) == [(Kind.OPEN, b"x" * 16, payload)]
    # It is found too, when what stands before it is damaged.
    assert plain(list(read_frames(b"damage" + frame))) == [(Kind.OPEN, b"x" * 16, payload)]


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


@given(ENTRIES, st.integers(1, 400), st.integers(0, 1 << 40))
def test_blocks_of_any_size_are_read_as_the_whole(entries: list[Entry], size: int, base: int) -> None:
    whole = b"".join(encode_frame(*entry) for entry in entries)
    assert list(read_records(read_runs(cut(whole, size), base))) == list(read_frames(whole, base))


@given(ENTRIES.filter(bool), st.integers(1, 400), st.data())
def test_damage_in_blocks_costs_what_it_costs_in_the_whole(
    entries: list[Entry], size: int, data: st.DataObject
) -> None:
    whole = bytearray(b"".join(encode_frame(*entry) for entry in entries))
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    assert list(read_records(read_runs(cut(bytes(whole), size)))) == list(read_frames(bytes(whole)))


def test_damage_that_is_longer_than_any_frame_is_passed_over_in_steps() -> None:
    frame = encode_frame(Kind.SETTLE, bytes(16), b"hello")
    entries = list(read_records(read_runs(cut(frame + bytes(5 << 20) + frame, 1 << 18))))
    assert plain(entries) == [(Kind.SETTLE, bytes(16), b"hello")] * 2
    assert [one.offset for one in entries[1:]] == [one.end for one in entries[:-1]]
    assert not any(one.torn for one in entries if isinstance(one, Damage))
