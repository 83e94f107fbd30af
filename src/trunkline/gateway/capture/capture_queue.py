"""Captured calls that wait to be stored: so many and no more."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from typing import Final

from trunkline.core.metric import Sample
from trunkline.gateway.capture.captured_call import CapturedCall

MOST_CALLS: Final = 500
MOST_BYTES: Final = 64 << 20


class CaptureQueue:
    """What does not fit is dropped and counted: a call never waits for it."""

    def __init__(self, *, most_calls: int = MOST_CALLS, most_bytes: int = MOST_BYTES) -> None:
        self._most_calls = most_calls
        self._most_bytes = most_bytes
        self._waiting: deque[CapturedCall] = deque()
        self._bytes = 0
        self._came = asyncio.Event()
        self.kept = 0
        self.dropped = 0

    def put(self, call: CapturedCall) -> None:
        """Have it stored, if there is room."""
        if len(self._waiting) >= self._most_calls or self._bytes + call.size > self._most_bytes:
            self.dropped += 1
            return
        self._waiting.append(call)
        self._bytes += call.size
        self._came.set()

    async def get(self) -> CapturedCall:
        """The one that has waited for the longest."""
        while not self._waiting:
            self._came.clear()
            await self._came.wait()
        call = self._waiting.popleft()
        self._bytes -= call.size
        return call

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return not self._waiting

    def read(self) -> Iterator[Sample]:
        """What became of all of them."""
        yield Sample("trunkline_captured_calls", ("kept",), self.kept)
        yield Sample("trunkline_captured_calls", ("dropped",), self.dropped)
