"""Changing the keys at the top: everything opens afterwards, and with the new key alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from trunkline.control.audit import Audit
from trunkline.control.audit_chain.seal import AuditSeal
from trunkline.control.installation.installation import Installation
from trunkline.control.installation.key_change import VaultKeyChange
from trunkline.control.installation.rotation import Rotation, VaultKeyState
from trunkline.core.errors import CannotOpen, Conflict
from trunkline.storage import credentials
from trunkline.storage.database import Database
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.root_key import RootKey, RootKeyCredential, RootKeyFile
from trunkline.vault.vault import Vault

OWNER = "user:019a5f0e-7c1b-7d9a-9a53-0f4c8a1b2c3d"


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database(f"sqlite+aiosqlite:///{tmp_path / 'trunkline.db'}")
    await opened.migrate()
    yield opened
    await opened.close()


@pytest.fixture
async def source(database: Database, tmp_path: Path) -> RootKeyFile:
    """The root key of an installation with one data key."""
    file = RootKeyFile(tmp_path / "root.key")
    ring = await Installation(database).open_ring(file)
    async with database.write() as tx:
        await credentials.insert_key(tx, Vault(ring).new_data_key(OWNER))
    return file


async def open_data_key(database: Database, root: RootKey) -> bytes:
    state = await Installation(database).read_state()
    assert state is not None
    async with database.read() as tx:
        key = await credentials.find_current_key(tx, OWNER)
    assert key is not None
    return KeyRing([root], state).open_data_key(key)


def write_key(path: Path) -> RootKey:
    return RootKeyFile(path).create()


async def test_a_process_follows_a_rotation_of_another(database: Database, source: RootKeyFile) -> None:
    installation = Installation(database)
    ring = await installation.open_ring(source)
    vault = Vault(ring)
    here = Rotation(database, vault, installation, Audit(database, AuditSeal(ring)))
    await VaultKeyChange(database, source).rotate()
    assert vault.new_data_key(OWNER).kek_version == 1
    await here.finish()
    assert vault.new_data_key(OWNER).kek_version == 2
    await VaultKeyChange(database, source).rotate()
    await here.advance()
    assert await here.read_standing() == VaultKeyState(4, 0, 0)


async def test_every_owner_gets_a_new_data_key(database: Database, source: RootKeyFile) -> None:
    ring = await Installation(database).open_ring(source)
    async with database.write() as tx:
        await credentials.insert_key(tx, Vault(ring).new_data_key("workspace:w"))
        before = {owner: await credentials.find_current_key(tx, owner) for owner in (OWNER, "workspace:w")}
    told: list[tuple[int, int]] = []
    change = VaultKeyChange(database, source)
    assert await change.rotate_data_keys(lambda done, of: told.append((done, of))) == VaultKeyState(1, 0, 0)
    assert told == [(0, 2), (1, 2), (2, 2)]
    async with database.read() as tx:
        for owner, old in before.items():
            new = await credentials.find_current_key(tx, owner)
            assert old is not None
            assert new is not None
            assert new.id != old.id


async def test_rotation(database: Database, source: RootKeyFile) -> None:
    change = VaultKeyChange(database, source)
    assert await change.read_standing() == VaultKeyState(1, 0, 0)
    root = source.load()
    assert root is not None
    before = await open_data_key(database, root)
    assert await change.rotate() == VaultKeyState(2, 0, 0)
    assert await open_data_key(database, root) == before


async def test_another_root_key(database: Database, source: RootKeyFile, tmp_path: Path) -> None:
    old = source.load()
    assert old is not None
    before = await open_data_key(database, old)
    new = write_key(tmp_path / "new.key")
    kept = await VaultKeyChange(database, source).migrate(tmp_path / "new.key")
    found, former = source.load(), RootKeyFile(kept).load()
    assert found is not None
    assert former is not None
    assert found.export_text() == new.export_text()
    assert former.export_text() == old.export_text()
    assert await open_data_key(database, found) == before
    with pytest.raises(CannotOpen):
        await open_data_key(database, old)


async def test_a_change_that_was_cut_off_is_finished(database: Database, source: RootKeyFile, tmp_path: Path) -> None:
    old = source.load()
    assert old is not None
    before = await open_data_key(database, old)
    new = write_key(tmp_path / "new.key")
    installation = Installation(database)
    state = await installation.read_state()
    assert state is not None
    assert await installation.replace_state(state, KeyRing([old], state).migrate(new).state)
    await VaultKeyChange(database, source).migrate(tmp_path / "new.key")
    assert await open_data_key(database, new) == before


async def test_a_file_that_is_none(database: Database, source: RootKeyFile, tmp_path: Path) -> None:
    with pytest.raises(CannotOpen, match="openssl rand"):
        await VaultKeyChange(database, source).migrate(tmp_path / "none")


async def test_a_credential_is_not_ours_to_change(database: Database, tmp_path: Path) -> None:
    with pytest.raises(Conflict, match="not Trunkline's to change"):
        await VaultKeyChange(database, RootKeyCredential(tmp_path)).migrate(tmp_path / "new.key")
