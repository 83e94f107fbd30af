"""Memory that is free and not given back: cycles that wait for the garbage collector, and gaps in the C library's heap.

The collector looks at all of the heap seldom here, so that memory grew under a long load until it did. ``make soak``
shows by how much it still grows. It stops the whole process meanwhile, so it must not look at what calls hold that are
under way: that is free when they end, without it.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import sys
import time
from collections.abc import Callable
from typing import Final

TRIM_SECONDS: Final = 30.0

MANY_TASKS: Final = 100
"""With more of them nearly all that is new is theirs: a thousand streams hold 150,000 objects, which take 0.1 s."""

WORK_SECONDS: Final = 0.5
"""A process that has run for less since the last time (seconds of CPU) has left little behind."""

LONG_SECONDS: Final = 0.005
"""What stays after a collection that took longer is not looked at again."""


async def give_back() -> None:
    """Give it back to the system every now and then, until cancelled."""
    trim = find_trim()
    worked = 0.0
    while True:
        await asyncio.sleep(TRIM_SECONDS)
        if time.process_time() - worked < WORK_SECONDS:
            continue
        collect()
        worked = time.process_time()
        if trim is not None:
            # In a thread, as it takes some milliseconds.
            await asyncio.to_thread(trim, 0)


def collect() -> None:
    """Free cycles, unless that would take long. Runs on the event loop, because objects are finalised on it."""
    if len(asyncio.all_tasks()) > MANY_TASKS:
        gc.freeze()
        return
    began = time.perf_counter()
    gc.collect()
    if time.perf_counter() - began > LONG_SECONDS:
        gc.freeze()


def find_trim() -> Callable[[int], int] | None:
    """``malloc_trim`` (https://man7.org/linux/man-pages/man3/malloc_trim.3.html); None where there is none (musl)."""
    return getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
