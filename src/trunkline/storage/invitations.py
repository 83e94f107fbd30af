"""Invitations' rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select

from trunkline.storage.database import Transaction
from trunkline.storage.tables import Invitation


async def replace(tx: Transaction, invitation: Invitation) -> Invitation:
    """Add an invitation in place of an open one for the same address; its id is set afterwards."""
    await tx.execute(
        delete(Invitation).where(
            Invitation.workspace_id == invitation.workspace_id,
            Invitation.email == invitation.email,
            Invitation.accepted_at.is_(None),
        )
    )
    tx.add(invitation)
    await tx.flush()
    return invitation


async def find_open(tx: Transaction, workspace_id: str, *, limit: int, after: str | None) -> Sequence[Invitation]:
    """The workspace's invitations that nobody has accepted, expired ones too, in the order of their ids."""
    query = select(Invitation).where(Invitation.workspace_id == workspace_id, Invitation.accepted_at.is_(None))
    if after is not None:
        query = query.where(Invitation.id > after)
    return (await tx.scalars(query.order_by(Invitation.id).limit(limit))).all()


async def find(tx: Transaction, workspace_id: str, invitation_id: str) -> Invitation | None:
    """The workspace's open invitation of that id."""
    return await tx.scalar(
        select(Invitation).where(
            Invitation.workspace_id == workspace_id,
            Invitation.id == invitation_id,
            Invitation.accepted_at.is_(None),
        )
    )


async def find_good(tx: Transaction, digest: str, now: datetime) -> Invitation | None:
    """The invitation whose token has ``digest``, if it is neither accepted nor expired; held until the end."""
    query = select(Invitation).where(
        Invitation.token_digest == digest, Invitation.accepted_at.is_(None), Invitation.expires_at > now
    )
    return await tx.scalar(query.with_for_update())


async def remove(tx: Transaction, invitation: Invitation) -> None:
    """Take an invitation back."""
    await tx.delete(invitation)
    await tx.flush()
