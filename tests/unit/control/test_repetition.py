"""A duty goes on after whatever went wrong once."""

from __future__ import annotations

import asyncio

import pytest

from trunkline.control.repetition import repeat
from trunkline.core.errors import Unavailable


async def test_it_goes_on_after_a_fault_of_ours_and_of_the_database(caplog: pytest.LogCaptureFixture) -> None:
    outcomes = iter([Unavailable("The database is away."), ValueError("odd"), None])
    done = asyncio.Event()

    async def work() -> None:
        outcome = next(outcomes)
        if outcome is not None:
            raise outcome
        done.set()
        await asyncio.Event().wait()

    duty = asyncio.ensure_future(repeat(work, 0, "not_done", name="here", at_once=True))
    async with asyncio.timeout(5):
        await done.wait()
    duty.cancel()
    with pytest.raises(asyncio.CancelledError):
        await duty
    assert [record.levelname for record in caplog.records] == ["WARNING", "ERROR"]
    assert all("not_done" in record.getMessage() for record in caplog.records)


async def test_the_first_time_is_after_a_while_unless_it_is_wanted_at_once() -> None:
    began: list[int] = []

    async def work() -> None:
        began.append(1)

    for at_once, expected in ((False, []), (True, [1])):
        duty = asyncio.ensure_future(repeat(work, 3_600, "not_done", name="here", at_once=at_once))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert began == expected
        duty.cancel()
        await asyncio.gather(duty, return_exceptions=True)


async def test_whoever_wakes_it_has_it_done_at_once() -> None:
    woken, done = asyncio.Event(), asyncio.Queue[int]()
    duty = asyncio.ensure_future(repeat(lambda: done.put(1), 3_600, "not_done", name="here", at_once=True, woken=woken))
    async with asyncio.timeout(5):
        await done.get()
        woken.set()
        await done.get()
    assert done.empty()
    duty.cancel()
    await asyncio.gather(duty, return_exceptions=True)


async def test_it_is_left_out_while_nobody_writes() -> None:
    beats = iter([7, 7, 8, 8, None, None])
    looked: list[int | None] = []
    told: list[int | None] = [None]
    ended = asyncio.Event()

    def pulse() -> int | None:
        beat = next(beats, None)
        told.append(beat)
        if len(told) > 7:
            ended.set()
        return beat

    async def work() -> None:
        looked.append(told[-1])

    duty = asyncio.ensure_future(repeat(work, 0, "not_done", name="here", at_once=True, pulse=pulse))
    async with asyncio.timeout(5):
        await ended.wait()
    duty.cancel()
    await asyncio.gather(duty, return_exceptions=True)
    assert looked[:4] == [7, 8, None, None]


async def test_what_failed_is_tried_again_though_nobody_writes(caplog: pytest.LogCaptureFixture) -> None:
    outcomes = iter([Unavailable("The database is away."), None])
    done = asyncio.Event()

    async def work() -> None:
        outcome = next(outcomes)
        if outcome is not None:
            raise outcome
        done.set()

    duty = asyncio.ensure_future(repeat(work, 0, "not_done", name="here", at_once=True, pulse=lambda: 7))
    async with asyncio.timeout(5):
        await done.wait()
    duty.cancel()
    await asyncio.gather(duty, return_exceptions=True)
    assert [record.levelname for record in caplog.records] == ["WARNING"]
