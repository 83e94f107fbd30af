"""People's rows."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from trunkline.storage.database import Transaction
from trunkline.storage.tables import User, UserIdentity


async def insert(tx: Transaction, user: User) -> User:
    """Add a user; its id is set afterwards."""
    tx.add(user)
    await tx.flush()
    return user


async def find(tx: Transaction, user_id: str) -> User | None:
    """The user of that id."""
    return await tx.get(User, user_id)


async def find_by_email(tx: Transaction, email: str) -> User | None:
    """The user with that address, which is in lower case."""
    return await tx.scalar(select(User).where(User.email == email))


async def find_page(tx: Transaction, *, limit: int, after: str | None) -> Sequence[User]:
    """At most ``limit`` users of the installation in the order of their ids, from behind ``after`` on."""
    query = select(User).order_by(User.id).limit(limit)
    if after is not None:
        query = query.where(User.id > after)
    return (await tx.scalars(query)).all()


async def find_unfinished_admin(tx: Transaction) -> User | None:
    """The administrator of the first start, as long as no password is set. Who signs in elsewhere needs none."""
    elsewhere = select(UserIdentity.id).where(UserIdentity.user_id == User.id).exists()
    query = select(User).where(User.role == "admin", User.password_hash.is_(None), User.disabled_at.is_(None))
    return await tx.scalar(query.where(~elsewhere).order_by(User.id).limit(1))


async def lock_admins(tx: Transaction) -> Sequence[str]:
    """The ids of the administrators who can sign in, held until the end of the transaction."""
    query = select(User.id).where(User.role == "admin", User.disabled_at.is_(None), User.password_hash.is_not(None))
    return (await tx.scalars(query.order_by(User.id).with_for_update())).all()


async def count(tx: Transaction) -> int:
    """How many users there are."""
    return await tx.scalar(select(func.count()).select_from(User)) or 0
