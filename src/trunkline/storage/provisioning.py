"""What identity providers have sent: users, groups and who is in them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.sql import ColumnElement

from trunkline.storage.database import Transaction
from trunkline.storage.tables import ProvisionedGroup, ProvisionedMember, UserIdentity

_PART: Final = 500
"""Ids in one statement: SQLite takes no more than so many parameters."""


async def find_identity(
    tx: Transaction, provider_id: str, identity_id: str, *, lock: bool = False
) -> UserIdentity | None:
    """The provisioned user of that id."""
    query = select(UserIdentity).where(UserIdentity.id == identity_id, *_provisioned(provider_id))
    return await tx.scalar(query.with_for_update() if lock else query)


async def find_by_user_name(tx: Transaction, provider_id: str, user_name: str) -> UserIdentity | None:
    """The provisioned user whose userName, in lower case, is that."""
    query = select(UserIdentity).where(UserIdentity.provider_id == provider_id, UserIdentity.user_name == user_name)
    return await tx.scalar(query)


async def find_of_user(tx: Transaction, provider_id: str, user_id: str) -> UserIdentity | None:
    """The user's identity at the provider, provisioned or not."""
    query = select(UserIdentity).where(UserIdentity.user_id == user_id, UserIdentity.provider_id == provider_id)
    return await tx.scalar(query.limit(1))


async def find_existing(tx: Transaction, provider_id: str, ids: Collection[str]) -> set[str]:
    """Those of ``ids`` that are provisioned users."""
    found: set[str] = set()
    wanted = sorted(ids)
    for at in range(0, len(wanted), _PART):
        query = select(UserIdentity.id).where(UserIdentity.id.in_(wanted[at : at + _PART]), *_provisioned(provider_id))
        found.update(await tx.scalars(query))
    return found


async def find_users(
    tx: Transaction, provider_id: str, equal: Mapping[str, str], *, offset: int = 0, limit: int | None = None
) -> Sequence[UserIdentity]:
    """The provisioned users with these values of ``id``, ``user_name`` and ``external_id``, by their ids."""
    where = [getattr(UserIdentity, name) == value for name, value in equal.items()]
    query = select(UserIdentity).where(*_provisioned(provider_id), *where).order_by(UserIdentity.id)
    return (await tx.scalars(query.offset(offset).limit(limit))).all()


async def count_users(tx: Transaction, provider_id: str) -> int:
    """How many there are."""
    return await tx.scalar(select(func.count()).select_from(UserIdentity).where(*_provisioned(provider_id))) or 0


async def insert_group(tx: Transaction, group: ProvisionedGroup) -> None:
    """Store a group, without members yet."""
    tx.add(group)
    await tx.flush()


async def find_group(
    tx: Transaction, provider_id: str, group_id: str, *, lock: bool = False
) -> ProvisionedGroup | None:
    """The group of that id."""
    row = ProvisionedGroup
    query = select(row).where(row.id == group_id, row.provider_id == provider_id)
    return await tx.scalar(query.with_for_update() if lock else query)


async def find_groups(
    tx: Transaction, provider_id: str, equal: Mapping[str, str], *, offset: int = 0, limit: int | None = None
) -> Sequence[ProvisionedGroup]:
    """The groups with these values of ``id``, ``name_key`` and ``external_id``, in the order of their ids."""
    row = ProvisionedGroup
    where = [getattr(row, name) == value for name, value in equal.items()]
    query = select(row).where(row.provider_id == provider_id, *where).order_by(row.id)
    return (await tx.scalars(query.offset(offset).limit(limit))).all()


async def count_groups(tx: Transaction, provider_id: str) -> int:
    """How many there are."""
    row = ProvisionedGroup
    return await tx.scalar(select(func.count()).select_from(row).where(row.provider_id == provider_id)) or 0


async def remove_group(tx: Transaction, group: ProvisionedGroup) -> None:
    """Delete a group, and who is in it."""
    await tx.execute(delete(ProvisionedMember).where(ProvisionedMember.group_id == group.id))
    await tx.delete(group)
    await tx.flush()


async def find_members(tx: Transaction, group_id: str) -> Sequence[UserIdentity]:
    """Who is in a group, in the order of their ids."""
    query = select(UserIdentity).join(ProvisionedMember, ProvisionedMember.identity_id == UserIdentity.id)
    return (await tx.scalars(query.where(ProvisionedMember.group_id == group_id).order_by(UserIdentity.id))).all()


async def find_group_names(tx: Transaction, identity_id: str) -> set[str]:
    """What the groups of a user are called."""
    query = select(ProvisionedGroup.display_name).join(
        ProvisionedMember, ProvisionedMember.group_id == ProvisionedGroup.id
    )
    return {*await tx.scalars(query.where(ProvisionedMember.identity_id == identity_id))}


async def change_members(tx: Transaction, group_id: str, *, add: Collection[str], remove: Collection[str]) -> None:
    """Add users to a group who are not in it, and take others out."""
    tx.add_all(ProvisionedMember(group_id=group_id, identity_id=each) for each in sorted(add))
    await tx.flush()
    gone = sorted(remove)
    for at in range(0, len(gone), _PART):
        part = gone[at : at + _PART]
        row = ProvisionedMember
        await tx.execute(delete(row).where(row.group_id == group_id, row.identity_id.in_(part)))


async def leave_groups(tx: Transaction, identity_id: str) -> None:
    """Take a user out of all groups."""
    await tx.execute(delete(ProvisionedMember).where(ProvisionedMember.identity_id == identity_id))


def _provisioned(provider_id: str) -> tuple[ColumnElement[bool], ...]:
    return UserIdentity.provider_id == provider_id, UserIdentity.user_name.is_not(None)
