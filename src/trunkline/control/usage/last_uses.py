"""When credentials and keys were last used by a call."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from trunkline.control.usage.projection import Arrivals
from trunkline.core.usage_event import UsageEvent
from trunkline.storage.intake.connection import Transaction
from trunkline.storage.intake.statements import USE_CREDENTIAL, USE_KEY
from trunkline.storage.intake.table import Statement

EVERY_SECONDS: Final = 10.0


class LastUses:
    """The projection. It gathers in memory and writes now and then, because each row would be written all the time.

    A kill loses what was gathered: at most ten seconds of it.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._written = clock()
        self._configurations: dict[str, int] = {}
        self._keys: dict[str, int] = {}

    async def apply(self, tx: Transaction, events: Arrivals) -> None:
        """Take note."""
        for calls in events.alike:
            self._note(calls.common, max(calls.opened_at))
        for event in events.single:
            self._note(event, event.opened_at)

    def _note(self, event: UsageEvent, at: int) -> None:
        for used, key in ((self._configurations, event.configuration_id), (self._keys, event.key_id)):
            if key is not None and used.get(key, 0) < at:
                used[key] = at

    @property
    def noted(self) -> bool:
        """Whether there is anything to write."""
        return bool(self._configurations or self._keys)

    @property
    def due(self) -> bool:
        """Whether it is time for :meth:`write`."""
        return self.noted and self._clock() - self._written >= EVERY_SECONDS

    async def write(self, tx: Transaction) -> None:
        """Write what was noted, in the order of ids, so that two writers never wait crosswise."""
        for statement, used in ((USE_CREDENTIAL, self._configurations), (USE_KEY, self._keys)):
            await _write(tx, statement, used)

    def forget(self) -> None:
        """What was written is done with."""
        self._configurations.clear()
        self._keys.clear()
        self._written = self._clock()


async def _write(tx: Transaction, statement: Statement, used: dict[str, int]) -> None:
    for key in sorted(used):
        await tx.run(statement, key, used[key])
