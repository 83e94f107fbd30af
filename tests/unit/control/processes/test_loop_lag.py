"""How late an event loop is."""

from __future__ import annotations

import asyncio
import time

import pytest

from trunkline.control.processes.loop_lag import BUCKETS, LoopLag


async def test_a_loop_that_was_held_up_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trunkline.control.processes.loop_lag.LOOK_SECONDS", 0.0)
    lag = LoopLag()
    running = asyncio.ensure_future(lag.run())
    await asyncio.sleep(0)
    time.sleep(0.06)  # what holds it up
    while not sum(lag.read().counts):
        await asyncio.sleep(0)
    running.cancel()
    assert sum(lag.read().counts[BUCKETS.index(0.05) + 1 :]) >= 1
