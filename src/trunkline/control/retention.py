"""How long things are kept, and their end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from trunkline.control.audit_chain.linking import AuditLinking
from trunkline.control.repetition import repeat
from trunkline.control.usage.months import UsageMonths
from trunkline.core.ids import new_id
from trunkline.logs import get_logger
from trunkline.storage import leases, retention
from trunkline.storage.database import Database
from trunkline.storage.retention import Kept
from trunkline.storage.tables import now

EVERY_SECONDS: Final = 3_600.0
AT_ONCE: Final[Mapping[Kept, int]] = {"requests": 500, "conversations": 20, "violations": 500, "alerts": 100}
"""Rows of one transaction: some milliseconds, for which others wait with what they write. A conversation has many."""

PAUSE_SECONDS: Final = 0.1
"""Between two of them, so that others come first."""

_LEASE: Final = "retention"
_LEASE_TIME: Final = timedelta(minutes=5)

_log: Final = get_logger(__name__)


class Retention:
    """Deletes what is older than ``days`` say, of each kind; None is kept for ever. One process at a time does.

    Workspaces may say fewer (:mod:`trunkline.control.workspaces.workspace_retention`).

    The audit log, with ``audit_days`` of its own, is shortened by ``audit``, so that its chains hold.
    """

    def __init__(
        self,
        database: Database,
        days: Mapping[Kept, int | None],
        *,
        audit_days: int | None = None,
        audit: AuditLinking | None = None,
        clock: Callable[[], datetime] = now,
        pause: float = PAUSE_SECONDS,
    ) -> None:
        self._database = database
        self.days: Final = days
        self.audit_days: Final = audit_days
        self._audit = audit
        self._clock = clock
        self._months = UsageMonths(database, clock=clock)
        self._pause = pause
        self._holder = new_id()

    async def run(self) -> None:
        """Delete every hour until cancelled."""
        await repeat(self._prune_all, EVERY_SECONDS, "retention_not_kept", name=__name__, at_once=True)

    async def _prune_all(self) -> None:
        await self.prune()
        await self.prune_audit()

    async def prune(self) -> dict[Kept, int]:
        """Delete what is too old. Gives how many rows went; none while another process does it.

        On PostgreSQL whole months of requests go first, uncounted.
        """
        gone: dict[Kept, int] = {}
        own = await self._find_own_days()
        for what, days in self.days.items():
            shorter = {place: said[what] for place, said in own.items() if what in said}
            if days is not None:
                if what == "requests" and await self._hold():
                    await self._months.drop_before(self._clock() - timedelta(days=days))
                gone[what] = await self._prune(what, days, None)
            for place, fewer in shorter.items():
                if days is None or fewer < days:
                    gone[what] = gone.get(what, 0) + await self._prune(what, fewer, place)
        return gone

    async def _prune(self, what: Kept, days: int, workspace_id: str | None) -> int:
        gone = 0
        while await self._hold():
            before = self._clock() - timedelta(days=days)
            async with self._database.write() as tx:
                count = await retention.prune(tx, what, before, AT_ONCE[what], workspace_id)
            gone += count
            if count < AT_ONCE[what]:
                break
            await asyncio.sleep(self._pause)
        if gone:
            _log.info("kept_long_enough", what=what, rows=gone, days=days, workspace_id=workspace_id)
        return gone

    async def _find_own_days(self) -> Mapping[str, Mapping[str, int]]:
        async with self._database.read() as tx:
            return await retention.find_own_days(tx)

    async def prune_audit(self) -> int:
        """The same for the audit log, whose chains then begin later."""
        own = {place: said["audit"] for place, said in (await self._find_own_days()).items() if "audit" in said}
        if self._audit is None or not (self.audit_days or own) or not await self._hold():
            return 0
        gone = 0
        for chain in await self._audit.list_chains():
            said = [days for days in (self.audit_days, own.get(chain)) if days is not None]
            if not said:
                continue
            before = self._clock() - timedelta(days=min(said))
            while count := await self._audit.prune(chain, before):
                gone += count
                await asyncio.sleep(self._pause)
                if not await self._hold():
                    return gone
        return gone

    async def _hold(self) -> bool:
        moment = self._clock()
        async with self._database.write() as tx:
            return await leases.take(tx, _LEASE, self._holder, now=moment, until=moment + _LEASE_TIME)
