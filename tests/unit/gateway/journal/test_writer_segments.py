"""What the writer repeats in each segment, and when it begins another."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.unit.gateway.journal.disk import COMMON, Disk, Waiting, end, event, read_all, until
from tests.unit.gateway.journal.left import segments_of

from trunkline.gateway.journal.frame import Kind, Record
from trunkline.gateway.journal.segment_file import FileCalls
from trunkline.gateway.journal.template import RecordTemplate
from trunkline.gateway.journal.writer import Journal


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
