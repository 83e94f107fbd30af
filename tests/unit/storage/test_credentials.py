"""Sealed rows are swapped only if nobody changed them, and data keys go only when nothing needs them."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from trunkline.core.ids import new_id
from trunkline.storage import credentials
from trunkline.storage.database import Database
from trunkline.storage.tables import Credential, User, Workspace
from trunkline.vault.data_key import WrappedDataKey
from trunkline.vault.stored_secret import StoredSecret


def data_key(owner: str, version: int = 1) -> WrappedDataKey:
    return WrappedDataKey(id=new_id(), owner=owner, kek_version=version, wrapped=b"w", created_at=datetime.now(UTC))


@pytest.fixture
async def stored(database: Database) -> StoredSecret:
    """A secret under the current data key of its owner."""
    user, workspace = User(id=new_id(), email=f"{new_id()}@example.com"), Workspace(id=new_id(), name="w")
    owner = f"user:{user.id}"
    credential = Credential(id=new_id(), workspace_id=workspace.id, owner=owner, provider="openai", created_by=user.id)
    key = data_key(owner)
    secret = StoredSecret(
        credential_id=credential.id,
        owner=owner,
        field="apiKey",
        data_key_id=key.id,
        origins=("https://a.example:443",),
        ciphertext=b"first",
    )
    async with database.write() as tx:
        tx.add_all([user, workspace])
        await tx.flush()
        await credentials.insert(tx, credential)
        await credentials.insert_key(tx, key)
        await credentials.put_secret(tx, secret, "…")
    return secret


async def test_a_secret_that_was_saved_meanwhile_wins(database: Database, stored: StoredSecret) -> None:
    saved = msgspec.structs.replace(stored, ciphertext=b"saved meanwhile")
    async with database.write() as tx:
        await credentials.put_secret(tx, saved, "…")
    async with database.write() as tx:
        assert not await credentials.swap_secret(tx, stored, msgspec.structs.replace(stored, ciphertext=b"rotated"))
        assert await credentials.swap_secret(tx, saved, msgspec.structs.replace(stored, ciphertext=b"rotated"))


async def test_a_data_key_that_was_wrapped_meanwhile_wins(database: Database, stored: StoredSecret) -> None:
    async with database.write() as tx:
        old = await credentials.lock_key(tx, stored.data_key_id)
        assert old is not None
        newer = msgspec.structs.replace(old, wrapped=b"newer", kek_version=2)
        assert await credentials.swap_key(tx, old, newer)
        assert not await credentials.swap_key(tx, old, msgspec.structs.replace(old, wrapped=b"late", kek_version=3))
        assert await credentials.count_old_keys(tx, 2) == 0
        assert await credentials.count_old_keys(tx, 3) == 1


async def test_a_data_key_stays_while_it_is_current_or_seals_anything(database: Database, stored: StoredSecret) -> None:
    async with database.write() as tx:
        assert not await credentials.remove_key(tx, stored.data_key_id)
        fresh = data_key(stored.owner)
        await credentials.insert_key(tx, fresh)
        assert await credentials.find_current_key(tx, stored.owner) == fresh
        assert [key.id for key in await credentials.read_retired_keys(tx, stored.owner)] == [stored.data_key_id]
        assert not await credentials.remove_key(tx, stored.data_key_id)
        moved = msgspec.structs.replace(stored, data_key_id=fresh.id, ciphertext=b"moved")
        assert await credentials.swap_secret(tx, stored, moved)
        assert await credentials.remove_key(tx, stored.data_key_id)
        assert await credentials.lock_key(tx, stored.data_key_id) is None
        assert await credentials.count_retired_keys(tx) == 0


async def test_the_first_data_key_of_an_owner_is_the_first_writers(database: Database, stored: StoredSecret) -> None:
    async with database.write() as tx:
        assert (await credentials.insert_first_key(tx, (key := data_key("user:new")))) == key
        assert await credentials.find_current_key(tx, "user:new") == key


async def test_erasing_stays_within_the_workspace(database: Database, stored: StoredSecret) -> None:
    async with database.write() as tx:
        await credentials.erase(tx, new_id(), stored.credential_id)
        assert stored.credential_id in await credentials.read_masks(tx, [stored.credential_id])
        (workspace_id,) = await credentials.find_workspaces(tx, stored.owner)
        await credentials.erase(tx, workspace_id, stored.credential_id)
        assert await credentials.read_masks(tx, [stored.credential_id]) == {}
        assert await credentials.find(tx, workspace_id, stored.credential_id) is None
