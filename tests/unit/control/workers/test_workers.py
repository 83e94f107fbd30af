"""The workers of a machine, as the management process sees them."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from trunkline.control.prices.price_list import PriceList
from trunkline.control.prices.price_publisher import PricePublisher, follow_prices
from trunkline.control.prices.prices import PriceBook
from trunkline.control.processes.link import Link
from trunkline.control.processes.spoke import Spoke
from trunkline.control.processes.standing import STANDING, STANDINGS, Standing, read_standing
from trunkline.control.snapshot.follower import SnapshotFollower
from trunkline.control.snapshot.publisher import SnapshotPublisher
from trunkline.control.workers.workers import JOIN, Workers
from trunkline.core.metric import Sample
from trunkline.core.price import Price, Rate
from trunkline.gateway.metrics import CallCounters, Totals
from trunkline.gateway.snapshot import Snapshot, SnapshotHolder
from trunkline.providers.registry import find

OWN = Price(input=Rate(1), output=Rate(2, ((5, 3),)), source="openrouter")


def book() -> PriceBook:
    return PriceBook(PriceList("none", ()))


@pytest.fixture
def path() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="tl") as folder:
        yield Path(folder) / "hub.sock"


class Management:
    def __init__(self) -> None:
        self.prices = book()
        self.publisher = SnapshotPublisher(patience=30)
        counters = CallCounters()
        own = lambda: read_standing("management", None, counters)  # noqa: E731
        self.workers = Workers(self.publisher, PricePublisher(self.prices), {}, own)


class Worker:
    def __init__(self, path: Path, name: str, fault: str | None = None) -> None:
        self.prices, self.holder, self.counters = book(), SnapshotHolder(), CallCounters()
        self.follower = SnapshotFollower(self.holder)
        self.silent = False

        async def stand(_link: Link, _payload: bytes) -> bytes:
            if self.silent:
                await asyncio.Event().wait()
            return msgspec.msgpack.encode(read_standing(name, fault, self.counters))

        handlers = {**self.follower.handlers, **follow_prices(self.prices), STANDING: stand}
        self.spoke = Spoke(path, handlers, lambda link: link.ask(JOIN))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.ensure_future(self.spoke.run())
        try:
            await self.follower.told.wait()
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def test_who_joins_knows_what_calls_need(path: Path) -> None:
    management = Management()
    management.publisher.offer(Snapshot(revision=7))
    management.prices.learn("openrouter", {"a/b": OWN})
    worker = Worker(path, "0")
    async with management.workers.listening(path), worker.running():
        assert worker.holder.current == Snapshot(revision=7)
        while worker.prices.find(find("openrouter"), "a/b") is None:
            await asyncio.sleep(0)
        assert worker.prices.find(find("openrouter"), "a/b") == OWN
        management.prices.learn("openrouter", {"c/d": OWN})
        while worker.prices.find(find("openrouter"), "c/d") is None:
            await asyncio.sleep(0)
        assert worker.prices.find(find("openrouter"), "a/b") is None


async def test_how_all_stand_is_asked_of_each(path: Path) -> None:
    management, workers = Management(), [Worker(path, name) for name in ("1", "0")]
    workers[0].counters.active = 3
    workers[1].counters.totals["chat", "openai", "gpt", "ok"] = Totals(calls=2, cost_nanos=10**15)
    async with management.workers.listening(path), workers[0].running(), workers[1].running():
        found = await management.workers.ask()
        assert [one.name for one in found] == ["management", "0", "1"]
        labels = ("chat", "openai", "gpt", "ok")
        assert Sample("trunkline_calls", labels, 2) in found[1].samples
        assert Sample("trunkline_cost_usd", labels, 10**6) in found[1].samples
        assert found[2].active == 3
        assert all(one.memory_bytes > 1_000_000 and one.pid > 0 for one in found)
        told = msgspec.msgpack.decode(await workers[0].spoke.ask(STANDINGS), type=list[Standing])
        assert [one.name for one in told] == ["management", "0", "1"]


async def test_a_journal_that_cannot_be_written_is_found_whoever_has_it(path: Path) -> None:
    management = Management()
    async with management.workers.listening(path), Worker(path, "0").running():
        assert await management.workers.find_fault() is None
        async with Worker(path, "1", "No space left on device").running():
            assert await management.workers.find_fault() == "No space left on device"


async def test_who_says_nothing_or_has_left_is_left_out(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trunkline.control.workers.workers._PATIENCE_SECONDS", 0.05)
    management, silent = Management(), Worker(path, "0")
    silent.silent = True
    async with management.workers.listening(path), silent.running():
        async with Worker(path, "1").running():
            assert [one.name for one in await management.workers.ask()] == ["management", "1"]
        while len(await management.workers.ask()) > 1:
            await asyncio.sleep(0)
