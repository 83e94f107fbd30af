"""How late the event loop of a process does what is due."""

from __future__ import annotations

import asyncio
from typing import Final, NoReturn

from trunkline.core.metric import Histogram, Sample

NAME: Final = "trunkline_event_loop_lag_seconds"
LOOK_SECONDS: Final = 0.25
BUCKETS: Final = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
"""Upper bounds in seconds."""


class LoopLag:
    """Observes it four times in a second while :meth:`run` runs."""

    def __init__(self) -> None:
        self._observed = Histogram(BUCKETS)

    async def run(self) -> NoReturn:
        """Observe until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + LOOK_SECONDS
            await asyncio.sleep(LOOK_SECONDS)
            self._observed.observe(max(0.0, loop.time() - due))

    def read(self) -> Sample:
        """What was observed."""
        return self._observed.read(NAME)
