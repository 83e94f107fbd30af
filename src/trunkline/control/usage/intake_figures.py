"""What the intake tells of itself, in a file beside the journal, because it answers nobody while it waits for the
database."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from trunkline.core.metric import Histogram, Sample

FILE: Final = "intake-figures"
BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Upper bounds of the time of a batch, in seconds."""

WRITE_SECONDS: Final = 0.4


class IntakeStanding(msgspec.Struct, frozen=True):
    """``samples`` are counted since the process ``pid`` began; ``offsets``: how far living segments are taken in, by
    name; ``event_bytes``: what a call takes of the journal."""

    pid: int
    samples: list[Sample]
    offsets: dict[str, int]
    event_bytes: float


class IntakeFigures:
    """Counts, and writes it down at most twice in a second. ``clock`` is monotonic seconds."""

    def __init__(self, directory: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = directory / FILE
        self._clock = clock
        self._written = float("-inf")
        self._batches = Histogram(BUCKETS)
        self._calls = 0
        self._bytes = 0
        self.failures = 0
        """Passes that broke off: the database was away, say."""

    def add(self, seconds: float, calls: int, size: int) -> None:
        """A batch of ``calls``, ``size`` bytes of the journal, took so long."""
        self._batches.observe(seconds)
        self._calls += calls
        self._bytes += size

    def write(self, offsets: Mapping[str, int]) -> None:
        """Write it down, if it is time. A disk that is full must not keep calls from being taken in."""
        if self._clock() - self._written < WRITE_SECONDS:
            return
        self._written = self._clock()
        standing = IntakeStanding(
            os.getpid(),
            [
                self._batches.read("trunkline_intake_batch_seconds"),
                Sample("trunkline_intake_calls", (), self._calls),
                Sample("trunkline_intake_failures", (), self.failures),
            ],
            dict(offsets),
            self._bytes / self._calls if self._calls else 0.0,
        )
        # Whoever reads it must never see half of it.
        aside = self._path.with_suffix(".new")
        with suppress(OSError):
            aside.write_bytes(msgspec.msgpack.encode(standing))
            aside.replace(self._path)


def read_intake(directory: Path) -> IntakeStanding | None:
    """What was written last; None where nothing was, or by another version."""
    try:
        return msgspec.msgpack.decode((directory / FILE).read_bytes(), type=IntakeStanding)
    except (OSError, msgspec.MsgspecError):
        return None
