"""The folder as the intake sees it: the living and the dead, and who may take in."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.unit.gateway.journal.left import orphans_in, segments_of

from trunkline.gateway.journal.folder import JournalFolder, Living
from trunkline.gateway.journal.writer import Journal


async def test_a_living_process_shows_what_it_has_written_and_sealed(tmp_path: Path) -> None:
    journal = Journal(tmp_path, segment_bytes=1)
    await journal.settle(bytes(16), b"end")
    while not segments_of(journal)[0].sealed:
        await asyncio.sleep(0.001)
    (living,) = JournalFolder(tmp_path).read()
    assert isinstance(living, Living)
    *_, last = living.segments
    assert living.segments[0].sealed
    assert not last.sealed
    assert living.segments[0].path.stat().st_mode & 0o777 == 0o400
    await journal.close()
    journal.release()
    (orphan,) = orphans_in(tmp_path)
    with orphan:
        assert all(segment.sealed for segment in orphan.segments())


def test_one_takes_in_at_a_time_and_is_no_process_of_its_own(tmp_path: Path) -> None:
    folder = JournalFolder(tmp_path / "journal")
    lock = folder.lock()
    assert lock is not None
    assert folder.lock() is None
    assert list(folder.read()) == []
    assert folder.is_empty
    lock.release()
    again = folder.lock()
    assert again is not None
    again.release()


def test_anybody_can_see_how_far_it_is(tmp_path: Path) -> None:
    folder = JournalFolder(tmp_path)
    assert folder.taken_in_until() is None
    for moment in (1_750_000_000.25, 1_750_000_001.5):
        folder.note_taken_in(moment)
        assert JournalFolder(tmp_path).taken_in_until() == moment
