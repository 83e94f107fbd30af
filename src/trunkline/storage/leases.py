"""Duties that one process has at a time."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete, select, text

from trunkline.storage.database import Transaction
from trunkline.storage.tables import Lease, UtcDateTime

_TAKE: Final = text(
    "INSERT INTO leases (name, holder, expires_at) VALUES (:name, :holder, :until) ON CONFLICT (name) DO UPDATE"
    " SET holder = excluded.holder, expires_at = excluded.expires_at"
    " WHERE leases.holder = excluded.holder OR leases.expires_at <= :now RETURNING holder"
).bindparams(bindparam("until", type_=UtcDateTime()), bindparam("now", type_=UtcDateTime()))


async def take(tx: Transaction, name: str, holder: str, *, now: datetime, until: datetime) -> bool:
    """Hold the duty ``name`` until then, if nobody else does at ``now``. Whether ``holder`` has it. Also to renew."""
    taken = await tx.execute(_TAKE, {"name": name, "holder": holder, "until": until, "now": now})
    return taken.scalar_one_or_none() is not None


async def hold_up(tx: Transaction, name: str) -> None:
    """Keep whoever holds the duty from renewing it until the transaction ends, and so from doing it."""
    await tx.execute(select(Lease.holder).where(Lease.name == name).with_for_update())


async def forget(tx: Transaction, beginning: str, *, now: datetime) -> None:
    """Delete those whose name begins so and that are over."""
    await tx.execute(delete(Lease).where(Lease.name.startswith(beginning, autoescape=True), Lease.expires_at <= now))


async def release(tx: Transaction, name: str, holder: str) -> None:
    """Give a duty back. If it is not held by ``holder``, this is a no-op."""
    await tx.execute(delete(Lease).where(Lease.name == name, Lease.holder == holder))
