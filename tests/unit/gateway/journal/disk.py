"""A disk that can be full, slow or broken, and a journal on it."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Callable

from tests.unit.gateway.journal.left import segments_of

from trunkline.core.errors import Unavailable
from trunkline.core.usage_event import UsageEvent
from trunkline.gateway.journal.frame import Kind, Record
from trunkline.gateway.journal.segment_file import FileCalls
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


async def until(condition: Callable[[], bool]) -> None:
    """Turns of the event loop until the condition holds; the test's own time limit is the end of patience."""
    while not condition():
        await asyncio.sleep(0.001)


async def end(journal: Journal) -> None:
    await journal.close()
    for segment in segments_of(journal):
        segment.path.unlink()
    journal.release()


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
