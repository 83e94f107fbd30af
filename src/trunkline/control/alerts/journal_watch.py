"""Each machine says when its journal does not reach the database in time; who evaluates the rules may be another."""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import datetime
from typing import Final

from trunkline.control.repetition import repeat
from trunkline.control.usage.intake_lag import LATE_SECONDS, IntakeLag
from trunkline.storage import alert_readings as rows
from trunkline.storage.database import Database

LOOK_SECONDS: Final = 5.0


class JournalWatch:
    """Writes only while the intake is late, and once when it is not any more."""

    def __init__(
        self, database: Database, lag: IntakeLag, *, now: Callable[[], datetime], machine: str | None = None
    ) -> None:
        self._database = database
        self._lag = lag
        self._now = now
        self._machine = (machine or socket.gethostname())[:255]
        self._noted = True
        """Whether there may be a note: one that was left when the process died."""

    async def run(self) -> None:
        """Look every few seconds until cancelled."""
        await repeat(self.look, LOOK_SECONDS, "journal_lag_not_noted", name=__name__)

    async def look(self) -> None:
        """Note how late the machine is, if it is."""
        seconds = int(self._lag.seconds)
        late = seconds > LATE_SECONDS
        if not late and not self._noted:
            return
        async with self._database.write() as tx:
            if late:
                await rows.keep_lag(tx, self._machine, seconds, self._now())
            else:
                await rows.forget_lag(tx, self._machine)
        self._noted = late
