"""Limits: how much of what each may use."""

from __future__ import annotations

from typing import Final

from msgspec import UNSET

from trunkline.control.audit import Audit, changes
from trunkline.control.limits.limit import (
    KIND,
    LimitChange,
    LimitDraft,
    LimitFilter,
    LimitRecord,
    check_amounts,
    write_state,
)
from trunkline.control.limits.subjects import find_names, require_subject
from trunkline.control.page import Page, PageRequest, encode_cursor
from trunkline.control.record import read_record
from trunkline.control.revision import require_revision
from trunkline.control.scope import require_whole_workspace
from trunkline.core import access
from trunkline.core.actor import Actor, at_least
from trunkline.core.errors import Conflict, Forbidden, NotFound
from trunkline.storage import limits, workspaces
from trunkline.storage.database import Database, Transaction
from trunkline.storage.tables import Limit, now

MOST: Final = 1_000
"""Limits of one workspace. One for each key, say, is one."""


class Limits:
    """The limits of the actor's workspace. Everybody reads those that concern them; ``subjects`` says who sets which.

    What an admin has set, only admins change.
    """

    def __init__(self, database: Database, audit: Audit) -> None:
        self._database = database
        self._audit = audit

    async def list(self, actor: Actor, wanted: LimitFilter, page: PageRequest) -> Page[LimitRecord]:
        """The limits, the newest first."""
        access.check(actor, "limits.read")
        async with self._database.read() as tx:
            rows = await limits.find_page(
                tx,
                actor.workspace_id,
                limit=page.limit + 1,
                after=page.after,
                subject=wanted.subject,
                subject_id=wanted.subject_id,
                measure=wanted.measure,
                concerning=_concerning(actor),
            )
            kept = rows[: page.limit]
            names = await find_names(tx, actor.workspace_id, kept)
        cursor = encode_cursor(kept[-1].id) if len(rows) > page.limit else None
        return Page([_show(row, names) for row in kept], cursor)

    async def get(self, actor: Actor, limit_id: str) -> LimitRecord:
        """One of them. Raises NotFound for all others."""
        access.check(actor, "limits.read")
        async with self._database.read() as tx:
            row = await _find(tx, actor, limit_id)
            return _show(row, await find_names(tx, actor.workspace_id, [row]))

    async def create(self, actor: Actor, draft: LimitDraft) -> LimitRecord:
        """A new one. Raises InvalidInput, Forbidden, and Conflict where there is one for the same already."""
        access.check(actor, "limits.change")
        require_whole_workspace(actor)
        window = draft.window or (None if draft.measure == "parallel" else "minute")
        check_amounts(draft.measure, window, draft.amount, draft.burst)
        async with self._database.write() as tx:
            subject_id = await require_subject(tx, actor, draft.subject, draft.subject_id)
            if await limits.count(tx, actor.workspace_id) >= MOST:
                raise Conflict(f"There are {MOST:,} limits, which is the most. Delete one that is not needed.")
            row = Limit(
                workspace_id=actor.workspace_id,
                subject=draft.subject,
                subject_id=subject_id,
                measure=draft.measure,
                window=window or "",
                amount=draft.amount,
                burst=draft.burst,
                by_admin=at_least(actor.role, "admin"),
                created_by=actor.user_id,
            )
            await limits.insert(tx, row)
            await workspaces.touch(tx, row.workspace_id, "limit", row.id)
            await self._audit.record(tx, actor, "limits.create", target=(KIND, row.id), after=write_state(row))
            return _show(row, await find_names(tx, row.workspace_id, [row]))

    async def update(
        self, actor: Actor, limit_id: str, change: LimitChange, *, if_revision: int | None = None
    ) -> LimitRecord:
        """Change how much it is. Raises NotFound, Forbidden and InvalidInput."""
        async with self._database.write() as tx:
            row = await self._hold(tx, actor, limit_id, if_revision)
            record = _show(row, await find_names(tx, row.workspace_id, [row]))
            before = write_state(row)
            if change.amount is not UNSET:
                row.amount = change.amount
            if change.burst is not UNSET:
                row.burst = change.burst
            check_amounts(record.measure, record.window, row.amount, row.burst)
            was, became = changes(before, write_state(row))
            if was or became:
                row.by_admin = at_least(actor.role, "admin")
                row.revision += 1
                row.updated_at = now()
                await tx.flush()
                await workspaces.touch(tx, row.workspace_id, "limit", row.id)
                await self._audit.record(tx, actor, "limits.update", target=(KIND, row.id), before=was, after=became)
            return _show(row, await find_names(tx, row.workspace_id, [row]))

    async def delete(self, actor: Actor, limit_id: str, *, if_revision: int | None = None) -> None:
        """It holds no more from now on. Raises NotFound, Forbidden and Stale."""
        async with self._database.write() as tx:
            row = await self._hold(tx, actor, limit_id, if_revision)
            before = write_state(row)
            await limits.remove(tx, row)
            await workspaces.touch(tx, row.workspace_id, "limit", row.id)
            await self._audit.record(tx, actor, "limits.delete", target=(KIND, row.id), before=before)

    async def _hold(self, tx: Transaction, actor: Actor, limit_id: str, if_revision: int | None) -> Limit:
        access.check(actor, "limits.change")
        require_whole_workspace(actor)
        row = await _find(tx, actor, limit_id, lock=True)
        if row.by_admin and not at_least(actor.role, "admin"):
            raise Forbidden("An admin has set this limit, so it takes the role 'admin' in the workspace to change it.")
        if row.created_by != actor.user_id and not at_least(actor.role, "admin"):
            raise Forbidden("Somebody else has set this limit, so it takes the role 'admin' to change it.")
        require_revision("limit", row.revision, if_revision)
        return row


def _concerning(actor: Actor) -> limits.Concerned | None:
    """Whose limits the actor reads besides those of all: None for everybody's."""
    if at_least(actor.role, "admin") and actor.application_id is None:
        return None
    return limits.Concerned(actor.user_id, actor.application_id)


async def _find(tx: Transaction, actor: Actor, limit_id: str, *, lock: bool = False) -> Limit:
    row = await limits.find(tx, actor.workspace_id, limit_id, concerning=_concerning(actor), lock=lock)
    if row is None:
        raise NotFound("There is no such limit in this workspace that you can see.", code="limit_not_found")
    return row


def _show(row: Limit, names: dict[tuple[str, str], str]) -> LimitRecord:
    return read_record(
        LimitRecord,
        row,
        subject_id=row.subject_id or None,
        subject_name=names.get((row.subject, row.subject_id)),
        window=row.window or None,
    )
