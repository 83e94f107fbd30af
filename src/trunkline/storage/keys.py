"""API keys' rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import or_, select, update

from trunkline.storage.database import Transaction
from trunkline.storage.tables import ApiKey


async def insert(tx: Transaction, key: ApiKey) -> ApiKey:
    """Add a key; its id is set afterwards."""
    tx.add(key)
    await tx.flush()
    return key


async def find(tx: Transaction, workspace_id: str, key_id: str, *, lock: bool = False) -> ApiKey | None:
    """The workspace's key of that id, unless it is revoked. ``lock`` keeps other writers away from it until the end."""
    query = select(ApiKey).where(ApiKey.workspace_id == workspace_id, ApiKey.id == key_id, ApiKey.revoked_at.is_(None))
    return await tx.scalar(query.with_for_update() if lock else query)


async def find_page(
    tx: Transaction,
    workspace_id: str,
    *,
    limit: int,
    after: str | None,
    user_id: str | None = None,
    application_id: str | None = None,
) -> Sequence[ApiKey]:
    """The workspace's keys that are not revoked, in the order of their ids; of one user, of one application."""
    query = select(ApiKey).where(ApiKey.workspace_id == workspace_id, ApiKey.revoked_at.is_(None))
    if user_id is not None:
        query = query.where(ApiKey.user_id == user_id)
    if application_id is not None:
        query = query.where(ApiKey.application_id == application_id)
    if after is not None:
        query = query.where(ApiKey.id > after)
    return (await tx.scalars(query.order_by(ApiKey.id).limit(limit))).all()


async def mark_used(tx: Transaction, used: Mapping[str, datetime]) -> None:
    """Note when keys were last used, by their ids. An older moment than the stored one, or an unknown id: a no-op."""
    for key_id, at in sorted(used.items()):
        await tx.execute(
            update(ApiKey)
            .where(ApiKey.id == key_id, or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at < at))
            .values(last_used_at=at)
            .execution_options(synchronize_session=False)
        )


async def revoke_all_of(tx: Transaction, workspace_id: str, user_id: str, at: datetime) -> None:
    """Revoke the keys that a user made in a workspace."""
    await tx.execute(
        update(ApiKey)
        .where(ApiKey.workspace_id == workspace_id, ApiKey.user_id == user_id, ApiKey.revoked_at.is_(None))
        .values(revoked_at=at)
    )
