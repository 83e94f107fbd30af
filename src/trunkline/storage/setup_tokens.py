"""One-time tokens of the first start."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from trunkline.storage.database import Transaction
from trunkline.storage.tables import SetupToken


async def replace(tx: Transaction, token: SetupToken) -> None:
    """Make ``token`` the only one: those given out before are void."""
    await tx.execute(delete(SetupToken))
    tx.add(token)


async def find_good(tx: Transaction, digest: str, now: datetime) -> SetupToken | None:
    """The token with ``digest``, if it is neither used nor expired; held until the end."""
    query = select(SetupToken).where(
        SetupToken.digest == digest, SetupToken.used_at.is_(None), SetupToken.expires_at > now
    )
    return await tx.scalar(query.with_for_update())
