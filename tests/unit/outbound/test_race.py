from __future__ import annotations

import asyncio

import pytest

from trunkline.outbound.race import race

NEVER = 3600.0


def nothing(_late: object) -> None:
    pytest.fail("nothing came late")


async def give(value: str) -> str:
    return value


async def refuse(text: str = "refused") -> str:
    raise OSError(text)


async def hang() -> str:
    await asyncio.Event().wait()
    raise AssertionError


async def test_the_first_that_works_wins_and_later_ones_are_not_started() -> None:
    assert await race([lambda: give("a"), lambda: pytest.fail("started")], NEVER, nothing) == "a"


async def test_a_failure_starts_the_next_at_once() -> None:
    assert await race([refuse, refuse, lambda: give("c")], NEVER, nothing) == "c"


async def test_one_that_hangs_costs_the_stagger_only_and_is_cancelled() -> None:
    cancelled = asyncio.Event()

    async def hangs() -> str:
        try:
            return await hang()
        finally:
            cancelled.set()

    assert await race([hangs, lambda: give("b")], 0.001, nothing) == "b"
    await cancelled.wait()


async def test_when_all_fail_the_first_failure_is_the_reason() -> None:
    with pytest.raises(OSError, match="one"):
        await race([lambda: refuse("one"), lambda: refuse("two")], NEVER, nothing)
    with pytest.raises(OSError, match="alone"):
        await race([lambda: refuse("alone")], NEVER, nothing)


async def test_a_late_result_is_discarded() -> None:
    discarded = asyncio.get_running_loop().create_future()

    async def stubborn() -> str:
        try:
            await hang()
        except asyncio.CancelledError:
            return "late"
        raise AssertionError

    assert await race([stubborn, lambda: give("b")], 0.001, discarded.set_result) == "b"
    assert await discarded == "late"


async def test_a_cancelled_race_cancels_all() -> None:
    ended: list[int] = []

    async def hangs() -> str:
        try:
            return await hang()
        finally:
            ended.append(1)

    task = asyncio.create_task(race([hangs, hangs], 0.0, nothing))
    while len(asyncio.all_tasks()) < 4:
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    while len(ended) < 2:
        await asyncio.sleep(0)
