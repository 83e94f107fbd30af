"""A worker's snapshot is that of the management process, at the latest when a change is settled."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from trunkline.control.processes.hub import Hub
from trunkline.control.processes.link import Handler, Link
from trunkline.control.processes.spoke import Spoke
from trunkline.control.snapshot.follower import SnapshotFollower
from trunkline.control.snapshot.publisher import SnapshotPublisher
from trunkline.gateway.snapshot import KeyEntry, Snapshot, SnapshotHolder


@pytest.fixture
def path() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="tl") as folder:
        yield Path(folder) / "hub.sock"


def state(revision: int) -> Snapshot:
    keys = {f"digest {revision}": KeyEntry(id=str(revision), workspace_id="w", user_id="u")}
    return Snapshot(revision=revision, keys=keys)


@asynccontextmanager
async def publishing(path: Path, publisher: SnapshotPublisher) -> AsyncIterator[None]:
    async def join(link: Link, _payload: bytes) -> bytes:
        publisher.join(link)
        return b""

    async with Hub({"join": join}).listening(path):
        yield


class Worker:
    """A process that only follows. It can be made to stand still."""

    def __init__(self, path: Path) -> None:
        self.holder = SnapshotHolder()
        self.follower = SnapshotFollower(self.holder)
        self.able = asyncio.Event()
        self.able.set()
        handlers = {topic: self._slowly(handler) for topic, handler in self.follower.handlers.items()}
        self.spoke = Spoke(path, handlers, lambda link: link.ask("join"))

    def _slowly(self, handler: Handler) -> Handler:
        async def answer(link: Link, payload: bytes) -> bytes:
            await self.able.wait()
            return await handler(link, payload)

        return answer

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.ensure_future(self.spoke.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def test_all_workers_know_a_change_when_it_is_settled(path: Path) -> None:
    publisher = SnapshotPublisher(patience=30)
    publisher.offer(state(1))
    workers = [Worker(path) for _ in range(3)]
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(publishing(path, publisher))
        for worker in workers:
            await stack.enter_async_context(worker.running())
            await worker.follower.told.wait()
            assert worker.holder.current == state(1)
        for revision in range(2, 6):
            publisher.offer(state(revision))
            await publisher.settle()
            assert [worker.holder.current for worker in workers] == [state(revision)] * 3


async def test_a_worker_that_does_not_answer_is_waited_for_once_and_learns_all_when_it_is_back(path: Path) -> None:
    publisher = SnapshotPublisher(patience=0.01)
    worker = Worker(path)
    async with publishing(path, publisher), worker.running():
        await worker.follower.told.wait()
        await publisher.settle()
        worker.able.clear()
        publisher.offer(state(2))
        await publisher.settle()
        assert len(publisher) == 0
        publisher.offer(state(3))
        worker.able.set()
        while worker.holder.current != state(3):
            await asyncio.sleep(0)


async def test_a_worker_outlives_the_management_process_and_follows_the_next_one(path: Path) -> None:
    worker = Worker(path)
    async with worker.running():
        first = SnapshotPublisher()
        first.offer(state(1))
        async with publishing(path, first):
            await worker.follower.told.wait()
        assert worker.holder.current == state(1)
        second = SnapshotPublisher()
        second.offer(state(7))
        async with publishing(path, second):
            while worker.holder.current != state(7):
                await asyncio.sleep(0)


async def test_nobody_is_waited_for_where_nobody_is(path: Path) -> None:
    publisher = SnapshotPublisher(patience=30)
    publisher.offer(state(1))
    await publisher.settle()
