"""Saved states of configurations and of what else has a history."""

from __future__ import annotations

import msgspec
from sqlalchemy import delete, select

from trunkline.core.chat import JsonValue
from trunkline.storage.database import Transaction
from trunkline.storage.tables import Revision, User


class SavedState(msgspec.Struct, frozen=True):
    """A revision with the name of who made it; empty when that account is gone."""

    revision: Revision
    author: str


async def insert(
    tx: Transaction,
    *,
    kind: str,
    subject_id: str,
    workspace_id: str,
    number: int,
    author_id: str,
    reason: str,
    state: dict[str, JsonValue],
) -> None:
    """Store the state ``number`` of a subject."""
    tx.add(
        Revision(
            kind=kind,
            subject_id=subject_id,
            workspace_id=workspace_id,
            number=number,
            author_id=author_id,
            reason=reason,
            state=state,
        )
    )
    await tx.flush()


async def find(tx: Transaction, workspace_id: str, kind: str, subject_id: str, number: int) -> Revision | None:
    """One saved state."""
    return await tx.scalar(
        select(Revision).where(
            Revision.workspace_id == workspace_id,
            Revision.kind == kind,
            Revision.subject_id == subject_id,
            Revision.number == number,
        )
    )


async def list_newest(
    tx: Transaction, workspace_id: str, kind: str, subject_id: str, *, before: int | None, limit: int
) -> list[SavedState]:
    """The newest first; ``before`` is the last number of the page before."""
    query = (
        select(Revision, User.name, User.email)
        .outerjoin(User, User.id == Revision.author_id)
        .where(Revision.workspace_id == workspace_id, Revision.kind == kind, Revision.subject_id == subject_id)
    )
    if before is not None:
        query = query.where(Revision.number < before)
    rows = await tx.execute(query.order_by(Revision.number.desc()).limit(limit))
    return [SavedState(revision, name or email or "") for revision, name, email in rows]


async def remove_all(tx: Transaction, workspace_id: str, kind: str, subject_id: str) -> None:
    """Forget the history of a subject."""
    await tx.execute(
        delete(Revision).where(
            Revision.workspace_id == workspace_id, Revision.kind == kind, Revision.subject_id == subject_id
        )
    )
