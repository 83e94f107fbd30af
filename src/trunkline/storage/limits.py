"""Limits in the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.exc import IntegrityError

from trunkline.core.errors import Conflict
from trunkline.storage import change_marks
from trunkline.storage.database import Transaction
from trunkline.storage.tables import ApiKey, Configuration, Limit


class Concerned(NamedTuple):
    """Somebody who reads what concerns them, and no limits of other people's: a member, or one's application."""

    user_id: str
    application_id: str | None


async def insert(tx: Transaction, limit: Limit) -> None:
    """Store a new one. Raises Conflict where the workspace has one for the same subject, measure and window."""
    tx.add(limit)
    try:
        await tx.flush()
    except IntegrityError as error:
        raise Conflict(
            "There is a limit for the same subject, measure and window. Change that one.", code="duplicate_limit"
        ) from error


async def find(
    tx: Transaction, workspace_id: str, limit_id: str, *, concerning: Concerned | None, lock: bool = False
) -> Limit | None:
    """The workspace's limit of that id. ``lock`` keeps other writers away from it until the end."""
    query = select(Limit).where(Limit.workspace_id == workspace_id, Limit.id == limit_id, *_narrow(concerning))
    return await tx.scalar(query.with_for_update() if lock else query)


async def find_page(
    tx: Transaction,
    workspace_id: str,
    *,
    limit: int,
    after: str | None,
    subject: str | None = None,
    subject_id: str | None = None,
    measure: str | None = None,
    concerning: Concerned | None = None,
) -> Sequence[Limit]:
    """The newest first; ``after`` is the last id of the page before. Ids grow with time."""
    query = select(Limit).where(Limit.workspace_id == workspace_id, *_narrow(concerning))
    if after is not None:
        query = query.where(Limit.id < after)
    for column, value in ((Limit.subject, subject), (Limit.subject_id, subject_id), (Limit.measure, measure)):
        if value is not None:
            query = query.where(column == value)
    return (await tx.scalars(query.order_by(Limit.id.desc()).limit(limit))).all()


async def count(tx: Transaction, workspace_id: str) -> int:
    """How many a workspace has."""
    return await tx.scalar(select(func.count()).select_from(Limit).where(Limit.workspace_id == workspace_id)) or 0


async def remove(tx: Transaction, limit: Limit) -> None:
    """Delete it."""
    await tx.execute(delete(Limit).where(Limit.id == limit.id, Limit.workspace_id == limit.workspace_id))


async def remove_of(tx: Transaction, workspace_id: str, subject: str, subject_id: str) -> None:
    """Delete those of a subject that is deleted itself."""
    wanted = (Limit.workspace_id == workspace_id, Limit.subject == subject, Limit.subject_id == subject_id)
    for limit_id in (await tx.scalars(select(Limit.id).where(*wanted))).all():
        change_marks.note(tx, workspace_id, "limit", limit_id)
    await tx.execute(delete(Limit).where(*wanted))


def _narrow(concerning: Concerned | None) -> Sequence[ColumnElement[bool]]:
    """Without the limits of other people's keys and private configurations, and of other people."""
    if concerning is None:
        return ()
    user_id, application_id = concerning
    keys = select(ApiKey.id).where(ApiKey.user_id == user_id)
    # One by one along the primary key: a set of all that somebody sees would be as large as the installation.
    # The offset keeps PostgreSQL from making that set.
    seen = select(Configuration.id).where(Configuration.id == Limit.subject_id)
    applications: ColumnElement[bool] = Limit.subject == "application"
    if application_id is None:
        seen = seen.where(or_(Configuration.is_shared, Configuration.user_id == user_id))
    else:
        keys = keys.where(ApiKey.application_id == application_id)
        seen = seen.where(
            or_(
                Configuration.application_id == application_id,
                and_(Configuration.is_shared, Configuration.application_id.is_(None)),
            )
        )
        applications = and_(applications, Limit.subject_id == application_id)
    return (
        or_(
            Limit.subject_id == "",
            Limit.subject == "feature",
            and_(Limit.subject == "user", Limit.subject_id == user_id),
            applications,
            and_(Limit.subject == "key", Limit.subject_id.in_(keys)),
            and_(Limit.subject == "configuration", seen.offset(0).exists()),
        ),
    )
