"""When a process was told to stop, so that everything that still runs then shares one time to end."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

CLOSING_SECONDS: Final = 3.0
"""What comes after the calls takes milliseconds, and has this long where a database or a disk hangs."""


class Stopping:
    """``seconds`` is how long a stopping process lets running work finish, from the first signal on."""

    def __init__(self, seconds: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._since: float | None = None
        self._closing: float | None = None

    def begin(self) -> None:
        """The process is to stop. Said again, it changes nothing."""
        if self._since is None:
            self._since = self._clock()

    @property
    def left(self) -> float:
        """Seconds that are left; all of them as long as nobody has said stop."""
        if self._since is None:
            return self._seconds
        return max(0.0, self._since + self._seconds - self._clock())

    @property
    def closing(self) -> float:
        """Seconds that are left for what is written down at the end: in any case it has :data:`CLOSING_SECONDS`.

        These count from the first time that this is asked.
        """
        if self._closing is None:
            self._closing = self._clock()
        return max(self.left, self._closing + CLOSING_SECONDS - self._clock(), 0.0)

    @contextmanager
    def heard(self) -> Generator[None]:
        """Begin with SIGTERM or SIGINT, before whoever else listens to them is told. In the main thread only."""
        before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

        def hear(number: int, frame: FrameType | None) -> Any:
            self.begin()
            handler = before[signal.Signals(number)]
            if callable(handler):
                handler(number, frame)

        for number in before:
            signal.signal(number, hear)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
