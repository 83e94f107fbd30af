"""Sign-ins' rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update

from trunkline.storage.database import Transaction
from trunkline.storage.tables import Session


async def insert(tx: Transaction, session: Session) -> Session:
    """Add a session; its id is set afterwards."""
    tx.add(session)
    await tx.flush()
    return session


async def find_by_refresh(tx: Transaction, digest: str) -> Session | None:
    """The session whose refresh token is, or was until its last use, the one with ``digest``; held until the end."""
    query = select(Session).where((Session.refresh_digest == digest) | (Session.previous_digest == digest))
    return await tx.scalar(query.with_for_update())


async def find(tx: Transaction, session_id: str) -> Session | None:
    """The session of that id."""
    return await tx.get(Session, session_id)


async def find_open(
    tx: Transaction, user_id: str, at: datetime, *, limit: int, after: str | None = None
) -> Sequence[Session]:
    """The user's sessions that go on, by their ids, the newest first."""
    query = select(Session).where(Session.user_id == user_id, Session.revoked_at.is_(None), Session.expires_at > at)
    if after is not None:
        query = query.where(Session.id < after)
    return (await tx.scalars(query.order_by(Session.id.desc()).limit(limit))).all()


async def remove_expired(tx: Transaction, user_id: str, before: datetime) -> None:
    """Delete the user's sessions that ended before that: no token of theirs is good any more."""
    await tx.execute(delete(Session).where(Session.user_id == user_id, Session.expires_at < before))


async def revoke_all(tx: Transaction, user_id: str, at: datetime, *, keep: str | None = None) -> int:
    """Revoke the user's sessions, but not ``keep``. How many there were."""
    query = update(Session).where(Session.user_id == user_id, Session.revoked_at.is_(None))
    if keep is not None:
        query = query.where(Session.id != keep)
    revoked = await tx.scalars(query.values(revoked_at=at).returning(Session.id))
    return len(revoked.all())
