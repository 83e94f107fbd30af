"""The writer: one write a turn, an acknowledgement that holds, and a disk that may fill up and come back."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from tests.unit.gateway.journal.disk import Disk, Waiting, end, event, read_all, until
from tests.unit.gateway.journal.left import segments_of

from trunkline.core.errors import Unavailable
from trunkline.gateway.journal.frame import Damage, Kind, Record
from trunkline.gateway.journal.segment_file import FileCalls
from trunkline.gateway.journal.writer import Journal


async def test_what_is_settled_is_in_the_file_when_the_future_is_done(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.open(event(1), b"begin")
    await journal.settle(event(1), b"end")
    (segment,) = segments_of(journal)
    entries = list(segment.read())
    assert [(e.kind, e.event_id, e.payload) for e in entries if isinstance(e, Record)] == [
        (Kind.OPEN, event(1), b"begin"),
        (Kind.SETTLE, event(1), b"end"),
    ]
    assert segment.path.stat().st_size == segment.end
    assert not segment.sealed
    await end(journal)
    assert list(tmp_path.iterdir()) == []


async def test_who_is_told_by_a_call_is_told_when_it_is_written(tmp_path: Path, disk: Disk) -> None:
    journal = Journal(tmp_path, calls=disk.calls)
    waiting = Waiting()
    journal.open(event(1), b"begin")
    journal.settle_then(event(1), b"end", waiting)
    assert waiting.told == []
    await until(lambda: bool(waiting.told))
    assert waiting.told == [None]
    assert read_all(journal) == [(Kind.OPEN, 1), (Kind.SETTLE, 1)]
    disk.room = 0
    journal.open(event(2), b"begin")
    journal.settle_then(event(2), b"end", waiting)
    await until(lambda: len(waiting.told) > 1)
    assert isinstance(waiting.told[1], Unavailable)
    disk.room = None
    await journal.close()
    with pytest.raises(Unavailable):
        journal.settle_then(event(3), b"", waiting)
    journal.release()


async def test_a_turn_of_the_loop_is_one_write(tmp_path: Path, disk: Disk) -> None:
    journal = Journal(tmp_path, calls=disk.calls)
    for number in range(100):
        journal.open(event(number), b"")
    settled = [journal.settle(event(number), b"") for number in range(100)]
    noted = [journal.note(event(number), b"", kind) for kind in (Kind.NOTE, Kind.READING) for number in range(100)]
    assert disk.writes == 0
    await asyncio.gather(*settled, *noted)
    assert disk.writes == 1
    assert read_all(journal) == [
        (kind, n) for kind in (Kind.OPEN, Kind.SETTLE, Kind.NOTE, Kind.READING) for n in range(100)
    ]
    await end(journal)


async def test_a_note_is_written_as_an_end_is_and_belongs_to_nothing(tmp_path: Path, disk: Disk) -> None:
    journal = Journal(tmp_path, calls=disk.calls, segment_bytes=1)
    journal.open(event(1), b"")
    await journal.note(event(2), b"a note")
    await until(lambda: len(segments_of(journal)) > 1)
    # The open call is carried over into the next segment; the note is not, and need not be.
    first, *rest = (list(segment.read()) for segment in segments_of(journal))
    assert [entry.kind for entry in first if isinstance(entry, Record)] == [Kind.OPEN, Kind.NOTE]
    assert {entry.kind for entries in rest for entry in entries if isinstance(entry, Record)} <= {Kind.OPEN}
    await journal.close()
    with pytest.raises(Unavailable):
        journal.note(event(3), b"")
    journal.release()


async def test_notes_wait_for_a_disk_that_fails_but_not_without_end(
    tmp_path: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trunkline.gateway.journal.writer._MOST_WAITING", 2)
    journal = Journal(tmp_path, calls=disk.calls, retry_seconds=0.001)
    disk.room = 0
    with pytest.raises(Unavailable):
        await journal.note(event(0), b"")
    waiting = [journal.note(event(number), b"") for number in (1, 2)]
    with pytest.raises(Unavailable):
        journal.note(event(3), b"")
    disk.room = 1 << 20
    await asyncio.gather(*waiting, return_exceptions=True)
    await until(lambda: read_all(journal) == [(Kind.NOTE, 0), (Kind.NOTE, 1), (Kind.NOTE, 2)])
    await end(journal)


async def test_a_call_starts_when_its_beginning_is_written_and_before_who_waits_for_an_end(
    tmp_path: Path, disk: Disk
) -> None:
    journal = Journal(tmp_path, calls=disk.calls, strict=True, retry_seconds=3600.0)
    started, ended = Waiting(), Waiting()
    journal.open(event(1), b"begin")
    journal.settle_then(event(1), b"end", ended)
    journal.open(event(2), b"begin")
    journal.start_after(started)
    assert started.told == []
    await journal.written()
    assert started.told == [None], "written is enough, also where an end waits for the disk"
    assert ended.told == []
    assert read_all(journal) == [(Kind.OPEN, 1), (Kind.SETTLE, 1), (Kind.OPEN, 2)]
    await until(lambda: ended.told == [None])
    writes = disk.writes
    await journal.written()
    assert disk.writes == writes, "there was nothing to wait for"
    disk.room = 0
    journal.open(event(3), b"begin")
    journal.start_after(started)
    with pytest.raises(Unavailable):
        await journal.written()
    assert [type(told) for told in started.told] == [type(None), Unavailable]
    disk.room = None
    await end(journal)


async def test_an_open_is_written_without_anybody_waiting(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.open(event(1), b"")
    await until(lambda: read_all(journal) == [(Kind.OPEN, 1)])
    await end(journal)


async def test_whoever_cancels_takes_nobody_along(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    one, two = journal.settle(event(1), b""), journal.settle(event(2), b"")
    one.cancel()
    await two
    assert read_all(journal) == [(Kind.SETTLE, 1), (Kind.SETTLE, 2)]
    await end(journal)


async def test_files_and_directory_are_for_their_owner_alone(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "journal").iterdir()}
    assert modes == {0o600}
    assert (tmp_path / "journal").stat().st_mode & 0o777 == 0o700
    await end(journal)


async def test_a_directory_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match="cannot be used"):
        Journal(tmp_path / "file")


class TestSync:
    async def test_follows_a_write_and_stops_when_nothing_is_written(self, tmp_path: Path, disk: Disk) -> None:
        journal = Journal(tmp_path, calls=disk.calls, sync_seconds=0.001)
        await until(lambda: disk.syncs == 1)
        await journal.settle(event(1), b"")
        await until(lambda: disk.syncs == 2)
        await asyncio.sleep(0.01)
        assert disk.syncs == 2
        await end(journal)

    async def test_relaxed_does_not_wait_for_it(self, tmp_path: Path, disk: Disk) -> None:
        journal = Journal(tmp_path, calls=disk.calls, sync_seconds=3600.0)
        await journal.settle(event(1), b"")
        assert disk.syncs == 0
        await end(journal)
        assert disk.syncs == 1, "closing syncs"

    async def test_strict_waits_for_a_sync_that_began_after_the_write(self, tmp_path: Path, disk: Disk) -> None:
        journal = Journal(tmp_path, calls=disk.calls, strict=True)
        await until(lambda: disk.syncs == 1)
        for number in range(5):
            before = disk.syncs
            await journal.settle(event(number), b"")
            assert disk.syncs > before
        await end(journal)

    async def test_one_strict_sync_serves_all_that_gathered(self, tmp_path: Path, disk: Disk) -> None:
        journal = Journal(tmp_path, calls=disk.calls, strict=True)
        await until(lambda: disk.syncs == 1)
        await asyncio.gather(*(journal.settle(event(number), b"") for number in range(500)))
        assert disk.syncs <= 3
        await end(journal)

    async def test_a_failed_sync_refuses_the_waiting_and_goes_on_in_another_file(
        self, tmp_path: Path, disk: Disk
    ) -> None:
        journal = Journal(tmp_path, calls=disk.calls, strict=True, retry_seconds=0.001)
        await journal.settle(event(1), b"")
        disk.syncs_fail = True
        with pytest.raises(Unavailable, match="Input/output error"):
            await journal.settle(event(2), b"")
        assert not journal.writable
        disk.syncs_fail = False
        await until(lambda: journal.writable)
        await journal.settle(event(3), b"")
        assert len(segments_of(journal)) >= 2
        assert read_all(journal) == [(Kind.SETTLE, 1), (Kind.SETTLE, 2), (Kind.SETTLE, 3)]
        await end(journal)


class TestFullDisk:
    @pytest.mark.parametrize("room", [0, 1, 30, 60, 100])
    async def test_refuses_says_why_and_recovers_by_itself(self, tmp_path: Path, disk: Disk, room: int) -> None:
        journal = Journal(tmp_path, calls=disk.calls, retry_seconds=0.001)
        journal.open(event(1), b"x" * 40)
        await journal.settle(event(0), b"before")
        (before,) = segments_of(journal)

        disk.room = room
        with pytest.raises(Unavailable, match="No space left on device") as caught:
            await journal.settle(event(1), b"x" * 100)
        assert caught.value.code == "journal_unavailable"
        assert not journal.writable
        assert journal.fault == "No space left on device"
        assert before.path.stat().st_size == before.end, "the part that was written is cut off"
        with pytest.raises(Unavailable, match="recovers by itself"):
            journal.open(event(2), b"")
        disk.room = 0
        with pytest.raises(Unavailable):
            await journal.settle(event(3), b"")

        disk.room = None
        await until(lambda: journal.writable)
        assert read_all(journal) == [(Kind.OPEN, 1), (Kind.SETTLE, 0), (Kind.SETTLE, 1), (Kind.SETTLE, 3)]
        journal.open(event(4), b"")
        await journal.settle(event(4), b"")
        await end(journal)

    async def test_the_next_record_tries_too(self, tmp_path: Path, disk: Disk) -> None:
        journal = Journal(tmp_path, calls=disk.calls, retry_seconds=3600.0)
        disk.room = 0
        with pytest.raises(Unavailable):
            await journal.settle(event(1), b"")
        disk.room = None
        await journal.settle(event(2), b"")
        assert journal.writable
        assert read_all(journal) == [(Kind.SETTLE, 1), (Kind.SETTLE, 2)]
        await end(journal)

    async def test_a_short_write_alone_is_no_failure(self, tmp_path: Path) -> None:
        journal = Journal(tmp_path, calls=FileCalls(write=lambda fd, data: os.write(fd, bytes(data[:7]))))
        await asyncio.gather(*(journal.settle(event(n), b"payload") for n in range(10)))
        assert read_all(journal) == [(Kind.SETTLE, n) for n in range(10)]
        await end(journal)

    async def test_a_tail_that_cannot_be_cut_is_left_behind_in_its_segment(self, tmp_path: Path, disk: Disk) -> None:
        journal = Journal(tmp_path, calls=disk.calls, retry_seconds=0.001)
        journal.open(event(9), b"")
        await journal.settle(event(1), b"")
        disk.room, disk.cuts_fail = 10, True
        with pytest.raises(Unavailable):
            await journal.settle(event(2), b"")
        disk.room, disk.cuts_fail = None, False
        await until(lambda: journal.writable)
        await journal.settle(event(3), b"")
        left, live = segments_of(journal)
        *whole, torn = left.read()
        assert [one.kind for one in whole if isinstance(one, Record)] == [Kind.OPEN, Kind.SETTLE]
        assert isinstance(torn, Damage)
        assert (torn.torn, torn.end - torn.offset) == (True, 10)
        assert [one.kind for one in live.read() if isinstance(one, Record)] == [Kind.OPEN, Kind.SETTLE, Kind.SETTLE]
        await end(journal)

    async def test_one_that_nobody_awaits_is_no_unhandled_error(self, tmp_path: Path, disk: Disk) -> None:
        reported: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))
        journal = Journal(tmp_path, calls=disk.calls, retry_seconds=0.001)
        disk.room = 0
        journal.settle(event(1), b"")
        await until(lambda: not journal.writable)
        disk.room = None
        await until(lambda: journal.writable)
        await end(journal)
        assert reported == []


class TestClose:
    async def test_writes_what_is_pending_and_refuses_the_rest(self, tmp_path: Path) -> None:
        journal = Journal(tmp_path)
        journal.open(event(1), b"")
        settled = journal.settle(event(1), b"")
        await journal.close()
        assert settled.done()
        assert read_all(journal) == [(Kind.OPEN, 1), (Kind.SETTLE, 1)]
        assert [segment.sealed for segment in segments_of(journal)] == [True]
        assert not journal.writable
        for refused in (journal.open, journal.settle):
            with pytest.raises(Unavailable, match="shutting down"):
                refused(event(2), b"")
        await journal.close()
        await end(journal)

    async def test_strict_waiters_are_served(self, tmp_path: Path, disk: Disk) -> None:
        journal = Journal(tmp_path, strict=True, calls=disk.calls)
        waiting = [journal.settle(event(number), b"") for number in range(10)]
        await journal.close()
        assert all(one.done() and one.exception() is None for one in waiting)
        await end(journal)

    async def test_leaves_nothing_when_nothing_was_written(self, tmp_path: Path) -> None:
        journal = Journal(tmp_path)
        await journal.close()
        journal.release()
        assert list(tmp_path.iterdir()) == []

    async def test_a_full_disk_does_not_keep_it_from_closing(self, tmp_path: Path, disk: Disk) -> None:
        journal = Journal(tmp_path, calls=disk.calls)
        await journal.settle(event(1), b"")
        disk.room = 0
        waiting = journal.settle(event(2), b"")
        await journal.close()
        assert isinstance(waiting.exception(), Unavailable)
        assert read_all(journal) == [(Kind.SETTLE, 1)]
        await end(journal)
