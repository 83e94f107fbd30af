from __future__ import annotations

import asyncio
from typing import Any

import pytest

from trunkline.core.errors import UpstreamError
from trunkline.gateway.answer import Answer
from trunkline.gateway.hedge import hedge

ONE, TWO = Answer(200, []), Answer(200, [])


class Request:
    """Answers when it is told to, and remembers that it was cancelled."""

    def __init__(self, answer: Answer | Exception) -> None:
        self._answer = answer
        self.go = asyncio.Event()
        self.began = asyncio.Event()
        self.cancelled = False

    async def run(self) -> Answer:
        self.began.set()
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            await asyncio.sleep(0)
            self.cancelled = True
            raise
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


def fault() -> UpstreamError:
    return UpstreamError("no", kind="server")


def never() -> Any:
    raise AssertionError("a second request was sent")


async def test_one_that_answers_in_time_is_alone() -> None:
    first = Request(ONE)
    first.go.set()
    assert await hedge(first.run(), 60, never) == (ONE, False)


async def test_the_quicker_one_serves_and_the_other_has_ended() -> None:
    first, second = Request(ONE), Request(TWO)
    second.go.set()
    assert await hedge(first.run(), 0, second.run) == (TWO, True)
    assert first.cancelled
    first, second = Request(ONE), Request(TWO)
    running = asyncio.ensure_future(hedge(first.run(), 0, second.run))
    await second.began.wait()
    first.go.set()
    assert await running == (ONE, False)
    assert second.cancelled


async def test_a_failure_waits_for_the_other() -> None:
    for bad in (0, 1):
        requests = [Request(ONE), Request(TWO)]
        requests[bad] = Request(fault())
        running = asyncio.ensure_future(hedge(requests[0].run(), 0, requests[1].run))
        await requests[1].began.wait()
        requests[bad].go.set()
        await asyncio.sleep(0)
        assert not running.done()
        requests[1 - bad].go.set()
        assert (await running).second is (bad == 0)


async def test_when_both_fail_the_first_ones_failure_is_told() -> None:
    mine, others = fault(), fault()
    first, second = Request(mine), Request(others)
    first.go.set()
    running = asyncio.ensure_future(hedge(first.run(), 0, second.run))
    second.go.set()
    with pytest.raises(UpstreamError) as raised:
        await running
    assert raised.value is mine


async def test_without_a_second_one_the_first_is_waited_for() -> None:
    first = Request(ONE)
    running = asyncio.ensure_future(hedge(first.run(), 0, lambda: None))
    await first.began.wait()
    first.go.set()
    assert await running == (ONE, False)


async def test_who_leaves_cancels_both() -> None:
    first, second = Request(ONE), Request(TWO)
    running = asyncio.ensure_future(hedge(first.run(), 0, second.run))
    await second.began.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert first.cancelled
    assert second.cancelled
