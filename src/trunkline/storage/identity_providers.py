"""Identity providers' rows, the identities of people at them, and sign-ins that were used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from trunkline.storage.database import Transaction
from trunkline.storage.tables import IdentityProvider, ProvisionedGroup, ProvisionedMember, UsedSignOn, UserIdentity


async def insert(tx: Transaction, row: IdentityProvider) -> None:
    """Store a new one."""
    tx.add(row)
    await tx.flush()


async def find(tx: Transaction, provider_id: str, *, lock: bool = False) -> IdentityProvider | None:
    """The provider of that id. ``lock`` keeps other writers away from it until the end."""
    query = select(IdentityProvider).where(IdentityProvider.id == provider_id)
    return await tx.scalar(query.with_for_update() if lock else query)


async def find_by_slug(tx: Transaction, slug: str) -> IdentityProvider | None:
    """The provider with that slug."""
    return await tx.scalar(select(IdentityProvider).where(IdentityProvider.slug == slug))


async def find_by_scim_digest(tx: Transaction, digest: str) -> IdentityProvider | None:
    """The provider whose SCIM token has that digest."""
    return await tx.scalar(select(IdentityProvider).where(IdentityProvider.scim_digest == digest))


async def find_page(tx: Transaction, *, limit: int, after: str | None) -> Sequence[IdentityProvider]:
    """At most ``limit`` providers in the order of their ids, from behind ``after`` on."""
    query = select(IdentityProvider).order_by(IdentityProvider.id).limit(limit)
    if after is not None:
        query = query.where(IdentityProvider.id > after)
    return (await tx.scalars(query)).all()


async def find_enabled(tx: Transaction) -> Sequence[IdentityProvider]:
    """Those by which people may sign in, by their names."""
    query = select(IdentityProvider).where(IdentityProvider.is_enabled.is_(True))
    return (await tx.scalars(query.order_by(IdentityProvider.name, IdentityProvider.id))).all()


async def count(tx: Transaction) -> int:
    """How many there are."""
    return await tx.scalar(select(func.count()).select_from(IdentityProvider)) or 0


async def remove(tx: Transaction, row: IdentityProvider) -> None:
    """Delete it, with the identities that it vouched for, and what it sent."""
    sent = select(ProvisionedGroup.id).where(ProvisionedGroup.provider_id == row.id)
    await tx.execute(delete(ProvisionedMember).where(ProvisionedMember.group_id.in_(sent)))
    await tx.execute(delete(ProvisionedGroup).where(ProvisionedGroup.provider_id == row.id))
    await tx.execute(delete(UserIdentity).where(UserIdentity.provider_id == row.id))
    await tx.delete(row)
    await tx.flush()


async def insert_identity(tx: Transaction, identity: UserIdentity) -> None:
    """Store an identity."""
    tx.add(identity)
    await tx.flush()


async def find_identity(tx: Transaction, provider_id: str, subject: str) -> UserIdentity | None:
    """Whom the provider calls ``subject``; held until the end of the transaction."""
    query = select(UserIdentity).where(UserIdentity.provider_id == provider_id, UserIdentity.subject == subject)
    return await tx.scalar(query.with_for_update())


async def use_state(tx: Transaction, state_digest: str, now: datetime, expires_at: datetime) -> bool:
    """Note that a sign-in's answer has come, and forget those that are too old. False: it had come before."""
    await tx.execute(delete(UsedSignOn).where(UsedSignOn.expires_at < now))
    try:
        async with tx.begin_nested():
            tx.add(UsedSignOn(state_digest=state_digest, expires_at=expires_at))
            await tx.flush()
    except IntegrityError:
        return False
    return True
