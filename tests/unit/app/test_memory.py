"""Free memory goes back to the system."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Iterator
from typing import Any

import pytest

from trunkline.app import memory


async def test_it_is_given_back_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    enough = asyncio.Event()
    loop = asyncio.get_running_loop()

    def trim(kept: int) -> int:
        asked.append(kept)
        if len(asked) == 2:
            loop.call_soon_threadsafe(enough.set)
        return 1

    monkeypatch.setattr(memory, "TRIM_SECONDS", 0)
    monkeypatch.setattr(memory, "WORK_SECONDS", 0)
    monkeypatch.setattr(memory, "find_trim", lambda: trim)
    task = asyncio.create_task(memory.give_back())
    async with asyncio.timeout(30):
        await enough.wait()
    task.cancel()
    assert asked[:2] == [0, 0]


async def test_cycles_are_collected_also_where_nothing_can_be_trimmed(monkeypatch: pytest.MonkeyPatch) -> None:
    class Node:
        other: object = None

    node = Node()
    node.other = node
    gone = asyncio.Event()
    weakref.finalize(node, gone.set)
    del node
    monkeypatch.setattr(memory, "TRIM_SECONDS", 0)
    monkeypatch.setattr(memory, "find_trim", lambda: None)
    task = asyncio.create_task(memory.give_back())
    async with asyncio.timeout(30):
        await gone.wait()
    task.cancel()


async def test_a_process_that_did_little_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    spent = iter([0.6, 0.6, 0.7, 1.05, 1.2, 1.2])
    collected: list[float] = []
    enough = asyncio.Event()
    told = [0.0]

    def read() -> float:
        told[0] = next(spent, 0.0)
        if told[0] == 0.0:
            enough.set()
        return told[0]

    monkeypatch.setattr(memory, "TRIM_SECONDS", 0)
    monkeypatch.setattr(memory, "find_trim", lambda: None)
    monkeypatch.setattr(memory, "collect", lambda: collected.append(told[0]))
    monkeypatch.setattr(memory.time, "process_time", read)
    task = asyncio.create_task(memory.give_back())
    async with asyncio.timeout(30):
        await enough.wait()
    task.cancel()
    assert collected == [0.6, 1.2]


async def wait_together(count: int) -> list[asyncio.Task[Any]]:
    """So many tasks that wait."""
    never = asyncio.Event()
    tasks = [asyncio.create_task(never.wait()) for _ in range(count)]
    await asyncio.sleep(0)
    return tasks


@pytest.fixture
def passes() -> Iterator[list[int]]:
    """The generations that the collector has looked through."""
    seen: list[int] = []

    def note(_phase: str, info: dict[str, int]) -> None:
        seen.append(info["generation"])

    gc.callbacks.append(note)
    yield seen
    gc.callbacks.remove(note)


@pytest.fixture
def _thawed() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.freeze()


@pytest.mark.usefixtures("_thawed")
async def test_what_many_calls_hold_is_not_looked_through(passes: list[int]) -> None:
    tasks = await wait_together(memory.MANY_TASKS + 1)
    passes.clear()
    before = gc.get_freeze_count()
    memory.collect()
    assert gc.get_freeze_count() > before, "what is theirs is set aside"
    assert 2 not in passes
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    memory.collect()
    assert 2 in passes, "it is done when they are over"


@pytest.mark.usefixtures("_thawed")
@pytest.mark.parametrize(("seconds", "set_aside"), [(0.001, False), (0.02, True)])
def test_what_took_long_to_look_through_is_set_aside(
    monkeypatch: pytest.MonkeyPatch, seconds: float, *, set_aside: bool
) -> None:
    clock = iter([100.0, 100.0 + seconds])
    monkeypatch.setattr(memory.time, "perf_counter", lambda: next(clock))
    monkeypatch.setattr(asyncio, "all_tasks", set)
    gc.unfreeze()
    memory.collect()
    assert bool(gc.get_freeze_count()) is set_aside


def test_the_library_of_this_machine_is_asked_or_there_is_none() -> None:
    trim = memory.find_trim()
    assert trim is None or trim(0) in {0, 1}
