"""What each revision of the snapshot changed: from it other processes know which rows to read again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from sqlalchemy import delete, select
from sqlalchemy import insert as insert_into
from sqlalchemy.ext.asyncio import AsyncSession

from trunkline.storage.tables import SnapshotChange

KEPT: Final = 10_000
"""Revisions that are remembered at least. Who is further behind reads everything."""

_SWEEP: Final = 1_000
"""Revisions between two sweeps of what is older."""


class Change(NamedTuple):
    """That something of a workspace was touched: made, changed or deleted."""

    workspace_id: str
    kind: str
    subject_id: str


async def insert(tx: AsyncSession, revision: int, changes: Iterable[Change]) -> None:
    """Write down what a revision changed, at least one thing."""
    rows = [
        {"revision": revision, "workspace_id": workspace_id, "kind": kind, "subject_id": subject_id}
        for workspace_id, kind, subject_id in changes
    ]
    await tx.execute(insert_into(SnapshotChange), rows)
    if revision % _SWEEP == 0:
        await tx.execute(delete(SnapshotChange).where(SnapshotChange.revision <= revision - KEPT))


async def find_since(tx: AsyncSession, since: int, until: int) -> set[Change] | None:
    """What changed after revision ``since``, up to ``until``; None when that is not remembered whole."""
    if until - since > KEPT or until < since:
        return None
    change = SnapshotChange
    query = select(change.revision, change.workspace_id, change.kind, change.subject_id)
    found = (await tx.execute(query.where(change.revision > since, change.revision <= until))).all()
    # Each revision changes something: one without a row was made by what knows nothing of this table.
    if len({row.revision for row in found}) != until - since:
        return None
    return {Change(row.workspace_id, row.kind, row.subject_id) for row in found}
