"""The journals of one machine, as the intake sees them: all processes' segments, and how far they are taken in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from trunkline.gateway.journal.orphan import Orphan
from trunkline.gateway.journal.process_lock import ProcessLock
from trunkline.gateway.journal.segment import Segment, list_processes, list_segments

_READER: Final = "intake"
_MARK: Final = "taken-in"


class Living(msgspec.Struct, frozen=True):
    """The segments of one living process, in order. The last one grows; those that are sealed may go."""

    segments: list[Segment]


class JournalFolder:
    """Read by one process at a time, which holds the lock that :meth:`lock` gives. Needs nothing of who writes."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._mark = directory / _MARK

    def lock(self) -> ProcessLock | None:
        """The right to take in; None while somebody else has it. Makes the folder if it is missing."""
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        return ProcessLock.acquire(self.directory, _READER)

    @property
    def is_empty(self) -> bool:
        """Whether nobody has left anything."""
        return next(self.directory.glob("*.journal"), None) is None

    def read(self) -> Iterator[Living | Orphan]:
        """Every process that has left something, oldest first. An orphan is ours until it is released."""
        for process in sorted(list_processes(self.directory)):
            lock = ProcessLock.acquire(self.directory, process)
            if lock is None:
                yield Living(list_segments(self.directory, process, alive=True))
            else:
                yield Orphan(self.directory, process, lock)

    def note_taken_in(self, until: float) -> None:
        """Everything that was written before ``until`` (seconds since the epoch) is in the database."""
        self._mark.touch(mode=0o600)
        os.utime(self._mark, (until, until))

    def taken_in_until(self) -> float | None:
        """The moment that was noted last; None when nothing was taken in here ever. Anybody may ask."""
        try:
            return self._mark.stat().st_mtime
        except OSError:
            return None
