"""What files declare of a workspace, so that people see what is kept in git and what was changed since."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, Literal

import msgspec

from trunkline.control.audit import Audit
from trunkline.control.record import read_record
from trunkline.control.scope import require_whole_workspace
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.errors import Conflict
from trunkline.storage import declarations as rows
from trunkline.storage.database import Database
from trunkline.storage.tables import Declaration

MOST_SOURCES: Final = 20
MOST_OBJECTS: Final = 5_000

Section = Literal[
    "applications",
    "configurations",
    "channels",
    "routes",
    "features",
    "policies",
    "budgets",
    "limits",
    "prices",
    "alertRules",
]
"""The sections of the file of ``trunkline apply``."""


class DeclaredObject(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a file declares. ``revision`` tells how it was then: its revision, or where it has none, when it
    was last changed."""

    section: Section
    id: str
    revision: str


class DeclarationRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What one file declared, when it was applied last."""

    source: str
    objects: list[DeclaredObject]
    declared_by: str
    declared_at: datetime


class Declarations:
    """Those of the actor's workspace."""

    def __init__(self, database: Database, audit: Audit, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._audit = audit
        self._now = now

    async def list(self, actor: Actor) -> list[DeclarationRecord]:
        """All of them, the one that was declared last at the end."""
        access.check(actor, "workspaces.read")
        require_whole_workspace(actor)
        async with self._database.read() as tx:
            return [_show(row) for row in await rows.find_all(tx, actor.workspace_id)]

    async def put(self, actor: Actor, source: str, objects: Sequence[DeclaredObject]) -> list[DeclarationRecord]:
        """Replace what the file ``source`` declares; with no objects, forget it. Gives all of them."""
        access.check(actor, "workspaces.change")
        require_whole_workspace(actor)
        given: list[dict[str, str]] = msgspec.to_builtins(list(objects))
        async with self._database.write() as tx:
            found = {row.source: row for row in await rows.find_all(tx, actor.workspace_id)}
            row = found.get(source)
            before = 0 if row is None else len(row.objects)
            if row is None and given:
                if len(found) >= MOST_SOURCES:
                    raise Conflict(
                        f"{MOST_SOURCES} files declare this workspace, which is the most. Send one of them without"
                        " objects to forget it."
                    )
                row = Declaration(workspace_id=actor.workspace_id, source=source, objects=given)
                row.declared_by, row.declared_at = actor.user_id, self._now()
                await rows.insert(tx, row)
            elif row is None or row.objects == given:
                return [_show(each) for each in found.values()]
            elif given:
                row.objects, row.declared_by, row.declared_at = given, actor.user_id, self._now()
            else:
                await rows.remove(tx, row)
            await self._audit.record(
                tx,
                actor,
                "workspaces.declare",
                target=("workspace", actor.workspace_id),
                before={"source": source, "objects": before},
                after={"source": source, "objects": len(given)},
            )
            await tx.flush()
            return [_show(each) for each in await rows.find_all(tx, actor.workspace_id)]


def _show(row: Declaration) -> DeclarationRecord:
    return read_record(DeclarationRecord, row, objects=msgspec.convert(row.objects, list[DeclaredObject]))
