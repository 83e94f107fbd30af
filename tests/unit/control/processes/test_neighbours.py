"""A change is known to all processes of the machine before it is acknowledged."""

from __future__ import annotations

import asyncio
import socket
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from trunkline.control.processes.neighbours import Neighbours


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="tl") as made:
        yield Path(made)


class Shared:
    """What the processes agree on: a number that stands for the database."""

    now = 0


class Process:
    """One of them: ``known`` is what it has read last."""

    def __init__(self, folder: Path, shared: Shared, *, patience: float = 30) -> None:
        self.shared = shared
        self.known = -1
        self.able = asyncio.Event()
        self.able.set()
        self.neighbours = Neighbours(folder, self.catch_up, patience=patience)

    async def catch_up(self) -> None:
        await self.able.wait()
        self.known = self.shared.now

    async def change(self) -> None:
        self.shared.now += 1
        self.known = self.shared.now
        await self.neighbours.tell()


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0)


async def test_all_know_a_change_when_it_is_told_whoever_made_it(folder: Path) -> None:
    shared = Shared()
    processes = [Process(folder, shared) for _ in range(3)]
    async with AsyncExitStack() as stack:
        for process in processes:
            await stack.enter_async_context(process.neighbours.meet())
        await until(lambda: all(len(process.neighbours) == 2 for process in processes))
        for process in processes * 2:
            await process.change()
            assert [each.known for each in processes] == [shared.now] * 3
    assert list(folder.iterdir()) == []


async def test_who_comes_later_learns_what_was_before(folder: Path) -> None:
    shared = Shared()
    first, second = Process(folder, shared), Process(folder, shared)
    async with first.neighbours.meet():
        await first.change()
        async with second.neighbours.meet():
            await until(lambda: second.known == 1)


async def test_two_that_change_something_at_once_do_not_wait_for_each_other_for_ever(folder: Path) -> None:
    shared = Shared()
    first, second = Process(folder, shared), Process(folder, shared)
    async with first.neighbours.meet(), second.neighbours.meet():
        await until(lambda: len(first.neighbours) and len(second.neighbours))
        await asyncio.gather(*(process.change() for process in (first, second) * 10))
        assert first.known == second.known == 20


async def test_who_does_not_answer_is_waited_for_once_and_again_when_it_is_back(folder: Path) -> None:
    shared = Shared()
    quick, slow = Process(folder, shared, patience=0.01), Process(folder, shared)
    async with quick.neighbours.meet(), slow.neighbours.meet():
        await until(lambda: len(quick.neighbours) and slow.known == 0)
        slow.able.clear()
        await quick.change()
        assert slow.known == 0
        assert len(quick.neighbours) == 0
        slow.able.set()
        await until(lambda: len(quick.neighbours))
        await until(lambda: slow.known == 1)


async def test_a_process_that_stands_still_is_not_waited_for(folder: Path) -> None:
    # Its socket takes connections as long as it is not dead; nobody reads what comes.
    with socket.socket(socket.AF_UNIX) as still:
        still.bind(str(folder / "still.sock"))
        still.listen()
        process = Process(folder, Shared())
        async with process.neighbours.meet():
            await asyncio.to_thread(still.accept)
            await process.change()
            assert len(process.neighbours) == 0


async def test_what_a_dead_process_has_left_is_cleared_away(folder: Path) -> None:
    dead = folder / "dead.sock"
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(dead))
    async with Process(folder, Shared()).neighbours.meet():
        await until(lambda: not dead.exists())


async def test_only_its_owner_can_connect(folder: Path) -> None:
    async with Process(folder, Shared()).neighbours.meet():
        (path,) = folder.iterdir()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_nobody_waits_for_a_process_that_ends_while_it_is_told(folder: Path) -> None:
    shared = Shared()
    stays, ends = Process(folder, shared), Process(folder, shared)
    async with stays.neighbours.meet():
        async with ends.neighbours.meet():
            await until(lambda: len(stays.neighbours) and ends.known == 0)
            ends.able.clear()
            change = asyncio.ensure_future(stays.change())
            await until(lambda: shared.now == 1)
        await change
