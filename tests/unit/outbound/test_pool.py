"""The book-keeping of a pool, in any order of events."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trunkline.outbound.pool import Pool


class Kept:
    """What a pool sees of a connection."""

    def __init__(self) -> None:
        self.usable = True
        self.idle_until = 1e12
        self.closed = False

    def close(self) -> None:
        self.closed = True


async def test_a_slot_is_given_until_the_limit() -> None:
    loop = asyncio.get_running_loop()
    pool = Pool(1)
    assert await pool.wait(loop) is None
    waiting = asyncio.create_task(pool.wait(loop))
    await asyncio.sleep(0)
    assert not waiting.done()
    pool.leave()
    assert await waiting is None
    assert pool.open == 1


async def test_idle_connections_are_taken_last_first_and_old_ones_closed() -> None:
    pool = Pool(9)
    old, dead, fresh = Kept(), Kept(), Kept()
    old.idle_until = 1.0
    for connection in (fresh, dead, old):
        pool.put(connection)
    dead.usable = False
    assert pool.take(2.0) is fresh
    assert old.closed
    assert dead.closed
    assert pool.take(2.0) is None


async def test_expiry_closes_the_old_and_tells_when_to_come_again() -> None:
    pool = Pool(9)
    old, fresh = Kept(), Kept()
    old.idle_until = 1.0
    pool.put(old)
    pool.put(fresh)
    assert pool.expire(2.0) == 1e12
    assert old.closed
    assert pool.idle == [fresh]
    assert pool.expire(1e12) is None
    assert fresh.closed


@pytest.mark.parametrize("give", ["connection", "slot"])
async def test_a_cancelled_waiter_that_was_just_served_passes_it_on(give: str) -> None:
    loop = asyncio.get_running_loop()
    pool = Pool(1)
    await pool.wait(loop)
    first, second = (asyncio.create_task(pool.wait(loop)) for _ in range(2))
    await asyncio.sleep(0)
    connection = Kept()
    if give == "connection":
        pool.put(connection)
    else:
        pool.leave()
    first.cancel()
    assert await second is (connection if give == "connection" else None)
    assert first.cancelled()
    assert pool.open == 1


@settings(max_examples=60)
@given(st.lists(st.sampled_from(["call", "release", "fail", "cancel", "settle"]), max_size=40), st.integers(1, 3))
async def test_in_any_order_the_limit_holds_and_nobody_is_forgotten(events: list[str], limit: int) -> None:
    loop = asyncio.get_running_loop()
    pool = Pool(limit)
    waiting: list[asyncio.Task[Kept | None]] = []
    held: list[Kept] = []

    async def settle() -> None:
        for _ in range(4):
            await asyncio.sleep(0)
        for task in [task for task in waiting if task.done()]:
            waiting.remove(task)
            if not task.cancelled():
                held.append(task.result() or Kept())

    for event in events:
        if event == "call":
            waiting.append(loop.create_task(pool.wait(loop)))
        elif event == "release" and held:
            pool.put(held.pop())
        elif event == "fail" and held:
            held.pop()
            pool.leave()
        elif event == "cancel" and waiting:
            waiting[0].cancel()
        elif event == "settle":
            await settle()
    await settle()
    assert pool.open <= limit
    assert pool.open == len(held) + len(pool.idle)
    assert not (waiting and pool.open < limit)
    assert not (waiting and pool.idle)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
