"""Free memory goes back to the system."""

from __future__ import annotations

import asyncio
import weakref

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


def test_the_library_of_this_machine_is_asked_or_there_is_none() -> None:
    trim = memory.find_trim()
    assert trim is None or trim(0) in {0, 1}
