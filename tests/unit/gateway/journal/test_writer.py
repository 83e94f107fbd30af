"""The writer: one write a turn, an acknowledgement that holds, and a disk that may fill up and come back."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.gateway.journal.left import segments_of

from trunkline.core.errors import Unavailable
from trunkline.core.usage_event import UsageEvent
from trunkline.gateway.journal.frame import Damage, Kind, Record
from trunkline.gateway.journal.segment_file import FileCalls
from trunkline.gateway.journal.template import RecordTemplate
from trunkline.gateway.journal.writer import Journal

COMMON = UsageEvent(id="", opened_at=0, request_id="", operation="chat", workspace_id="w", user_id="u")


def event(number: int) -> bytes:
    return number.to_bytes(16, "big")


def read_all(journal: Journal) -> list[tuple[Kind, int]]:
    found: list[tuple[Kind, int]] = []
    for segment in segments_of(journal):
        for entry in segment.read():
            assert isinstance(entry, Record)
            found.append((entry.kind, int.from_bytes(entry.event_id, "big")))
    return found


class Disk:
    """A disk with as much room as a test wants, that counts what is asked of it."""

    def __init__(self) -> None:
        self.room: int | None = None
        self.syncs_fail = False
        self.cuts_fail = False
        self.writes = 0
        self.syncs = 0
        self.calls = FileCalls(write=self._write, truncate=self._truncate, sync=self._sync)

    def _write(self, descriptor: int, data: bytes | memoryview) -> int:
        self.writes += 1
        if self.room is None:
            return os.write(descriptor, data)
        if self.room == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = os.write(descriptor, bytes(data[: self.room]))
        self.room -= written
        return written

    def _truncate(self, descriptor: int, size: int) -> None:
        if self.cuts_fail:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        os.ftruncate(descriptor, size)

    def _sync(self, descriptor: int) -> None:
        self.syncs += 1
        if self.syncs_fail:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        os.fdatasync(descriptor)


@pytest.fixture
def disk() -> Disk:
    return Disk()


async def until(condition: Callable[[], bool]) -> None:
    """Turns of the event loop until the condition holds; the test's own time limit is the end of patience."""
    while not condition():
        await asyncio.sleep(0.001)


async def end(journal: Journal) -> None:
    await journal.close()
    for segment in segments_of(journal):
        segment.path.unlink()
    journal.release()


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


class Waiting:
    """Who is told by a call."""

    def __init__(self) -> None:
        self.told: list[object] = []

    def done(self) -> bool:
        return False

    def set_result(self, result: None) -> None:
        self.told.append(result)

    def set_exception(self, exception: Unavailable) -> None:
        self.told.append(exception)

    def exception(self) -> object:
        return None


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


class TestTemplates:
    """Short records, and what they need in the same segment."""

    @staticmethod
    def told(journal: Journal) -> list[list[tuple[str, int]]]:
        """The kinds of records, and what each is about, by segment."""
        return [
            [(one.kind.name, int.from_bytes(one.event_id, "big")) for one in segment.read() if isinstance(one, Record)]
            for segment in segments_of(journal)
        ]

    async def call(self, journal: Journal, number: int, template: RecordTemplate) -> None:
        journal.open(event(number), b"begin", template)
        waiting = Waiting()
        journal.settle_then(event(number), b"end", waiting, template)
        await until(lambda: bool(waiting.told))

    async def test_a_template_is_written_once_before_the_records_that_name_it(self, tmp_path: Path) -> None:
        journal, one, two = Journal(tmp_path), RecordTemplate(COMMON), RecordTemplate(COMMON)
        for number, template in ((1, one), (2, one), (3, two)):
            await self.call(journal, number, template)
        assert self.told(journal) == [
            [
                ("TEMPLATE", one.number),
                ("SHORT_OPEN", 1),
                ("SHORT_SETTLE", 1),
                ("SHORT_OPEN", 2),
                ("SHORT_SETTLE", 2),
                ("TEMPLATE", two.number),
                ("SHORT_OPEN", 3),
                ("SHORT_SETTLE", 3),
            ]
        ]
        await end(journal)

    async def test_each_segment_has_what_its_records_name(self, tmp_path: Path) -> None:
        now = 0.0
        journal, one, two = (
            Journal(tmp_path, segment_seconds=60.0, clock=lambda: now),
            *map(RecordTemplate, [COMMON] * 2),
        )
        journal.open(event(1), b"a long call", one)
        await self.call(journal, 2, two)
        now = 60.0
        await journal.settle(event(9), b"")
        await self.call(journal, 3, two)
        _, after = self.told(journal)
        assert after == [
            ("TEMPLATE", one.number),
            ("SHORT_OPEN", 1),
            ("TEMPLATE", two.number),
            ("SHORT_OPEN", 3),
            ("SHORT_SETTLE", 3),
        ]
        await end(journal)

    async def test_records_that_waited_for_the_disk_go_behind_their_template(self, tmp_path: Path, disk: Disk) -> None:
        journal, template = Journal(tmp_path, calls=disk.calls, retry_seconds=0.001), RecordTemplate(COMMON)
        await self.call(journal, 1, template)
        disk.room, disk.cuts_fail = 10, True
        journal.settle_then(event(2), b"end", Waiting(), template)
        await until(lambda: not journal.writable)
        disk.room, disk.cuts_fail = None, False
        await until(lambda: journal.writable)
        assert self.told(journal)[-1] == [("TEMPLATE", template.number), ("SHORT_SETTLE", 2)]
        await end(journal)

    async def test_a_template_is_repeated_now_and_then(self, tmp_path: Path) -> None:
        journal, template = Journal(tmp_path), RecordTemplate(COMMON)
        for number in (1, 3):
            await self.call(journal, number, template)
            await journal.note(event(number + 1), bytes(1 << 20))
        assert [kind for kind, _ in self.told(journal)[0]].count("TEMPLATE") == 2, "damage to one must not cost all"
        await end(journal)


class TestRotation:
    async def test_open_calls_are_carried_over_and_sealed_segments_can_go(self, tmp_path: Path) -> None:
        journal = Journal(tmp_path, segment_bytes=2_000, sync_seconds=0.001)
        journal.open(event(1_000), b"a long call")
        for number in range(200):
            journal.open(event(number), b"x" * 20)
            await journal.settle(event(number), b"y" * 20)
        await until(lambda: all(segment.sealed for segment in segments_of(journal)[:-1]))
        *sealed, live = segments_of(journal)
        assert len(sealed) > 5
        assert [one.number for one in [*sealed, live]] == list(range(1, len(sealed) + 2))
        settled: list[int] = []
        for segment in [*sealed, live]:
            records = [one for one in segment.read() if isinstance(one, Record)]
            assert (Kind.OPEN, event(1_000), b"a long call") in [(r.kind, r.event_id, r.payload) for r in records]
            settled += [int.from_bytes(one.event_id, "big") for one in records if one.kind is Kind.SETTLE]
        assert settled == list(range(200))
        for segment in sealed:
            segment.path.unlink()
            assert not segment.path.exists()
        assert [one.name for one in segments_of(journal)] == [live.name]
        await end(journal)

    async def test_a_segment_is_sealed_only_when_what_it_carries_over_is_on_the_disk(
        self, tmp_path: Path, disk: Disk
    ) -> None:
        journal = Journal(tmp_path, calls=disk.calls, segment_bytes=1, sync_seconds=0.001, retry_seconds=3600.0)
        journal.open(event(1), b"")
        written = disk.writes

        def write(descriptor: int, data: bytes | memoryview) -> int:
            # The first write after the new segment is made, the one that carries over, finds the disk full.
            if disk.writes == written + 1:
                disk.room = 0
            return disk._write(descriptor, data)

        journal._calls = FileCalls(write=write, sync=disk.calls.sync)
        journal._file._calls = journal._calls
        await until(lambda: len(segments_of(journal)) == 2 and not journal.writable)
        await asyncio.sleep(0.01)
        assert not any(segment.sealed for segment in segments_of(journal))
        disk.room = None
        disk.writes = 1_000
        await journal.settle(event(2), b"")
        await until(lambda: segments_of(journal)[0].sealed)
        await end(journal)

    async def test_age_seals_too_but_never_an_empty_segment(self, tmp_path: Path) -> None:
        now = 0.0
        journal = Journal(tmp_path, segment_seconds=60.0, clock=lambda: now)
        await journal.settle(event(1), b"")
        now = 59.0
        await journal.settle(event(2), b"")
        assert len(segments_of(journal)) == 1
        now = 60.0
        await journal.settle(event(3), b"")
        assert len(segments_of(journal)) == 2
        now = 1000.0
        await asyncio.sleep(0.001)
        assert len(segments_of(journal)) == 2
        await end(journal)

    async def test_what_is_carried_over_alone_makes_no_segment_old(self, tmp_path: Path) -> None:
        journal = Journal(tmp_path, segment_seconds=0.0)
        journal.open(event(1), b"")
        await journal.settle(event(2), b"")
        assert read_all(journal) == [(Kind.OPEN, 1), (Kind.SETTLE, 2), (Kind.OPEN, 1)]
        await end(journal)

    async def test_many_open_calls_do_not_fill_every_new_segment(self, tmp_path: Path) -> None:
        journal = Journal(tmp_path, segment_bytes=1_000)
        for number in range(500):
            journal.open(event(number), b"x" * 20)
        await journal.settle(event(1_000), b"")
        assert len(segments_of(journal)) == 2
        assert segments_of(journal)[1].end > 1_000
        await end(journal)

    async def test_goes_on_in_the_old_segment_while_no_new_one_can_be_made(self, tmp_path: Path) -> None:
        journal = Journal(tmp_path, segment_bytes=1)
        taken = tmp_path / f"{journal.process}-00000002.journal"
        taken.touch()
        await journal.settle(event(1), b"")
        await journal.settle(event(2), b"")
        assert journal.writable
        assert [segment.end > 0 for segment in segments_of(journal)] == [True, False]
        taken.unlink()
        await journal.settle(event(3), b"")
        assert len(segments_of(journal)) == 2
        await end(journal)


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
