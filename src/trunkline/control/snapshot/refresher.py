"""Keeps the gateway's snapshot equal to the database: compiles what changed, and swaps it in whole."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from trunkline.control.snapshot.part import Compiled, compile_part, compile_policy
from trunkline.core.errors import Unavailable
from trunkline.gateway.snapshot import PolicyEntry, Snapshot, SnapshotHolder
from trunkline.logs import get_logger
from trunkline.storage import snapshot as rows
from trunkline.storage.change_marks import CHANNEL
from trunkline.storage.database import LONG_SECONDS, Database, Transaction
from trunkline.storage.tables import now
from trunkline.vault.access_token import LIFETIME_SECONDS

_log: Final = get_logger(__name__)

POLL_SECONDS: Final = 0.5
_CHUNK: Final = 500
_KEEP_AGAIN: Final = timedelta(minutes=10)
"""How often an unchanged snapshot is handed on, because its copy's age counts from when the database was last seen."""

_GRACE: Final = timedelta(seconds=LIFETIME_SECONDS + 60)
"""How long a revoked session is remembered: until its last access token has expired, and a minute for clocks."""


class SnapshotRefresher:
    """Swaps ``holder.current`` for what the database says.

    ``refresh()`` does it once, and costs one small query when nothing has changed; ``Database.write()`` awaits it after
    each change of this process. ``run()`` follows other processes: by polling, and on PostgreSQL also as soon as they
    tell. ``kept`` is called with each new snapshot: for the copy on disk.
    """

    def __init__(
        self,
        database: Database,
        holder: SnapshotHolder,
        *,
        instance_id: str = "",
        kept: Callable[[Snapshot], None] | None = None,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._database = database
        self._holder = holder
        self._instance_id = instance_id
        self._kept = kept
        self._clock = clock
        self._turn = asyncio.Lock()
        self._heard = asyncio.Event()
        self._kept_at: datetime | None = None
        self._complete = False
        """Whether what is held was read from the database by this object, and not from a copy."""

    @property
    def loaded(self) -> bool:
        """Whether there is a snapshot to serve from at all, from the database or from the copy on disk."""
        return self._complete or bool(self._holder.current.parts)

    async def refresh(self) -> None:
        """Bring the snapshot up to date. :class:`Unavailable`, with nothing changed, when the database is down."""
        async with self._turn:
            current = self._holder.current if self._complete else Snapshot(instance_id=self._instance_id)
            async with self._database.read(limit=LONG_SECONDS) as tx:
                revision = await rows.find_revision(tx)
                if self._complete and revision == current.revision:
                    self._keep(current, since=_KEEP_AGAIN)
                    return
                changed = await rows.find_changed(tx, current.revision if self._complete else -1)
                parts: list[Compiled] = []
                for start in range(0, len(changed), _CHUNK):
                    loaded = await rows.load(tx, changed[start : start + _CHUNK])
                    parts.extend(compile_part(workspace) for workspace in loaded)
                gone = await self._find_gone(tx, current, parts)
                revoked = await rows.find_revoked_sessions(tx, self._clock() - _GRACE)
                policies = tuple(compile_policy(row) for row in await rows.find_policies(tx))
            self._holder.current = _replace(current, revision, parts, gone, frozenset(revoked), policies)
            self._complete = True
            self._keep(self._holder.current)

    def _keep(self, snapshot: Snapshot, *, since: timedelta = timedelta(0)) -> None:
        at = self._clock()
        if self._kept is not None and (self._kept_at is None or at - self._kept_at >= since):
            self._kept_at = at
            self._kept(snapshot)

    async def refresh_after_change(self) -> None:
        """As :meth:`refresh`, for a change that is committed: when the database fails now, polling catches up."""
        try:
            await self.refresh()
        except Unavailable as error:
            _log.warning("snapshot_not_refreshed", reason=error.message)

    async def run(self) -> None:
        """Follow the database until cancelled. A database that is down is waited for; the last snapshot serves on."""
        while True:
            try:
                async with self._database.listen(CHANNEL, self._hear) as connected:
                    while connected():
                        await self.refresh()
                        await self._wait()
            except Unavailable as error:
                _log.warning("snapshot_not_refreshed", reason=error.message)
                await self._wait()

    def _hear(self, _payload: str) -> None:
        self._heard.set()

    async def _wait(self) -> None:
        # Not `wait_for`: before Python 3.12 it swallows a cancellation that arrives together with what it waits for,
        # and the process would then follow for ever.
        try:
            async with asyncio.timeout(POLL_SECONDS):
                await self._heard.wait()
        except TimeoutError:
            return
        self._heard.clear()

    async def _find_gone(self, tx: Transaction, current: Snapshot, parts: Sequence[Compiled]) -> frozenset[str]:
        """The workspaces that were deleted. The many that were not are only counted."""
        known = current.parts.keys() | {compiled.part.id for compiled in parts}
        if await rows.count(tx) == len(known):
            return frozenset()
        return frozenset(known - set(await rows.find_ids(tx)))


def _replace(
    current: Snapshot,
    revision: int,
    parts: Sequence[Compiled],
    gone: frozenset[str],
    revoked: frozenset[str],
    policies: tuple[PolicyEntry, ...],
) -> Snapshot:
    by_id, keys, users = dict(current.parts), dict(current.keys), dict(current.users)
    for workspace_id in [*(compiled.part.id for compiled in parts), *gone]:
        old = by_id.pop(workspace_id, None)
        if old is None:
            continue
        for digest in old.keys:
            keys.pop(digest, None)
        if old.personal_of is not None:
            users.pop(old.personal_of, None)
    for compiled in parts:
        if compiled.part.id in gone:
            continue
        by_id[compiled.part.id] = compiled.part
        keys.update(compiled.part.keys)
        if compiled.person is not None:
            users[compiled.person.id] = compiled.person
    return Snapshot(
        revision=revision,
        instance_id=current.instance_id,
        parts=by_id,
        keys=keys,
        users=users,
        revoked_sessions=revoked,
        policies=policies,
    )
