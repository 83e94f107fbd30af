"""Policies' rows. Those that are deleted stay, marked, and are found only where that is asked for."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import func, or_, select

from trunkline.storage.database import Transaction
from trunkline.storage.tables import Policy


async def insert(tx: Transaction, policy: Policy) -> Policy:
    """Add a policy; its id is set afterwards."""
    tx.add(policy)
    await tx.flush()
    return policy


async def find(
    tx: Transaction, workspace_ids: Collection[str], policy_id: str, *, deleted: bool = False, lock: bool = False
) -> Policy | None:
    """The policy of that id, of one of those workspaces or of the installation.

    With ``deleted`` also one that is; with ``lock`` nobody else changes it until the end of the transaction.
    """
    query = select(Policy).where(
        Policy.id == policy_id, or_(Policy.workspace_id.is_(None), Policy.workspace_id.in_(workspace_ids))
    )
    if not deleted:
        query = query.where(Policy.deleted_at.is_(None))
    return await tx.scalar(query.with_for_update() if lock else query)


async def find_all(
    tx: Transaction,
    workspace_ids: Collection[str],
    *,
    installation: bool,
    application_id: str | None = None,
    after: str | None = None,
    limit: int,
) -> Sequence[Policy]:
    """The policies of those workspaces, and with ``installation`` those of it, the oldest first.

    At most ``limit``, from behind the id ``after`` on. With ``application_id``, of those of applications only that
    one's.
    """
    place = Policy.workspace_id.in_(workspace_ids)
    query = select(Policy).where(
        or_(place, Policy.workspace_id.is_(None)) if installation else place, Policy.deleted_at.is_(None)
    )
    if application_id is not None:
        query = query.where(Policy.application_id == application_id)
    if after is not None:
        query = query.where(Policy.id > after)
    return (await tx.scalars(query.order_by(Policy.id).limit(limit))).all()


async def count(tx: Transaction, workspace_id: str | None) -> int:
    """How many a workspace has, or with None the installation."""
    query = select(func.count()).select_from(Policy)
    query = query.where(Policy.workspace_id.is_not_distinct_from(workspace_id), Policy.deleted_at.is_(None))
    return await tx.scalar(query) or 0
