"""What a workspace keeps of the content of its calls: the rule, and what was kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Final

import msgspec

from trunkline.control.audit import Audit, changes
from trunkline.control.capture.captured_content import ContentSeal, SealedContent
from trunkline.control.capture.content import Content
from trunkline.control.repetition import repeat
from trunkline.control.scope import require_whole_workspace
from trunkline.core import access
from trunkline.core.actor import Actor, at_least
from trunkline.core.capture import LONGEST_DAYS, CaptureRule
from trunkline.core.chat import JsonObject
from trunkline.core.errors import InvalidInput, NotFound
from trunkline.storage import captured_content, workspaces
from trunkline.storage.database import Database
from trunkline.storage.tables import now

SWEEP_SECONDS: Final = 600.0
AT_ONCE: Final = 100
"""Rows that are deleted in one transaction: they are large."""

_KIND: Final = "capture"
_COUNTRY: Final = re.compile("[A-Z]{2}")


class CaptureRecord(msgspec.Struct, frozen=True, kw_only=True):
    """``rule`` None: nothing is captured. ``kept`` is how many calls have their content now."""

    rule: CaptureRule | None
    kept: int


class Captures:
    """Of the actor's workspace, for its admins. What is captured is read by them alone, and that is audited."""

    def __init__(
        self, database: Database, audit: Audit, seal: ContentSeal, *, clock: Callable[[], datetime] = now
    ) -> None:
        self._database = database
        self._audit = audit
        self._seal = seal
        self._clock = clock

    async def get(self, actor: Actor) -> CaptureRecord:
        """The rule."""
        access.check(actor, "capture.read")
        require_whole_workspace(actor)
        async with self._database.read() as tx:
            workspace = await workspaces.find(tx, actor.workspace_id)
            if workspace is None:
                raise NotFound("This workspace no longer exists.")
            kept = await captured_content.count(tx, actor.workspace_id)
        return CaptureRecord(rule=read_rule(workspace.capture), kept=kept)

    async def update(self, actor: Actor, rule: CaptureRule | None) -> CaptureRecord:
        """Capture by ``rule`` from now on; None: nothing more. Raises InvalidInput. What is kept stays its time."""
        access.check(actor, "capture.change")
        require_whole_workspace(actor)
        if rule is not None:
            _check(rule)
        async with self._database.write() as tx:
            workspace = await workspaces.find(tx, actor.workspace_id)
            if workspace is None:
                raise NotFound("This workspace no longer exists.")
            after: JsonObject | None = None if rule is None else msgspec.to_builtins(rule)
            was, became = changes({"capture": workspace.capture}, {"capture": after})
            if was or became:
                workspace.capture = after
                await workspaces.touch(tx, workspace.id)
                await self._audit.record(
                    tx, actor, "capture.change", target=(_KIND, workspace.id), before=was, after=became
                )
            return CaptureRecord(rule=rule, kept=await captured_content.count(tx, actor.workspace_id))

    async def erase(self, actor: Actor) -> int:
        """Delete all that was captured. How many calls that were."""
        access.check(actor, "capture.change")
        require_whole_workspace(actor)
        async with self._database.write() as tx:
            gone = await captured_content.erase(tx, actor.workspace_id)
            await self._audit.record(tx, actor, "capture.erase", target=(_KIND, None), after={"calls": gone})
        return gone

    async def find(self, actor: Actor, call_id: str) -> Content | None:
        """What was captured of a call, for who may read it; None for everybody else and where there is nothing."""
        if not at_least(actor.role, "admin") or actor.application_id is not None:
            return None
        async with self._database.read() as tx:
            sealed = await captured_content.find(tx, actor.workspace_id, call_id, self._clock())
        if sealed is None:
            return None
        content = self._seal.open(sealed, actor.workspace_id, call_id)
        async with self._database.write() as tx:
            await self._audit.record(tx, actor, "capture.read", target=("request", call_id))
        return content

    async def keep(self, content: SealedContent) -> None:
        """Store what a process captured. Of a workspace that is gone, or wants no more of it, nothing is kept."""
        async with self._database.write() as tx:
            workspace = await workspaces.find(tx, content.workspace_id)
            if workspace is not None and workspace.capture is not None:
                await captured_content.insert(tx, content)

    async def run(self) -> None:
        """Delete what has been kept for long enough, every ten minutes until cancelled."""
        await repeat(self.prune, SWEEP_SECONDS, "captured_content_not_pruned", name=__name__, at_once=True)

    async def prune(self) -> int:
        """The same, once. How many went."""
        gone = 0
        while True:
            async with self._database.write() as tx:
                count = await captured_content.prune(tx, self._clock(), AT_ONCE)
            gone += count
            if count < AT_ONCE:
                return gone


def read_rule(stored: JsonObject | None) -> CaptureRule | None:
    """As it stands in the database."""
    return None if stored is None else msgspec.convert(stored, CaptureRule)


def _check(rule: CaptureRule) -> None:
    if not 0 < rule.rate <= 1:
        raise InvalidInput.of("rate", "must be above 0 and at most 1, which captures every request.")
    if not 1 <= rule.keep_days <= LONGEST_DAYS:
        raise InvalidInput.of("keepDays", f"must be from 1 to {LONGEST_DAYS}.")
    for index, country in enumerate(rule.countries):
        if not _COUNTRY.fullmatch(country):
            raise InvalidInput.of(f"countries[{index}]", "must be two capital letters, such as DE.")
    if rule.countries and not rule.redacts_personal_data:
        raise InvalidInput.of("countries", "are for personal data: set redactPersonalData to true, or leave them out.")
