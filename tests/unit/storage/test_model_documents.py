"""Documents of models: one for each user, its models in their order, and ciphertexts that no call reads."""

from __future__ import annotations

import pytest

from trunkline.core.errors import Conflict
from trunkline.core.ids import new_id
from trunkline.storage import credentials as credential_rows
from trunkline.storage import model_documents, snapshot, workspaces
from trunkline.storage.database import Database
from trunkline.storage.model_documents import Entry
from trunkline.storage.tables import Credential, ModelDocument, User, Workspace, now
from trunkline.vault.data_key import WrappedDataKey
from trunkline.vault.stored_secret import StoredSecret


async def make_home(database: Database) -> tuple[str, str]:
    """A user and the personal workspace."""
    async with database.write() as tx:
        user = User(id=new_id(), email=f"{new_id()}@example.com", name="n", password_hash="x")
        tx.add(user)
        await tx.flush()
        workspace = await workspaces.insert(tx, Workspace(name="Home", personal_of=user.id), owner_id=user.id)
        return user.id, workspace.id


async def test_a_user_has_one(database: Database) -> None:
    user_id, workspace_id = await make_home(database)
    async with database.write() as tx:
        await model_documents.add(tx, ModelDocument(user_id=user_id, workspace_id=workspace_id))
    with pytest.raises(Conflict, match="already"):
        async with database.write() as tx:
            await model_documents.add(tx, ModelDocument(user_id=user_id, workspace_id=workspace_id))


async def test_models_keep_their_order_and_are_replaced_whole(database: Database) -> None:
    user_id, workspace_id = await make_home(database)
    entries = [Entry(provider="P", type="chat", model=f"m{number}", is_paid=number % 2 == 0) for number in range(12)]
    async with database.write() as tx:
        document = ModelDocument(user_id=user_id, workspace_id=workspace_id)
        await model_documents.add(tx, document)
        await model_documents.replace_entries(tx, document.id, entries)
        assert await model_documents.find_entries(tx, document.id) == entries
        await model_documents.replace_entries(tx, document.id, entries[::-1][:3])
        assert await model_documents.find_entries(tx, document.id) == entries[::-1][:3]
        await model_documents.replace_entries(tx, document.id, [])
        assert await model_documents.find_entries(tx, document.id) == []


async def test_ciphertexts_are_not_in_what_calls_read(database: Database) -> None:
    user_id, workspace_id = await make_home(database)
    key = WrappedDataKey(id=new_id(), owner=f"user:{user_id}", kek_version=1, wrapped=b"w", created_at=now())
    async with database.write() as tx:
        credential = Credential(workspace_id=workspace_id, owner=key.owner, provider="p", created_by=user_id)
        await credential_rows.insert(tx, credential)
        await credential_rows.insert_key(tx, key)
        for field in ("apiKey", credential_rows.CIPHERTEXT):
            secret = StoredSecret(
                credential_id=credential.id,
                owner=key.owner,
                field=field,
                data_key_id=key.id,
                origins=(),
                ciphertext=b"c",
            )
            await credential_rows.put_secret(tx, secret, "…")
    async with database.read() as tx:
        (found,) = await snapshot.load(tx, [workspace_id])
    assert [secret.field for (secret,) in found.sealed.secrets.values()] == ["apiKey"]
