"""The file that is written: whole batches, and no trust after a failure."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from trunkline.gateway.journal.segment_file import FileCalls, SegmentFile

PROCESS = "a" * 32


def test_batches_follow_each_other(tmp_path: Path) -> None:
    file = SegmentFile(tmp_path, PROCESS, 7, FileCalls())
    file.append(b"one")
    file.append(b"two")
    file.sync()
    assert file.path.read_bytes() == b"onetwo"
    assert file.path.name == f"{PROCESS}-00000007.journal"
    assert (file.size, file.sealed) == (6, False)
    file.seal()
    assert file.sealed
    assert file.path.stat().st_mode & 0o777 == 0o400, "who reads from outside sees that no more will come"


def test_never_writes_into_a_file_that_is_there(tmp_path: Path) -> None:
    SegmentFile(tmp_path, PROCESS, 1, FileCalls()).seal()
    with pytest.raises(FileExistsError):
        SegmentFile(tmp_path, PROCESS, 1, FileCalls())


@pytest.mark.parametrize("accepted", range(4))
def test_a_batch_goes_in_whole_or_not_at_all(tmp_path: Path, accepted: int) -> None:
    """The disk takes some bytes, then says that it is full."""
    answers = [accepted] if accepted else []

    def write(descriptor: int, data: bytes | memoryview) -> int:
        if not answers:
            raise OSError(errno.ENOSPC, "full")
        return os.write(descriptor, bytes(data[: answers.pop()]))

    file = SegmentFile(tmp_path, PROCESS, 1, FileCalls(write=write))
    answers.append(3)
    file.append(b"one")
    answers[:] = [accepted] if accepted else []
    with pytest.raises(OSError, match="full"):
        file.append(b"four")
    assert file.path.read_bytes() == b"one"
    assert file.size == 3
    assert not file.broken
    file.seal()


def test_a_tail_that_cannot_be_cut_breaks_the_file(tmp_path: Path) -> None:
    def fail(*_: object) -> int:
        raise OSError(errno.EIO, "broken")

    file = SegmentFile(tmp_path, PROCESS, 1, FileCalls(write=fail, truncate=fail))
    with pytest.raises(OSError, match="broken"):
        file.append(b"x")
    assert file.broken
    assert file.size == 0
    file.seal()


def test_a_sync_that_failed_fails_for_ever(tmp_path: Path) -> None:
    """The next one of the system would succeed, without what was lost."""
    failures = [OSError(errno.EIO, "broken")]

    def sync(_: int) -> None:
        if failures:
            raise failures.pop()

    file = SegmentFile(tmp_path, PROCESS, 1, FileCalls(sync=sync))
    for _ in range(2):
        with pytest.raises(OSError, match=r"broken|Input/output error"):
            file.sync()
    file.seal()
    file.sync()
