"""How long a workspace keeps things, where that is shorter than in the installation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, get_args

import msgspec
from msgspec import UNSET, UnsetType

from trunkline.control.audit import Audit
from trunkline.control.caching.rules import DAY_SECONDS
from trunkline.control.scope import require_whole_workspace
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.errors import FieldError, InvalidInput
from trunkline.storage import caching, retention
from trunkline.storage.database import Database, Transaction
from trunkline.storage.retention import Kept

KINDS: Final = (*get_args(Kept), "audit")
LEAST: Final[Mapping[str, int]] = {"audit": 30}
"""Days of the kinds that are kept for more than one at least."""

LONGEST: Final = 36_500


class RetentionDraft(msgspec.Struct, frozen=True, kw_only=True):
    """Days of each kind; None: as the installation says, ``UNSET``: as it is."""

    requests: int | UnsetType | None = UNSET
    conversations: int | UnsetType | None = UNSET
    violations: int | UnsetType | None = UNSET
    alerts: int | UnsetType | None = UNSET
    audit: int | UnsetType | None = UNSET


class RetentionRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Days by kind: what holds, and what the ``workspace`` and the ``installation`` say; None where things are kept."""

    holding: Mapping[str, int | None]
    workspace: Mapping[str, int | None]
    installation: Mapping[str, int | None]


class WorkspaceRetention:
    """That of the actor's workspace. ``installation`` are days by kind, which nobody keeps anything longer than."""

    def __init__(self, database: Database, audit: Audit, installation: Mapping[str, int | None]) -> None:
        self._database = database
        self._audit = audit
        self._installation = {kind: installation.get(kind) for kind in KINDS}

    async def read(self, actor: Actor) -> RetentionRecord:
        """What holds."""
        access.check(actor, "retention.read")
        async with self._database.read() as tx:
            return self._show(await retention.find_days(tx, actor.workspace_id))

    async def update(self, actor: Actor, draft: RetentionDraft) -> RetentionRecord:
        """Keep things for so long from now on. Raises InvalidInput, which names every wrong field."""
        access.check(actor, "retention.change")
        require_whole_workspace(actor)
        async with self._database.write() as tx:
            before = await retention.find_days(tx, actor.workspace_id)
            after = dict(before)
            for kind in KINDS:
                days: int | UnsetType | None = getattr(draft, kind)
                if days is None:
                    after.pop(kind, None)
                elif days is not UNSET:
                    after[kind] = days
            await self._check(tx, actor.workspace_id, after)
            if after != before:
                await retention.set_days(tx, actor.workspace_id, after)
                await self._audit.record(
                    tx,
                    actor,
                    "retention.change",
                    target=("workspace", actor.workspace_id),
                    before=dict(before),
                    after=dict(after),
                )
        return self._show(after)

    async def _check(self, tx: Transaction, workspace_id: str, days: Mapping[str, int]) -> None:
        wrong: list[FieldError] = []
        for kind, count in days.items():
            least, most = LEAST.get(kind, 1), self._installation[kind]
            if not least <= count <= LONGEST:
                wrong.append(FieldError(f"{kind}Days", f"is {least} to {LONGEST:,} days, or null."))
            elif most is not None and count > most:
                remedy = f"is at most {most} days, as long as this installation keeps them. Choose less, or null."
                wrong.append(FieldError(f"{kind}Days", remedy))
        kept = days.get("conversations")
        if kept is not None and await caching.find_longest(tx, workspace_id) > kept * DAY_SECONDS:
            remedy = (
                "is shorter than responses are cached by a route, a configuration or a feature. Lower ttlSeconds there"
                " first."
            )
            wrong.append(FieldError("conversationsDays", remedy))
        if wrong:
            raise InvalidInput.of_all(tuple(wrong))

    def _show(self, own: Mapping[str, int]) -> RetentionRecord:
        def find(kind: str) -> int | None:
            said = [days for days in (own.get(kind), self._installation[kind]) if days is not None]
            return min(said, default=None)

        return RetentionRecord(
            holding={kind: find(kind) for kind in KINDS},
            workspace={kind: own.get(kind) for kind in KINDS},
            installation=self._installation,
        )
