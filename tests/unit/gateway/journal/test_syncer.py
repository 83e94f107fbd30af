"""The syncer: one at a time, what gathers meanwhile together, sealing only what is on the disk."""

from __future__ import annotations

import asyncio
import errno
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from trunkline.gateway.journal import syncer
from trunkline.gateway.journal.segment_file import FileCalls, SegmentFile
from trunkline.gateway.journal.syncer import Failure, Syncer, Waiter

PROCESS = "a" * 32


class Bench:
    """A syncer whose syncs wait for ``gate`` and whose reports are kept."""

    def __init__(self, directory: Path, *, delay: float = 0.0) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.fails = False
        self.syncs = 0
        self.reports: list[tuple[list[Failure], list[Waiter]]] = []
        self.directory = directory
        self.syncer = Syncer(
            directory, delay=delay, report=lambda failures, waiters: self.reports.append((failures, waiters))
        )

    def make_file(self, number: int) -> SegmentFile:
        return SegmentFile(self.directory, PROCESS, number, FileCalls(sync=self._sync))

    def _sync(self, _: int) -> None:
        self.gate.wait(10)
        self.syncs += 1
        if self.fails:
            raise OSError(errno.EIO, "broken")


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.gate.set()
    await bench.syncer.close()


def make_waiter() -> Waiter:
    return asyncio.get_running_loop().create_future()


async def test_who_comes_during_a_sync_is_served_by_the_next(bench: Bench) -> None:
    file, early, late, later = bench.make_file(1), make_waiter(), make_waiter(), make_waiter()
    bench.gate.clear()
    bench.syncer.request(file, [early])
    bench.syncer.request(file, [late])
    bench.syncer.request(file, [later])
    bench.gate.set()
    await bench.syncer.drain()
    assert [waiters for _, waiters in bench.reports] == [[early], [late, later]]
    assert bench.syncs == 2


async def test_a_requested_sync_waits_for_its_time_and_drain_does_not(tmp_path: Path) -> None:
    bench = Bench(tmp_path, delay=3600.0)
    file = bench.make_file(1)
    for _ in range(3):
        bench.syncer.request(file)
        await asyncio.sleep(0)
    assert bench.syncs == 0
    await bench.syncer.close()
    assert bench.syncs == 1


async def test_a_file_is_sealed_with_its_sync_and_not_before(bench: Bench) -> None:
    old, new = bench.make_file(1), bench.make_file(2)
    bench.gate.clear()
    bench.syncer.request(new)
    bench.syncer.seal(old)
    await asyncio.sleep(0)
    assert not old.sealed
    bench.gate.set()
    await bench.syncer.drain()
    assert old.sealed
    assert not new.sealed


async def test_failures_are_reported_with_those_who_waited_and_do_not_stop_it(bench: Bench) -> None:
    first, second, one, two = bench.make_file(1), bench.make_file(2), make_waiter(), make_waiter()
    bench.fails = True
    bench.syncer.request(first, [one])
    await bench.syncer.drain()
    bench.fails = False
    bench.syncer.request(second, [two])
    await bench.syncer.drain()
    (failures, waiters), (none, others) = bench.reports
    assert [(failure.file, failure.error.errno) for failure in failures] == [(first, errno.EIO)]
    assert (waiters, none, others) == ([one], [], [two])


async def test_the_name_of_a_new_file_is_brought_to_the_disk_once(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(syncer, "sync_directory", synced.append)
    file = bench.make_file(1)
    for _ in range(3):
        bench.syncer.request(file)
        await bench.syncer.drain()
    assert synced == [tmp_path]
    bench.syncer.request(bench.make_file(2))
    await bench.syncer.drain()
    assert synced == [tmp_path, tmp_path]
