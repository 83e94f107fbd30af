"""The key ring is made once, and a wrong root key writes nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from trunkline.control.installation.installation import Installation
from trunkline.core.errors import CannotOpen
from trunkline.storage.database import Database
from trunkline.vault.root_key import RootKeyCredential, RootKeyFile


async def count_facts(database: Database) -> int:
    async with database.read() as tx:
        return (await tx.execute(text("SELECT count(*) FROM facts"))).scalar_one()


async def test_the_ring_and_the_root_key_are_made_at_the_first_start(database: Database, tmp_path: Path) -> None:
    source = RootKeyFile(tmp_path / "root.key")
    ring = await Installation(database).open_ring(source)
    again = await Installation(database).open_ring(source)
    assert again.instance == ring.instance
    assert again.state == ring.state


async def test_processes_that_start_together_agree(database: Database, tmp_path: Path) -> None:
    source = RootKeyFile(tmp_path / "root.key")
    rings = await asyncio.gather(*(Installation(database).open_ring(source) for _ in range(5)))
    assert len({ring.instance for ring in rings}) == 1


async def test_another_root_key_is_refused_and_nothing_is_written(database: Database, tmp_path: Path) -> None:
    await Installation(database).open_ring(RootKeyFile(tmp_path / "root.key"))
    before = await count_facts(database)
    RootKeyFile(tmp_path / "other.key").create()
    with pytest.raises(CannotOpen, match="TRUNKLINE_ROOT_KEY_FILE") as raised:
        await Installation(database).open_ring(RootKeyFile(tmp_path / "other.key"))
    assert raised.value.code == "wrong_root_key"
    assert await count_facts(database) == before


async def test_a_missing_root_key_is_not_made_anew_for_an_encrypted_database(
    database: Database, tmp_path: Path
) -> None:
    await Installation(database).open_ring(RootKeyFile(tmp_path / "root.key"))
    with pytest.raises(CannotOpen, match="missing"):
        await Installation(database).open_ring(RootKeyFile(tmp_path / "lost.key"))
    assert not (tmp_path / "lost.key").exists()


async def test_a_credential_is_never_made(database: Database, tmp_path: Path) -> None:
    before = await count_facts(database)
    with pytest.raises(CannotOpen, match="missing"):
        await Installation(database).open_ring(RootKeyCredential(tmp_path))
    assert await count_facts(database) == before


async def test_a_rotated_state_is_swapped_in_only_over_the_one_it_was_made_from(
    database: Database, tmp_path: Path
) -> None:
    installation = Installation(database)
    ring = await installation.open_ring(RootKeyFile(tmp_path / "root.key"))
    rotated = ring.advance().state
    assert await installation.replace_state(ring.state, rotated)
    assert not await installation.replace_state(ring.state, ring.advance_sealing().state)
    assert await installation.read_state() == rotated


async def test_a_changed_root_key_opens_what_the_previous_one_wrapped(database: Database, tmp_path: Path) -> None:
    previous, changed = RootKeyFile(tmp_path / "root.key"), RootKeyFile(tmp_path / "new.key")
    before = await Installation(database).open_ring(previous)
    data_key = before.new_data_key("user:x")
    root = changed.create()
    ring = await Installation(database).open_ring(changed, previous)
    assert ring.instance == before.instance
    assert not ring.uses(root)
    assert ring.open_data_key(data_key) == before.open_data_key(data_key)
