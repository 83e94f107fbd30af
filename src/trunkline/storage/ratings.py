"""What people thought of answers."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select, text

from trunkline.core.ids import new_id
from trunkline.storage.database import Transaction
from trunkline.storage.planner_statistics import aside
from trunkline.storage.tables import Rating, UsageEventRow, UtcDateTime

_PUT: Final = text(
    "INSERT INTO ratings (id, workspace_id, user_id, request_id, score, created_at, updated_at)"
    " VALUES (:id, :workspace_id, :user_id, :request_id, :score, :at, :at)"
    " ON CONFLICT (workspace_id, request_id, user_id)"
    " DO UPDATE SET score = excluded.score, updated_at = excluded.updated_at"
).bindparams(bindparam("at", type_=UtcDateTime()))


async def find_askers(tx: Transaction, workspace_id: str, request_id: str) -> set[tuple[str, str | None]]:
    """Who has made a settled call of that request id in the workspace: users, each with the key's application."""
    query = select(UsageEventRow.user_id, UsageEventRow.application_id).where(
        UsageEventRow.request_id == request_id, aside(UsageEventRow.workspace_id) == workspace_id
    )
    return {(user_id, application_id) for user_id, application_id in await tx.execute(query.distinct())}


async def exists(tx: Transaction, request_id: str) -> bool:
    """Whether anybody anywhere has had a call of that request id: for the audit log, never for an answer."""
    return await tx.scalar(select(UsageEventRow.id).where(UsageEventRow.request_id == request_id).limit(1)) is not None


async def find_score(tx: Transaction, workspace_id: str, request_id: str, user_id: str) -> int | None:
    """What that user thought of that request's answer so far."""
    return await tx.scalar(
        select(Rating.score).where(
            Rating.workspace_id == workspace_id, Rating.request_id == request_id, Rating.user_id == user_id
        )
    )


async def put(tx: Transaction, workspace_id: str, request_id: str, user_id: str, *, score: int, at: datetime) -> None:
    """Keep it in the place of the same user's former one. Of two at once the later wins, without an error."""
    values = {
        "id": new_id(),
        "workspace_id": workspace_id,
        "user_id": user_id,
        "request_id": request_id,
        "score": score,
        "at": at,
    }
    await tx.execute(_PUT, values)
