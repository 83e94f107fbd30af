"""Keeps the gateway's snapshot equal to the database: compiles what changed, and swaps it in whole."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from trunkline.control.repetition import REST_SECONDS
from trunkline.control.snapshot.part import Compiled, compile_part, compile_policy
from trunkline.control.snapshot.patch import patch_part
from trunkline.core.errors import Unavailable
from trunkline.gateway.snapshot import KeyEntry, PolicyEntry, Snapshot, SnapshotHolder
from trunkline.logs import get_logger
from trunkline.storage import snapshot as storage
from trunkline.storage.change_marks import CHANNEL, INSTALLATION
from trunkline.storage.database import LONG_SECONDS, Database, Transaction
from trunkline.storage.snapshot_changes import Change, find_since
from trunkline.storage.snapshot_rows import WorkspaceRows
from trunkline.storage.tables import Policy, now
from trunkline.vault.access_token import LIFETIME_SECONDS

_log: Final = get_logger(__name__)

_Found: TypeAlias = tuple[list[Compiled], frozenset[str]]
"""Workspaces as they are now, and the ids of those that are gone."""

POLL_SECONDS: Final = 0.5
_REST: Final = timedelta(seconds=REST_SECONDS)
_CHUNK: Final = 200
_WHOLE_SECONDS: Final = 900.0
"""How long it may take to read everything, at the start: of 5,000 workspaces it takes some 10 s."""

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
        self._compared_at = clock()
        self._asked_at = clock()
        self._beat: int | None = None
        """The pulse of the database before it was last asked."""
        self._complete = False
        """Whether what is held was read from the database by this object, and not from a copy."""

    @property
    def loaded(self) -> bool:
        """Whether there is a snapshot to serve from at all, from the database or from the copy on disk."""
        return self._complete or bool(self._holder.current.parts)

    @property
    def age(self) -> float:
        """Seconds since the snapshot was last known to be what the database says, or since this was made."""
        return (self._clock() - self._compared_at).total_seconds()

    async def refresh(self) -> None:
        """Bring the snapshot up to date. :class:`Unavailable`, with nothing changed, when the database is down."""
        async with self._turn:
            current = self._holder.current if self._complete else Snapshot(instance_id=self._instance_id)
            async with self._database.read(limit=LONG_SECONDS if self._complete else _WHOLE_SECONDS) as tx:
                revision = await storage.find_revision(tx)
                if self._complete and revision == current.revision:
                    self._compared_at = self._clock()
                    self._keep(current, since=_KEEP_AGAIN)
                    return
                changes = await find_since(tx, current.revision, revision) if self._complete else None
                if changes is None:
                    current = Snapshot(instance_id=self._instance_id)
                    compiled, gone = await self._load(tx, await storage.find_ids(tx))
                else:
                    compiled, gone = await self._follow(tx, current, changes)
                policies = current.policies
                if changes is None or any(change.workspace_id == INSTALLATION for change in changes):
                    found = storage.read_policies(tx, Policy.workspace_id.is_(None))
                    policies = tuple([compile_policy(row) async for row in found])
                revoked = await storage.find_revoked_sessions(tx, self._clock() - _GRACE)
            self._holder.current = await _replace(
                current, revision, compiled, gone, revoked=frozenset(revoked), policies=policies
            )
            self._complete = True
            self._compared_at = self._clock()
            self._keep(self._holder.current)

    async def _follow(self, tx: Transaction, current: Snapshot, changes: Iterable[Change]) -> _Found:
        """What changed since ``current``: of a workspace that is known only what was touched."""
        touched: defaultdict[str, list[Change]] = defaultdict(list)
        for change in changes:
            touched[change.workspace_id].append(change)
        touched.pop(INSTALLATION, None)
        patched: list[Compiled] = []
        for workspace_id in list(touched):
            part = current.parts.get(workspace_id)
            if part is None:
                continue
            person = current.users.get(part.personal_of or "")
            patch = await patch_part(tx, part, person, touched[workspace_id])
            if patch is not None:
                patched.append(patch)
                del touched[workspace_id]
        compiled, gone = await self._load(tx, sorted(touched))
        return [*patched, *compiled], gone

    async def _load(self, tx: Transaction, workspace_ids: Sequence[str]) -> _Found:
        """Workspaces read whole, and which of them are gone. They are compiled in a thread, as that may take long."""
        compiled: list[Compiled] = []
        for start in range(0, len(workspace_ids), _CHUNK):
            loaded = await storage.load(tx, workspace_ids[start : start + _CHUNK])
            compiled += await asyncio.to_thread(_compile, loaded)
        return compiled, frozenset(workspace_ids) - {each.part.id for each in compiled}

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
                        await self._look()
                        await self._wait()
            except Unavailable as error:
                _log.warning("snapshot_not_refreshed", reason=error.message)
                await self._wait()

    async def _look(self) -> None:
        """Refresh, unless nobody has written anything at all since the last time."""
        beat, at = self._database.read_pulse(), self._clock()
        if beat is not None and beat == self._beat and at - self._asked_at < _REST:
            self._compared_at = at
            self._keep(self._holder.current, since=_KEEP_AGAIN)
            return
        self._beat = None
        await self.refresh()
        self._beat, self._asked_at = beat, at

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


async def _replace(
    current: Snapshot,
    revision: int,
    compiled: Sequence[Compiled],
    gone: frozenset[str],
    *,
    revoked: frozenset[str],
    policies: tuple[PolicyEntry, ...],
) -> Snapshot:
    """``current`` with what was compiled, and without what is gone."""
    parts, users = dict(current.parts), dict(current.users)
    whole = gone | {each.part.id for each in compiled if each.whole}
    keys = current.keys
    if not whole.isdisjoint(parts):
        keys = await asyncio.to_thread(_leave_out, keys, whole)
    keys = dict(keys)
    for workspace_id in gone | {each.part.id for each in compiled}:
        old = parts.pop(workspace_id, None)
        if old is not None and old.personal_of is not None:
            users.pop(old.personal_of, None)
    for each in compiled:
        parts[each.part.id] = each.part
        if each.person is not None:
            users[each.person.id] = each.person
        for digest, key in each.keys.items():
            if key is not None:
                keys[digest] = key
            else:
                keys.pop(digest, None)
    return Snapshot(
        revision=revision,
        instance_id=current.instance_id,
        parts=parts,
        keys=keys,
        users=users,
        revoked_sessions=revoked,
        policies=policies,
    )


def _compile(found: Iterable[WorkspaceRows]) -> list[Compiled]:
    return [compile_part(each) for each in found]


def _leave_out(keys: Mapping[str, KeyEntry], workspace_ids: Collection[str]) -> dict[str, KeyEntry]:
    return {digest: entry for digest, entry in keys.items() if entry.workspace_id not in workspace_ids}
