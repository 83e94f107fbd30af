"""Orphans: only the dead are adopted, by one at a time, and their open calls are told."""

from __future__ import annotations

from pathlib import Path

from tests.unit.gateway.journal.left import orphans_in

from trunkline.gateway.journal.frame import Kind, encode_frame
from trunkline.gateway.journal.segment import list_segments, name_segment
from trunkline.gateway.journal.writer import Journal

PROCESS = "a" * 32
ONE, TWO, THREE = (bytes([n]) * 16 for n in (1, 2, 3))


def leave(directory: Path, *segments: list[tuple[Kind, bytes]], process: str = PROCESS) -> None:
    for number, records in enumerate(segments, 1):
        frames = [encode_frame(kind, event_id, kind.name.encode()) for kind, event_id in records]
        (directory / name_segment(process, number)).write_bytes(b"".join(frames))


def test_calls_without_an_end_are_told_in_order_and_once(tmp_path: Path) -> None:
    leave(
        tmp_path,
        [(Kind.OPEN, THREE), (Kind.OPEN, ONE), (Kind.OPEN, TWO), (Kind.SETTLE, ONE)],
        [(Kind.OPEN, THREE), (Kind.OPEN, TWO), (Kind.SETTLE, TWO)],
        [(Kind.OPEN, THREE)],
    )
    (orphan,) = orphans_in(tmp_path)
    with orphan:
        assert [(one.event_id, one.payload) for one in orphan.unsettled()] == [(THREE, b"OPEN")]


def test_short_records_end_calls_too_and_come_after_their_templates(tmp_path: Path) -> None:
    leave(
        tmp_path,
        [(Kind.TEMPLATE, ONE), (Kind.SHORT_OPEN, TWO), (Kind.SHORT_OPEN, THREE), (Kind.OPEN, ONE)],
        [(Kind.TEMPLATE, ONE), (Kind.SHORT_OPEN, TWO), (Kind.SHORT_SETTLE, THREE), (Kind.SHORT_SETTLE, ONE)],
    )
    (orphan,) = orphans_in(tmp_path)
    with orphan:
        assert [(one.kind, one.event_id) for one in orphan.unsettled()] == [
            (Kind.TEMPLATE, ONE),
            (Kind.SHORT_OPEN, TWO),
        ]


def test_an_end_without_a_beginning_is_no_open_call(tmp_path: Path) -> None:
    leave(tmp_path, [(Kind.SETTLE, ONE), (Kind.SETTLE, ONE)])
    (orphan,) = orphans_in(tmp_path)
    with orphan:
        assert orphan.unsettled() == []


def test_a_note_ends_no_call(tmp_path: Path) -> None:
    leave(tmp_path, [(Kind.OPEN, ONE), (Kind.NOTE, ONE), (Kind.NOTE, TWO)])
    (orphan,) = orphans_in(tmp_path)
    with orphan:
        assert [one.event_id for one in orphan.unsettled()] == [ONE]


async def test_the_living_are_passed_over(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    await journal.settle(ONE, b"")
    assert list(orphans_in(tmp_path)) == []
    await journal.close()
    assert list(orphans_in(tmp_path)) == [], "closed, but still shipping"
    journal.release()
    (orphan,) = orphans_in(tmp_path)
    with orphan:
        assert orphan.process == journal.process
        assert [one.name for one in orphan.segments()] == [one.name for one in list_segments(tmp_path, journal.process)]


def test_two_adopters_do_not_meet(tmp_path: Path) -> None:
    leave(tmp_path, [(Kind.OPEN, ONE)])
    (orphan,) = orphans_in(tmp_path)
    assert list(orphans_in(tmp_path)) == []
    orphan.release()
    (again,) = orphans_in(tmp_path)
    assert [one.event_id for one in again.unsettled()] == [ONE]
    again.release()


def test_what_is_not_deleted_stays_for_the_next(tmp_path: Path) -> None:
    leave(tmp_path, [(Kind.OPEN, ONE)], [(Kind.OPEN, TWO)])
    (orphan,) = orphans_in(tmp_path)
    with orphan:
        first, _ = orphan.segments()
        first.path.unlink()
    (again,) = orphans_in(tmp_path)
    with again:
        assert [one.number for one in again.segments()] == [2]
        for segment in again.segments():
            segment.path.unlink()
    assert list(tmp_path.iterdir()) == []


def test_each_dead_process_is_adopted_oldest_first(tmp_path: Path) -> None:
    for process in ("c" * 32, "a" * 32, "b" * 32):
        leave(tmp_path, [(Kind.OPEN, ONE)], process=process)
    processes: list[str] = []
    for orphan in orphans_in(tmp_path):
        with orphan:
            processes.append(orphan.process[0])
    assert processes == ["a", "b", "c"]
