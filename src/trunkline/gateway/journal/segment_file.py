"""The file that is being written: batches go in whole or not at all."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from trunkline.gateway.journal.segment import name_segment


class FileCalls(msgspec.Struct, frozen=True):
    """The system calls that may fail when a disk is full or broken, so that tests can make them fail."""

    write: Callable[[int, bytes | memoryview], int] = os.write
    truncate: Callable[[int, int], None] = os.ftruncate
    sync: Callable[[int], None] = os.fdatasync if sys.platform == "linux" else os.fsync


class SegmentFile:
    """One segment open for writing. ``size`` counts the bytes of whole batches alone.

    ``carried`` are the bytes of records that repeat those of the last segment; ``broken`` tells that the file cannot be
    trusted with another batch: its tail could not be cut, or a sync has failed; ``named`` that its name is on the disk.
    """

    def __init__(self, directory: Path, process: str, number: int, calls: FileCalls) -> None:
        """Makes the file (0600); OSError when it exists or cannot be made."""
        self.path = directory / name_segment(process, number)
        self.process = process
        self.number = number
        self.size = 0
        self.carried = 0
        self.sealed = False
        self.broken = False
        self.named = False
        self._calls = calls
        self._sync_failed = False
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
        self._descriptor: int | None = os.open(self.path, flags, 0o600)

    def append(self, batch: bytes) -> None:
        """Write all of ``batch``; on OSError the file ends where it did before."""
        assert self._descriptor is not None, "the segment is sealed"
        try:
            written = self._calls.write(self._descriptor, batch)
            while written < len(batch):
                # A disk that fills up takes a part first; the next write tells why.
                written += self._calls.write(self._descriptor, memoryview(batch)[written:])
        except OSError:
            self._cut()
            raise
        self.size += len(batch)

    def sync(self) -> None:
        """Wait until everything written is on the disk. Called in a thread.

        OSError when the disk fails, and always after that: what the system could not write it forgets, so that the next
        sync would succeed without it (https://wiki.postgresql.org/wiki/Fsync_Errors).
        """
        if self._descriptor is None:
            return
        if self._sync_failed:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        try:
            self._calls.sync(self._descriptor)
        except OSError:
            self._sync_failed = True
            raise

    def seal(self) -> None:
        """No more will be written. That nobody may write to it tells those who read."""
        self.sealed = True
        if self._descriptor is not None:
            # One that stays as it was is done with when the process has ended.
            with suppress(OSError):
                os.fchmod(self._descriptor, 0o400)
            os.close(self._descriptor)
            self._descriptor = None

    def _cut(self) -> None:
        assert self._descriptor is not None
        try:
            self._calls.truncate(self._descriptor, self.size)
        except OSError:
            self.broken = True


def sync_directory(directory: Path) -> None:
    """Make the names of new files in ``directory`` survive a power cut."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
