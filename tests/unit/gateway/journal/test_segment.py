"""Segments on disk: found by name, read from a mark."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from trunkline.gateway.journal.frame import LONGEST_PAYLOAD, Damage, Kind, Record, encode_frame
from trunkline.gateway.journal.segment import Segment, list_processes, list_segments, name_segment

PROCESS, OTHER = "a" * 32, "b" * 32
FRAMES = [encode_frame(Kind.SETTLE, bytes([n]) * 16, bytes(n)) for n in range(5)]


def write(directory: Path, number: int, data: bytes, process: str = PROCESS) -> None:
    (directory / name_segment(process, number)).write_bytes(data)


def test_segments_of_a_process_come_in_the_order_they_were_written(tmp_path: Path) -> None:
    for number in (10, 2, 100_000_000, 1):
        write(tmp_path, number, b"x" * number if number < 100 else b"")
    write(tmp_path, 1, b"", OTHER)
    (tmp_path / f"{PROCESS}-1.journal").touch()
    (tmp_path / "notes.journal").touch()
    found = list_segments(tmp_path, PROCESS)
    assert [(one.number, one.end, one.sealed) for one in found] == [(1, 1, True), (2, 2, True), (10, 10, True)]
    assert found[0].name == PROCESS + "-00000001.journal"


def test_processes_are_those_with_a_segment_or_a_lock(tmp_path: Path) -> None:
    write(tmp_path, 1, b"")
    (tmp_path / f"{OTHER}.lock").touch()
    (tmp_path / "database.lock").touch()
    assert list_processes(tmp_path) == {PROCESS, OTHER}


@pytest.mark.parametrize("shipped", range(6))
def test_reading_goes_on_at_the_mark(tmp_path: Path, shipped: int) -> None:
    write(tmp_path, 1, b"".join(FRAMES))
    (segment,) = list_segments(tmp_path, PROCESS)
    mark = sum(map(len, FRAMES[:shipped]))
    records = [one for one in segment.read(mark) if isinstance(one, Record)]
    assert [one.payload for one in records] == [bytes(n) for n in range(shipped, 5)]
    assert (records[-1].end if records else mark) == segment.end


def test_a_live_segment_is_read_up_to_what_is_known_to_be_written(tmp_path: Path) -> None:
    write(tmp_path, 1, b"".join(FRAMES))
    end = sum(map(len, FRAMES[:2]))
    live = Segment(path=tmp_path / name_segment(PROCESS, 1), process=PROCESS, number=1, end=end, sealed=False)
    assert [one.end for one in live.read()] == [len(FRAMES[0]), end]


def test_a_mark_past_the_end_is_the_end(tmp_path: Path) -> None:
    """A power cut may take from the file what the database has seen already."""
    write(tmp_path, 1, FRAMES[0])
    (segment,) = list_segments(tmp_path, PROCESS)
    assert list(segment.read(10_000)) == []


def test_a_tail_torn_at_any_byte_is_cut_at_the_last_good_record(tmp_path: Path) -> None:
    whole = b"".join(FRAMES)
    ends = [sum(map(len, FRAMES[:count])) for count in range(len(FRAMES) + 1)]
    for cut in range(len(whole) + 1):
        write(tmp_path, 1, whole[:cut])
        (segment,) = list_segments(tmp_path, PROCESS)
        *_, good = [end for end in ends if end <= cut]
        tail = [Damage(offset=good, end=cut, torn=True)] if cut > good else []
        entries = list(segment.read())
        assert [one.end for one in entries if isinstance(one, Record)] == [end for end in ends[1:] if end <= cut]
        assert [one for one in entries if isinstance(one, Damage)] == tail


def test_a_torn_tail_is_told(tmp_path: Path) -> None:
    write(tmp_path, 1, FRAMES[0] + FRAMES[1][:-1])
    (segment,) = list_segments(tmp_path, PROCESS)
    record, tail = segment.read()
    assert isinstance(record, Record)
    assert tail == Damage(offset=len(FRAMES[0]), end=segment.end, torn=True)


def test_a_long_backlog_takes_no_memory(tmp_path: Path) -> None:
    frame = encode_frame(Kind.SETTLE, bytes(16), bytes(1000))
    write(tmp_path, 1, frame * 16_000)
    (segment,) = list_segments(tmp_path, PROCESS)
    tracemalloc.start()
    try:
        count = sum(isinstance(one, Record) for one in segment.read())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 16_000
    assert peak < 2 << 20 < segment.end


def test_frames_of_any_length_stand_across_blocks(tmp_path: Path) -> None:
    payloads = [bytes(LONGEST_PAYLOAD), b"x", bytes(300_000), b"", bytes(LONGEST_PAYLOAD - 1)] * 2
    write(tmp_path, 1, b"".join(encode_frame(Kind.NOTE, bytes(16), payload) for payload in payloads))
    (segment,) = list_segments(tmp_path, PROCESS)
    assert [one.payload for one in segment.read() if isinstance(one, Record)] == payloads
