"""Bringing files to the disk without stopping the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from trunkline.core.errors import Unavailable
from trunkline.gateway.journal.segment_file import SegmentFile, sync_directory


class Waiter(Protocol):
    """Who is told that a record is written: a future, or one who has as much of it as this."""

    def done(self) -> bool:
        """Whether nothing is to be told any more."""
        ...

    def set_result(self, result: None, /) -> None:
        """It is written."""
        ...

    def set_exception(self, exception: Unavailable, /) -> None:
        """It is not."""
        ...

    def exception(self) -> object:
        """What was told last has been seen."""
        ...


class Failure(NamedTuple):
    """A file that could not be synced, and why."""

    file: SegmentFile
    error: OSError


_NONE: Final[tuple[Waiter, ...]] = ()


class Syncer:
    """One sync at a time, in one thread; what is requested during a sync is served together by the next one.

    A requested sync begins ``delay`` seconds later, or at once when that is 0. ``report`` hears of every sync: the
    failures (none, when all went well) and those who waited for it.
    """

    def __init__(self, directory: Path, *, delay: float, report: Callable[[list[Failure], list[Waiter]], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._directory = directory
        self._delay = delay
        self._report = report
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal-sync")
        self._files: dict[SegmentFile, None] = {}
        self._sealing: list[SegmentFile] = []
        self._waiters: list[Waiter] = []
        self._timer: asyncio.TimerHandle | None = None
        self._running: asyncio.Future[list[Failure]] | None = None

    def request(self, file: SegmentFile, waiters: tuple[Waiter, ...] | list[Waiter] = _NONE) -> None:
        """Sync ``file`` soon; ``waiters`` are reported with the sync that covers what is written to it now."""
        self._files[file] = None
        self._waiters += waiters
        if self._timer is None and self._running is None:
            if self._delay:
                self._timer = self._loop.call_later(self._delay, self._start)
            else:
                self._start()

    def seal(self, file: SegmentFile) -> None:
        """Seal ``file`` when it, and every file that was requested before, is on the disk."""
        self._sealing.append(file)
        self.request(file)

    async def drain(self) -> None:
        """Wait until everything requested is served."""
        while self._files or self._running is not None:
            if self._running is None:
                self._start()
            else:
                await asyncio.wait([self._running])

    async def close(self) -> None:
        """Serve what is requested, and end the thread."""
        await self.drain()
        self._executor.shutdown()

    def _start(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        files, self._files = list(self._files), {}
        sealing, self._sealing = self._sealing, []
        waiters, self._waiters = self._waiters, []
        self._running = self._loop.run_in_executor(self._executor, _sync, self._directory, files)
        self._running.add_done_callback(lambda done: self._finish(done.result(), sealing, waiters))

    def _finish(self, failures: list[Failure], sealing: list[SegmentFile], waiters: list[Waiter]) -> None:
        self._running = None
        # One that cannot be synced is sealed all the same: what it holds can be read, and nothing more will be written.
        for file in sealing:
            file.seal()
        self._report(failures, waiters)
        if self._files:
            files = list(self._files)
            self.request(files[0])


def _sync(directory: Path, files: list[SegmentFile]) -> list[Failure]:
    failures: list[Failure] = []
    for file in files:
        try:
            file.sync()
            if not file.named:
                sync_directory(directory)
                file.named = True
        except OSError as error:
            failures.append(Failure(file, error))
    return failures
