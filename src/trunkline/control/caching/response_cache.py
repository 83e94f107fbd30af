"""How a workspace's cache of responses stands, and forgetting what is in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

import msgspec

from trunkline.control.audit import Audit
from trunkline.control.caching.standing_questions import STAND, read_standing, write_question
from trunkline.control.scope import require_whole_workspace
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.gateway.gates.cache_gate import CacheGate
from trunkline.storage import caching
from trunkline.storage.database import Database

AskEach = Callable[[str, bytes], Awaitable[Sequence[bytes]]]


class CacheRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What the processes of this server count since they started, and keep now. ``size`` is in bytes."""

    storage: Literal["memory", "redis"]
    hits: int
    misses: int
    saved_nanos: int
    entries: int
    size: int


class ResponseCache:
    """Asks this process's ``gate`` and all workers."""

    def __init__(self, database: Database, audit: Audit, gate: CacheGate, ask_each: AskEach) -> None:
        self._database = database
        self._audit = audit
        self._gate = gate
        self._ask_each = ask_each

    async def read(self, actor: Actor) -> CacheRecord:
        """How it stands."""
        access.check(actor, "cache.read")
        require_whole_workspace(actor)
        async with self._database.read() as tx:
            generation = await caching.find_generation(tx, actor.workspace_id)
        own = await self._gate.stand(actor.workspace_id, generation)
        answers = await self._ask_each(STAND, write_question(actor.workspace_id, generation))
        found = [own, *map(read_standing, answers)]
        # What is kept in one place for all is counted once.
        holding = [own] if own.shared else found
        return CacheRecord(
            storage="redis" if own.shared else "memory",
            hits=sum(one.hits for one in found),
            misses=sum(one.misses for one in found),
            saved_nanos=sum(one.saved_nanos for one in found),
            entries=sum(one.entries for one in holding),
            size=sum(one.size for one in holding),
        )

    async def purge(self, actor: Actor) -> None:
        """Have no response given again that is kept now, in no process."""
        access.check(actor, "cache.change")
        require_whole_workspace(actor)
        async with self._database.write() as tx:
            generation = await caching.forget(tx, actor.workspace_id)
            await self._audit.record(tx, actor, "cache.purge", target=("workspace", actor.workspace_id))
        await self._gate.purge(actor.workspace_id, generation)
