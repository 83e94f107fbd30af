"""Memory that is free and not given back: cycles that wait for the garbage collector, and gaps in the C library's heap.

The collector looks at all of the heap seldom here, so that memory grew under a long load until it did. ``make soak``
shows by how much it still grows.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import sys
from collections.abc import Callable
from typing import Final

TRIM_SECONDS: Final = 30.0


async def give_back() -> None:
    """Give it back to the system every now and then, until cancelled."""
    trim = find_trim()
    while True:
        await asyncio.sleep(TRIM_SECONDS)
        gc.collect()
        if trim is not None:
            # In a thread, as it takes some milliseconds.
            await asyncio.to_thread(trim, 0)


def find_trim() -> Callable[[int], int] | None:
    """``malloc_trim`` (https://man7.org/linux/man-pages/man3/malloc_trim.3.html); None where there is none (musl)."""
    return getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
