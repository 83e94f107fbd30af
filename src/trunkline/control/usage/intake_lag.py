"""How far behind the calls the database is."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from trunkline.gateway.journal.folder import JournalFolder

LATE_SECONDS: Final = 10.0
"""From here on something is wrong: under load the intake stays below half of it."""


class IntakeLag:
    """Looks at what the intake notes in the journal's folder, in whichever process it runs, if it runs at all."""

    def __init__(self, folder: JournalFolder, *, clock: Callable[[], float] = time.time) -> None:
        """``clock`` gives seconds since the epoch."""
        self._folder = folder
        self._clock = clock
        self._since = clock()

    @property
    def seconds(self) -> float:
        """What was settled longer ago than this is in the database. Where nobody takes in, it grows from our start."""
        until = max(self._since, self._folder.taken_in_until() or 0.0)
        return max(0.0, self._clock() - until)

    async def check(self) -> str | None:
        """What is wrong; None when nothing is."""
        seconds = self.seconds
        if seconds <= LATE_SECONDS:
            return None
        return f"Reports are {seconds:,.0f} s behind. Nothing is lost: the journal keeps the calls."
