"""Looks after batches until they have ended: in one process at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from trunkline.control.batches.files import Files
from trunkline.control.batches.local_run import LocalRun
from trunkline.control.batches.provider_run import ProviderRun
from trunkline.control.batches.reserve import Reserve
from trunkline.control.repetition import repeat
from trunkline.core.errors import TrunklineError
from trunkline.core.ids import new_id
from trunkline.logs import get_logger
from trunkline.storage import batches as rows
from trunkline.storage import leases
from trunkline.storage.database import Database
from trunkline.storage.tables import Batch, now

LEASE: Final = "batches"
LOOK_SECONDS: Final = 2.0

_LEASE_SECONDS: Final = 30.0
_PATIENCE_SECONDS: Final = 5.0
"""How long a caller waits for results to be read."""

_KEPT: Final = timedelta(days=30)

log = get_logger(__name__)


class BatchWatch:
    """A duty that one process has at a time; ``poll_seconds`` is how often a provider is asked by it.

    Whoever asks after a batch has its provider asked, too, in whichever process: what is written down for one that has
    ended is the same.
    """

    def __init__(
        self,
        database: Database,
        files: Files,
        local_run: LocalRun,
        provider_run: ProviderRun,
        reserve: Reserve,
        *,
        poll_seconds: float,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._database = database
        self._files = files
        self._local_run = local_run
        self._provider_run = provider_run
        self._reserve = reserve
        self._poll_seconds = poll_seconds
        self._clock = clock
        self.holder = new_id()
        self._running: dict[str, asyncio.Task[None]] = {}
        self._polling: dict[str, asyncio.Task[bool]] = {}
        self._polled: dict[str, datetime] = {}
        self._woken = asyncio.Event()
        self._tidied: datetime | None = None

    def wake(self) -> None:
        """Look at once: something has changed."""
        self._woken.set()

    async def run(self) -> None:
        """Look every few seconds until cancelled; batches that run here are broken off then, and go on later."""
        try:
            pulse = self._database.read_pulse
            await repeat(
                self.look,
                LOOK_SECONDS,
                "batches_not_watched",
                name=__name__,
                at_once=True,
                woken=self._woken,
                pulse=pulse,
            )
        finally:
            await self.close()

    async def close(self) -> None:
        """Break off what is under way here."""
        tasks: list[asyncio.Task[Any]] = [*self._running.values(), *self._polling.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def look(self) -> None:
        """See what has to be done, if no other process does."""
        moment = self._clock()
        if not await self._has_something(moment):
            return
        async with self._database.write() as tx:
            until = moment + timedelta(seconds=_LEASE_SECONDS)
            mine = await leases.take(tx, LEASE, self.holder, now=moment, until=until)
        if not mine:
            for task in self._running.values():
                task.cancel()
            return
        async with self._database.read() as tx:
            going = await rows.list_going(tx)
        for row in going:
            if row.place == "local":
                self._start(row.id)
            elif self._is_due(row, moment):
                self._poll(row)
        self._polled = {row.id: self._polled[row.id] for row in going if row.id in self._polled}
        await self._reserve.look()
        await self._tidy(moment)

    async def _has_something(self, moment: datetime) -> bool:
        """Who has nothing to do asks for no duty, so that an installation without batches writes nothing."""
        if self._running or self._is_untidy(moment):
            return True
        async with self._database.read() as tx:
            return bool(await rows.list_going(tx)) or bool(await rows.list_holding(tx))

    async def refresh(self, row: Batch) -> bool:
        """Ask the provider of a batch now, and wait a little. Whether something may have changed.

        Where it does not answer, the last that was seen must do.
        """
        task = self._poll(row)
        await asyncio.wait({task}, timeout=_PATIENCE_SECONDS)
        return task.done() and not task.cancelled() and task.result()

    def _is_due(self, row: Batch, moment: datetime) -> bool:
        before = self._polled.get(row.id)
        return before is None or (moment - before).total_seconds() >= self._poll_seconds

    def _start(self, batch_id: str) -> None:
        if batch_id not in self._running:
            task = self._running[batch_id] = asyncio.ensure_future(self._run_here(batch_id))
            task.add_done_callback(lambda _: self._running.pop(batch_id, None))

    def _poll(self, row: Batch) -> asyncio.Task[bool]:
        task = self._polling.get(row.id)
        if task is None:
            self._polled[row.id] = self._clock()
            task = self._polling[row.id] = asyncio.ensure_future(self._ask(row))
            task.add_done_callback(lambda _: self._polling.pop(row.id, None))
        return task

    async def _run_here(self, batch_id: str) -> None:
        try:
            await self._local_run.run(batch_id)
        except Exception:  # whatever it is, nobody else looks at this task; it goes on with the next look
            log.exception("batch_broken_off", batch_id=batch_id)

    async def _ask(self, row: Batch) -> bool:
        try:
            await self._provider_run.refresh(row)
        except TrunklineError as error:
            log.warning("batch_not_seen", batch_id=row.id, reason=error.message)
            return False
        except Exception:  # a fault of ours with one batch must not keep the others from being seen
            log.exception("batch_not_seen", batch_id=row.id)
            return False
        return True

    def _is_untidy(self, moment: datetime) -> bool:
        return self._tidied is None or moment - self._tidied >= timedelta(minutes=10)

    async def _tidy(self, moment: datetime) -> None:
        if not self._is_untidy(moment):
            return
        self._tidied = moment
        await self._files.forget_old()
        async with self._database.write() as tx:
            await rows.drop(tx, await rows.find_old(tx, moment - _KEPT, 100))
