"""Credentials, their sealed fields, and the data keys that seal them, in the database.

What the columns mean is the vault's business: rows come in and go out as its structs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, cast

import msgspec
from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.exc import IntegrityError

from trunkline.storage.database import Transaction
from trunkline.storage.tables import Credential, DataKey, SealedSecret, now
from trunkline.vault.data_key import WrappedDataKey
from trunkline.vault.stored_secret import StoredSecret

CIPHERTEXT: Final = "apiKeyEncrypted"
"""The field of a credential that holds what a program encrypted itself. No call needs it."""

_LOOKS: Final = 20
"""For an owner's current data key: one more than rotations of it that can wait for each other at once."""


async def insert(tx: Transaction, credential: Credential) -> None:
    """Store a new credential, without fields yet."""
    tx.add(credential)
    await tx.flush()


async def find(tx: Transaction, workspace_id: str, credential_id: str) -> Credential | None:
    """The credential of that id in the workspace."""
    return await tx.scalar(
        select(Credential).where(Credential.id == credential_id, Credential.workspace_id == workspace_id)
    )


async def find_many(tx: Transaction, workspace_id: str, credential_ids: Sequence[str]) -> dict[str, Credential]:
    """Those of the workspace, by id."""
    rows = await tx.scalars(
        select(Credential).where(Credential.id.in_(credential_ids), Credential.workspace_id == workspace_id)
    )
    return {row.id: row for row in rows}


async def erase(tx: Transaction, workspace_id: str, credential_id: str) -> None:
    """Delete a credential and every sealed field of it. Unknown ones are a no-op."""
    owned = select(Credential.id).where(Credential.id == credential_id, Credential.workspace_id == workspace_id)
    await tx.execute(delete(SealedSecret).where(SealedSecret.credential_id.in_(owned)))
    await tx.execute(delete(Credential).where(Credential.id == credential_id, Credential.workspace_id == workspace_id))


async def read_secrets(tx: Transaction, credential: Credential) -> list[tuple[StoredSecret, WrappedDataKey]]:
    """Its sealed fields, by name, each with the data key that it names.

    One statement, and columns instead of objects: a rotation that goes on meanwhile can neither take the key away
    between two looks, nor be half seen through what the session remembers.
    """
    rows = await tx.execute(
        select(
            SealedSecret.field,
            SealedSecret.origins,
            SealedSecret.ciphertext,
            DataKey.id,
            DataKey.owner,
            DataKey.kek_version,
            DataKey.wrapped,
            DataKey.created_at,
        )
        .join(DataKey, DataKey.id == SealedSecret.data_key_id)
        .where(SealedSecret.credential_id == credential.id)
        .order_by(SealedSecret.field)
    )
    found: list[tuple[StoredSecret, WrappedDataKey]] = []
    for field, origins, ciphertext, key_id, key_owner, kek_version, wrapped, created_at in rows:
        stored = StoredSecret(
            credential_id=credential.id,
            owner=credential.owner,
            field=field,
            data_key_id=key_id,
            origins=tuple(origins),
            ciphertext=ciphertext,
        )
        key = WrappedDataKey(
            id=key_id, owner=key_owner, kek_version=kek_version, wrapped=wrapped, created_at=created_at
        )
        found.append((stored, key))
    return found


async def read_masks(tx: Transaction, credential_ids: Sequence[str]) -> dict[str, dict[str, str]]:
    """What people are shown of each field, by credential and field."""
    masks: dict[str, dict[str, str]] = {}
    rows = await tx.execute(
        select(SealedSecret.credential_id, SealedSecret.field, SealedSecret.mask).where(
            SealedSecret.credential_id.in_(credential_ids)
        )
    )
    for credential_id, field, mask in rows:
        masks.setdefault(credential_id, {})[field] = mask
    return masks


async def put_secret(tx: Transaction, stored: StoredSecret, mask: str) -> None:
    """Store a sealed field, in the place of the one of that name."""
    row = await tx.get(SealedSecret, (stored.credential_id, stored.field))
    if row is None:
        row = SealedSecret(credential_id=stored.credential_id, field=stored.field)
        tx.add(row)
    row.data_key_id = stored.data_key_id
    row.origins = list(stored.origins)
    row.ciphertext = stored.ciphertext
    row.mask = mask
    await tx.flush()


async def drop_secrets(tx: Transaction, credential_id: str, fields: Sequence[str]) -> None:
    """Delete these fields of a credential; those that are not there are a no-op."""
    await tx.execute(
        delete(SealedSecret).where(SealedSecret.credential_id == credential_id, SealedSecret.field.in_(fields))
    )


async def swap_secret(tx: Transaction, old: StoredSecret, new: StoredSecret) -> bool:
    """Replace ``old`` by ``new`` if nobody has changed it meanwhile (compare and swap). False: somebody has."""
    done = await tx.execute(
        update(SealedSecret)
        .where(
            SealedSecret.credential_id == old.credential_id,
            SealedSecret.field == old.field,
            SealedSecret.ciphertext == old.ciphertext,
        )
        .values(data_key_id=new.data_key_id, ciphertext=new.ciphertext, origins=list(new.origins))
    )
    return _changed(done) == 1


async def find_current_key(tx: Transaction, owner: str) -> WrappedDataKey | None:
    """The data key that new secrets of ``owner`` are sealed with; it cannot be retired before the transaction ends."""
    row = await _lock_current(tx, owner, read=True)
    return None if row is None else _wrapped(row)


async def _lock_current(tx: Transaction, owner: str, *, read: bool) -> DataKey | None:
    """Waiting for a rotation ends with a row that is retired now; only another look sees its successor."""
    current = select(DataKey).where(DataKey.owner == owner, DataKey.retired_at.is_(None))
    query = current.with_for_update(read=read).execution_options(populate_existing=True)
    for _ in range(_LOOKS):
        row = await tx.scalar(query)
        if row is not None:
            return row
        if await tx.scalar(select(DataKey.id).where(DataKey.owner == owner).limit(1)) is None:
            return None
    return None


async def lock_key(tx: Transaction, key_id: str) -> WrappedDataKey | None:
    """A data key, which nobody can take away before the transaction ends; None when it is gone."""
    query = select(DataKey).where(DataKey.id == key_id).with_for_update().execution_options(populate_existing=True)
    row = await tx.scalar(query)
    return None if row is None else _wrapped(row)


async def insert_key(tx: Transaction, key: WrappedDataKey) -> None:
    """Make ``key`` the current one of its owner, retiring the one before. Who else does that at the same time waits."""
    current = await _lock_current(tx, key.owner, read=False)
    if current is not None:
        current.retired_at = now()
        await tx.flush()
    tx.add(
        DataKey(id=key.id, owner=key.owner, kek_version=key.kek_version, wrapped=key.wrapped, created_at=key.created_at)
    )
    await tx.flush()


async def insert_first_key(tx: Transaction, key: WrappedDataKey) -> WrappedDataKey:
    """Store the first data key of an owner; when another writer was faster, theirs is given back."""
    try:
        async with tx.begin_nested():
            await insert_key(tx, key)
    except IntegrityError:
        current = await find_current_key(tx, key.owner)
        if current is None:
            raise
        return current
    return key


async def find_owners(tx: Transaction) -> list[str]:
    """Everybody who has a data key."""
    return list(await tx.scalars(select(DataKey.owner).where(DataKey.retired_at.is_(None)).order_by(DataKey.owner)))


async def read_retired_keys(tx: Transaction, owner: str | None = None) -> list[WrappedDataKey]:
    """Data keys that were replaced and whose secrets may not all have moved yet."""
    query = select(DataKey).where(DataKey.retired_at.is_not(None)).order_by(DataKey.created_at)
    if owner is not None:
        query = query.where(DataKey.owner == owner)
    return [_wrapped(row) for row in await tx.scalars(query)]


async def read_secrets_under(tx: Transaction, key: WrappedDataKey, limit: int) -> list[StoredSecret]:
    """Some of the secrets that are still sealed with ``key``."""
    rows = await tx.execute(
        select(SealedSecret, Credential.owner)
        .join(Credential, Credential.id == SealedSecret.credential_id)
        .where(SealedSecret.data_key_id == key.id)
        .limit(limit)
    )
    return [_stored(row, owner) for row, owner in rows]


async def remove_key(tx: Transaction, key_id: str) -> bool:
    """Delete a retired data key if nothing is sealed with it any more. False: something is."""
    used = select(SealedSecret.field).where(SealedSecret.data_key_id == key_id).exists()
    done = await tx.execute(delete(DataKey).where(DataKey.id == key_id, DataKey.retired_at.is_not(None), ~used))
    return _changed(done) == 1


async def find_workspaces(tx: Transaction, owner: str) -> list[str]:
    """The workspaces in which ``owner`` has credentials."""
    query = select(Credential.workspace_id).where(Credential.owner == owner).distinct()
    return sorted(await tx.scalars(query))


async def read_old_keys(tx: Transaction, kek_version: int, limit: int) -> list[WrappedDataKey]:
    """Some of the data keys that a version before ``kek_version`` wraps."""
    rows = await tx.scalars(select(DataKey).where(DataKey.kek_version < kek_version).limit(limit))
    return [_wrapped(row) for row in rows]


async def count_old_keys(tx: Transaction, kek_version: int) -> int:
    """How many data keys a version before ``kek_version`` still wraps."""
    return await tx.scalar(select(func.count()).select_from(DataKey).where(DataKey.kek_version < kek_version)) or 0


async def count_retired_keys(tx: Transaction) -> int:
    """How many replaced data keys are still there."""
    return await tx.scalar(select(func.count()).select_from(DataKey).where(DataKey.retired_at.is_not(None))) or 0


async def swap_key(tx: Transaction, old: WrappedDataKey, new: WrappedDataKey) -> bool:
    """Replace the wrapping of a data key if nobody has changed it meanwhile. False: somebody has."""
    done = await tx.execute(
        update(DataKey)
        .where(DataKey.id == old.id, DataKey.wrapped == old.wrapped)
        .values(wrapped=new.wrapped, kek_version=new.kek_version)
    )
    return _changed(done) == 1


def _changed(result: object) -> int:
    # An UPDATE or DELETE gives a cursor's result; the type of execute() does not know that.
    return cast("CursorResult[tuple[()]]", result).rowcount


def _stored(row: SealedSecret, owner: str) -> StoredSecret:
    return StoredSecret(
        credential_id=row.credential_id,
        owner=owner,
        field=row.field,
        data_key_id=row.data_key_id,
        origins=tuple(row.origins),
        ciphertext=row.ciphertext,
    )


def _wrapped(row: DataKey) -> WrappedDataKey:
    return msgspec.convert(row, WrappedDataKey, from_attributes=True)
