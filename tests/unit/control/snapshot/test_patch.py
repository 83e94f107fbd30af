"""A patched part is what reading the whole workspace gives, whatever was touched."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest
from sqlalchemy import delete, update

from trunkline.control.snapshot.part import Compiled, compile_part
from trunkline.control.snapshot.patch import patch_part
from trunkline.gateway.snapshot import WorkspacePart
from trunkline.storage import keys, users, workspaces
from trunkline.storage import snapshot as storage
from trunkline.storage.change_marks import WHOLE
from trunkline.storage.database import Database, Transaction
from trunkline.storage.snapshot_changes import Change
from trunkline.storage.tables import (
    ApiKey,
    Application,
    BudgetRow,
    Configuration,
    Credential,
    Feature,
    Membership,
    Policy,
    Route,
    RouteTarget,
    User,
    Workspace,
    now,
)

W, OWNER, MEMBER = "w", "u-owner", "u-member"


@pytest.fixture(autouse=True)
async def stored_workspace(database: Database) -> None:
    async with database.write() as tx:
        for user_id in (OWNER, MEMBER):
            await users.insert(tx, User(id=user_id, email=f"{user_id}@example.com"))
        await workspaces.insert(tx, Workspace(id=W, name="W", personal_of=OWNER), owner_id=OWNER)
        await workspaces.add_member(tx, W, MEMBER, "member")
        await keys.insert(tx, key("old"))
        tx.add(
            Credential(id="cr", workspace_id=W, owner=f"user:{OWNER}", provider="openai", mask="…", created_by=OWNER)
        )
        await tx.flush()
        tx.add_all([configuration("a"), configuration("b"), configuration("lender", credential_id="cr")])
        tx.add_all([policy("p-1"), policy("p-2"), Application(id="app", workspace_id=W, name="app", created_by=OWNER)])
        await tx.flush()
        await tx.execute(update(Configuration).where(Configuration.id == "b").values(borrows=True))


def key(name: str, user_id: str = MEMBER) -> ApiKey:
    return ApiKey(id=name, workspace_id=W, user_id=user_id, name=name, digest=f"digest-{name}", mask="…")


def configuration(name: str, **fields: Any) -> Configuration:
    base = {"workspace_id": W, "user_id": OWNER, "provider": "openai", "model": "gpt-4o", "is_shared": True}
    return Configuration(id=name, name=name, **{**base, **fields})


def policy(name: str) -> Policy:
    return Policy(id=name, workspace_id=W, name=name, content="No.", risk_type="LOW", action_type=1, created_by=OWNER)


async def read_whole(tx: Transaction) -> Compiled:
    (found,) = await storage.load(tx, [W])
    return compile_part(found)


def tidy(part: WorkspacePart) -> WorkspacePart:
    """What both ways must agree in: the revision is the reader's, and data keys that nothing needs may stay."""
    return msgspec.structs.replace(part, revision=0, data_keys={})


async def add_configuration(tx: Transaction) -> None:
    tx.add(configuration("c", model="o4-mini"))


async def change_configuration(tx: Transaction) -> None:
    await tx.execute(update(Configuration).where(Configuration.id == "a").values(name="renamed", is_active=False))


async def remove_configuration(tx: Transaction) -> None:
    await tx.execute(delete(Configuration).where(Configuration.id == "a"))


async def change_lender(tx: Transaction) -> None:
    await tx.execute(
        update(Configuration).where(Configuration.id == "lender").values(base_url="https://api.example.com/v1")
    )


async def remove_lender(tx: Transaction) -> None:
    await tx.execute(delete(Configuration).where(Configuration.id == "lender"))


async def add_key(tx: Transaction) -> None:
    tx.add(key("new"))


async def revoke_key(tx: Transaction) -> None:
    await tx.execute(update(ApiKey).where(ApiKey.id == "old").values(revoked_at=now()))


async def remove_member(tx: Transaction) -> None:
    await tx.execute(delete(Membership).where(Membership.user_id == MEMBER))


async def promote_member(tx: Transaction) -> None:
    await tx.execute(update(Membership).where(Membership.user_id == MEMBER).values(role="admin"))


async def disable_owner(tx: Transaction) -> None:
    await tx.execute(update(User).where(User.id == OWNER).values(disabled_at=now()))


async def add_route(tx: Transaction) -> None:
    tx.add(Route(id="r", workspace_id=W, name="route", strategy="priority", created_by=OWNER))
    await tx.flush()
    tx.add(RouteTarget(route_id="r", configuration_id="a", position=0))


async def delete_policy(tx: Transaction) -> None:
    await tx.execute(update(Policy).where(Policy.id == "p-1").values(deleted_at=now()))


async def add_policy(tx: Transaction) -> None:
    tx.add(policy("p-0"))


async def rename_application(tx: Transaction) -> None:
    await tx.execute(update(Application).where(Application.id == "app").values(default_configuration_id="a"))


CHANGES: dict[str, tuple[Callable[[Transaction], Awaitable[None]], list[tuple[str, str]]]] = {
    "a configuration is made": (add_configuration, [("configuration", "c")]),
    "a configuration is changed": (change_configuration, [("configuration", "a")]),
    "a configuration is deleted": (remove_configuration, [("configuration", "a")]),
    "a lender has another base URL": (change_lender, [("configuration", "lender")]),
    "a lender is deleted": (remove_lender, [("configuration", "lender")]),
    "a key is made": (add_key, [("key", "new")]),
    "a key is revoked": (revoke_key, [("key", "old")]),
    "a member leaves": (remove_member, [("member", MEMBER)]),
    "a member is promoted": (promote_member, [("member", MEMBER)]),
    "the owner is disabled": (disable_owner, [("member", OWNER)]),
    "a route is made": (add_route, [("route", "r")]),
    "a policy is deleted": (delete_policy, [("policy", "p-1")]),
    "a policy is made": (add_policy, [("policy", "p-0")]),
    "an application has a default": (rename_application, [("application", "app")]),
}


@pytest.mark.parametrize("name", CHANGES)
async def test_a_patch_is_what_reading_everything_gives(database: Database, name: str) -> None:
    change, touched = CHANGES[name]
    async with database.read() as tx:
        before = await read_whole(tx)
    async with database.write() as tx:
        await change(tx)
    async with database.read() as tx:
        whole = await read_whole(tx)
        changes = [Change(W, kind, subject) for kind, subject in touched]
        patched = await patch_part(tx, before.part, before.person, changes)
    assert patched is not None
    assert not patched.whole
    assert (tidy(patched.part), patched.person) == (tidy(whole.part), whole.person)
    good = {digest: entry for digest, entry in {**before.keys, **patched.keys}.items() if entry is not None}
    assert good == whole.keys
    assert (patched.part, patched.keys) != (before.part, before.keys), "something was changed"


async def test_what_nobody_can_tell_in_parts_is_read_whole(database: Database) -> None:
    async with database.read() as tx:
        before = await read_whole(tx)
        changes = [Change(W, "configuration", "a"), Change(W, WHOLE, "")]
        assert await patch_part(tx, before.part, before.person, changes) is None


async def test_a_credential_that_concerns_too_many_is_read_whole(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trunkline.control.snapshot.patch._MOST", 0)
    async with database.read() as tx:
        before = await read_whole(tx)
    async with database.write() as tx:
        await change_lender(tx)
    async with database.read() as tx:
        assert await patch_part(tx, before.part, before.person, [Change(W, "configuration", "lender")]) is None


async def test_what_there_may_be_very_many_of_is_read_as_columns(database: Database) -> None:
    async with database.write() as tx:
        await add_route(tx)
    async with database.read() as tx:
        (found,) = await storage.load(tx, [W])
        assert found.configurations
        assert found.routes
        assert found.targets
        assert found.policies
        assert found.person is not None
        assert {type(row) for row in tx.sync_session.identity_map.values()} <= {Feature, BudgetRow}
