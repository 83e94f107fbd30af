from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from trunkline.control.stored_responses import LIFETIME, StoredResponses
from trunkline.core.actor import Actor
from trunkline.core.chat import Message, Reasoning, Text, ToolCall, ToolResult
from trunkline.gateway.exchanges.kept_response import KeptResponse, Pin
from trunkline.storage import workspaces
from trunkline.storage.database import Database
from trunkline.storage.tables import Workspace
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.root_key import RootKey

CANARY = "a very private question"
TALK = KeptResponse(
    messages=(
        Message("user", (Text(CANARY),)),
        Message("assistant", (Reasoning("hm", signature="s"), ToolCall("c", "look", "{}"))),
        Message("tool", (ToolResult("c", (Text("found"),)),)),
    ),
    body=b"{}",
)


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
async def workspace_ids(database: Database) -> tuple[str, str]:
    async with database.write() as tx:
        rows = [Workspace(name="one"), Workspace(name="two")]
        tx.add_all(rows)
        await tx.flush()
        assert await workspaces.find(tx, rows[0].id)
        return rows[0].id, rows[1].id


def actor(workspace_id: str, user_id: str = "u", application_id: str | None = None) -> Actor:
    return Actor(user_id=user_id, workspace_id=workspace_id, role="member", application_id=application_id)


async def test_its_maker_finds_it_and_nobody_else(database: Database, workspace_ids: tuple[str, str]) -> None:
    one, two = workspace_ids
    store = StoredResponses(database, KeyRing.create(RootKey.generate()))
    await store.put(actor(one), "resp_tl_1", TALK)
    assert await store.find(actor(one), "resp_tl_1") == TALK
    for stranger in (actor(two), actor(one, "other"), actor(one, "u", "app")):
        assert await store.find(stranger, "resp_tl_1") is None
    assert await store.find(actor(one), "resp_tl_2") is None


async def test_keys_of_one_application_share_theirs(database: Database, workspace_ids: tuple[str, str]) -> None:
    store = StoredResponses(database, KeyRing.create(RootKey.generate()))
    await store.put(actor(workspace_ids[0], "u", "app"), "resp_tl_1", TALK)
    assert await store.find(actor(workspace_ids[0], "v", "app"), "resp_tl_1") == TALK
    assert await store.find(actor(workspace_ids[0], "v", "other"), "resp_tl_1") is None


async def test_it_expires_and_is_dropped(database: Database, workspace_ids: tuple[str, str]) -> None:
    clock = Clock()
    store = StoredResponses(database, KeyRing.create(RootKey.generate()), clock=clock)
    await store.put(actor(workspace_ids[0]), "resp_tl_1", TALK)
    clock.now += LIFETIME - timedelta(seconds=1)
    assert await store.find(actor(workspace_ids[0]), "resp_tl_1") == TALK
    clock.now += timedelta(seconds=2)
    assert await store.find(actor(workspace_ids[0]), "resp_tl_1") is None
    await store.put(actor(workspace_ids[0]), "resp_tl_2", TALK)
    clock.now -= timedelta(days=1)
    assert await store.find(actor(workspace_ids[0]), "resp_tl_1") is None, "it was dropped with the next one"


async def test_what_was_said_stands_nowhere_in_the_clear(tmp_path: Path) -> None:
    path = tmp_path / "data" / "trunkline.db"
    database = Database(f"sqlite+aiosqlite:///{path}")
    await database.migrate()
    async with database.write() as tx:
        workspace = Workspace(name="one")
        tx.add(workspace)
        await tx.flush()
    await StoredResponses(database, KeyRing.create(RootKey.generate())).put(actor(workspace.id), "resp_tl_1", TALK)
    await database.close()
    for file in path.parent.iterdir():
        assert CANARY.encode() not in file.read_bytes()


async def test_an_id_of_a_provider_is_each_callers_own(database: Database, workspace_ids: tuple[str, str]) -> None:
    one, two = workspace_ids
    store = StoredResponses(database, KeyRing.create(RootKey.generate()))
    mine, theirs = (KeptResponse(pin=Pin(configuration_id=name)) for name in ("mine", "theirs"))
    await store.put(actor(one), "resp_1", mine)
    for stranger in (actor(two), actor(one, "other"), actor(one, "u", "app")):
        assert await store.find(stranger, "resp_1") is None
        await store.put(stranger, "resp_1", theirs)
        await store.drop(stranger, "resp_1")
    assert await store.find(actor(one), "resp_1") == mine, "nobody replaced or dropped it by giving the same id"
    await store.put(actor(one), "resp_1", theirs)
    assert await store.find(actor(one), "resp_1") == theirs, "the same caller's newer one counts"
    await store.drop(actor(one), "resp_1")
    assert await store.find(actor(one), "resp_1") is None


async def test_an_end_is_claimed_once_by_each(database: Database, workspace_ids: tuple[str, str]) -> None:
    store = StoredResponses(database, KeyRing.create(RootKey.generate()))
    claims = await asyncio.gather(*(store.claim(actor(workspace_ids[0]), "resp_1") for _ in range(5)))
    assert sorted(claims) == [False, False, False, False, True]
    assert await store.claim(actor(workspace_ids[1]), "resp_1")


async def test_what_earlier_versions_stored_is_still_read(database: Database, workspace_ids: tuple[str, str]) -> None:
    store = StoredResponses(database, KeyRing.create(RootKey.generate()))
    await store.put(actor(workspace_ids[0]), "resp_tl_1", TALK.messages)  # type: ignore[arg-type] - their form
    assert await store.find(actor(workspace_ids[0]), "resp_tl_1") == KeptResponse(messages=TALK.messages)
