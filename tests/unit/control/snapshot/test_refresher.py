"""The snapshot follows the database: what changed is compiled again, and nothing else."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from trunkline.control.snapshot.copy import SnapshotCopy
from trunkline.control.snapshot.keeper import SnapshotKeeper
from trunkline.control.snapshot.refresher import SnapshotRefresher
from trunkline.core.errors import Unavailable
from trunkline.core.ids import new_id
from trunkline.core.secret import Secret
from trunkline.gateway.snapshot import Snapshot, SnapshotHolder
from trunkline.storage import applications, keys, users, workspaces
from trunkline.storage.database import Database, Transaction
from trunkline.storage.tables import (
    ApiKey,
    Application,
    Configuration,
    Credential,
    DataKey,
    SealedSecret,
    Session,
    User,
    Workspace,
    now,
)
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.root_key import RootKey
from trunkline.vault.vault import Vault


async def add_person(tx: Transaction, email: str) -> tuple[User, Workspace]:
    user = await users.insert(tx, User(email=email))
    return user, await workspaces.insert(tx, Workspace(name="Personal", personal_of=user.id), owner_id=user.id)


async def add_key(tx: Transaction, user: User, workspace: Workspace, digest: str) -> ApiKey:
    await workspaces.touch(tx, workspace.id)
    key = ApiKey(workspace_id=workspace.id, user_id=user.id, name="k", digest=digest, mask="…")
    return await keys.insert(tx, key)


@pytest.fixture
async def holder(database: Database) -> SnapshotHolder:
    """Refreshed after each change, as a process does it."""
    holder = SnapshotHolder()
    refresher = SnapshotRefresher(database, holder, instance_id="here")
    database.after_change(refresher.refresh_after_change)
    await refresher.refresh()
    return holder


async def test_an_empty_database_is_an_empty_snapshot(holder: SnapshotHolder) -> None:
    assert (dict(holder.current.parts), holder.current.instance_id) == ({}, "here")


async def test_a_change_is_there_when_write_returns(database: Database, holder: SnapshotHolder) -> None:
    async with database.write() as tx:
        user, workspace = await add_person(tx, "a@example.com")
        await add_key(tx, user, workspace, "d1")
    assert holder.current.users[user.id].personal_workspace_id == workspace.id
    assert holder.current.parts[workspace.id].members == {user.id: "owner"}
    assert holder.current.keys["d1"].user_id == user.id


async def test_only_what_changed_is_compiled_again(database: Database, holder: SnapshotHolder) -> None:
    async with database.write() as tx:
        _, one = await add_person(tx, "a@example.com")
        user, two = await add_person(tx, "b@example.com")
    before = holder.current
    async with database.write() as tx:
        await add_key(tx, user, two, "d1")
    after = holder.current
    assert after.parts[one.id] is before.parts[one.id]
    assert after.parts[two.id] is not before.parts[two.id]
    assert after.revision > before.revision
    assert "d1" not in before.keys  # a call that began before goes on with what it began with
    async with database.write() as tx:
        tx.add(User(email="c@example.com"))
    assert holder.current is after


async def test_what_is_gone_is_gone(database: Database, holder: SnapshotHolder) -> None:
    async with database.write() as tx:
        user, personal = await add_person(tx, "a@example.com")
        shared = await workspaces.insert(tx, Workspace(name="x"), owner_id=user.id)
        mine, key = await add_key(tx, user, personal, "d1"), await add_key(tx, user, shared, "d2")
    async with database.write() as tx:
        found = await keys.find(tx, personal.id, mine.id)
        assert found is not None
        found.revoked_at = now()
        await workspaces.touch(tx, personal.id)
    assert set(holder.current.keys) == {"d2"}
    async with database.write() as tx:
        workspace = await workspaces.find(tx, shared.id)
        assert workspace is not None
        await workspaces.remove(tx, workspace)
    assert set(holder.current.parts) == {personal.id}
    assert key.id not in {entry.id for entry in holder.current.keys.values()}


async def test_a_workspace_that_went_while_another_came_is_noticed(database: Database, holder: SnapshotHolder) -> None:
    """Another process may do both between two looks: the number of workspaces stays the same."""
    async with database.write() as tx:
        user, personal = await add_person(tx, "a@example.com")
        old = await workspaces.insert(tx, Workspace(name="old"), owner_id=user.id)
    async with database.write() as tx:
        found = await workspaces.find(tx, old.id)
        assert found is not None
        await workspaces.remove(tx, found)
        new = await workspaces.insert(tx, Workspace(name="new"), owner_id=user.id)
    assert set(holder.current.parts) == {personal.id, new.id}


async def test_a_disabled_user_is_nowhere(database: Database, holder: SnapshotHolder) -> None:
    async with database.write() as tx:
        user, personal = await add_person(tx, "a@example.com")
        other, _ = await add_person(tx, "b@example.com")
        shared = await workspaces.insert(tx, Workspace(name="x"), owner_id=other.id)
        await workspaces.add_member(tx, shared.id, user.id, "member")
        await add_key(tx, user, shared, "d1")
    async with database.write() as tx:
        found = await users.find(tx, user.id)
        assert found is not None
        found.disabled_at = now()
        await workspaces.touch_all_of(tx, user.id)
    assert set(holder.current.users) == {other.id}
    assert holder.current.parts[shared.id].members == {other.id: "owner"}
    assert holder.current.parts[personal.id].members == {}
    assert dict(holder.current.keys) == {}


async def test_revoked_sessions_are_known_until_their_tokens_have_expired(database: Database) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    async with database.write() as tx:
        user, workspace = await add_person(tx, "a@example.com")
        for minutes in (5, 15, 17):
            revoked_at = at - timedelta(minutes=minutes)
            tx.add(
                Session(
                    id=f"{minutes}", user_id=user.id, refresh_digest=f"{minutes}", expires_at=at, revoked_at=revoked_at
                )
            )
        tx.add(Session(id="live", user_id=user.id, refresh_digest="live", expires_at=at))
        await workspaces.touch(tx, workspace.id)
    holder = SnapshotHolder()
    await SnapshotRefresher(database, holder, clock=lambda: at).refresh()
    assert holder.current.revoked_sessions == {"5", "15"}


async def test_another_process_is_followed(database: Database, holder: SnapshotHolder) -> None:
    """The other one is not told by ``write()``: it polls, or hears."""
    other = SnapshotHolder()
    seen = asyncio.Event()
    refresher = SnapshotRefresher(database, other, kept=lambda snapshot: seen.set() if snapshot.keys else None)
    following = asyncio.create_task(refresher.run())
    async with database.write() as tx:
        user, workspace = await add_person(tx, "a@example.com")
        await add_key(tx, user, workspace, "d1")
    await asyncio.wait_for(seen.wait(), 30)
    assert set(other.current.keys) == {"d1"}
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)


async def test_following_ends_when_told_so_in_the_moment_of_a_notification(tmp_path: Path) -> None:
    """The two may meet: the news of another process must not make this one deaf to its own end."""
    notify: list[Callable[[str], None]] = []

    class Notifying(Database):
        @asynccontextmanager
        async def listen(self, channel: str, heard: Callable[[str], None]) -> AsyncGenerator[Callable[[], bool]]:
            notify.append(heard)
            yield lambda: True

    waiting = asyncio.Event()
    refresher = SnapshotRefresher(Notifying(f"sqlite+aiosqlite:///{tmp_path}/db"), SnapshotHolder())

    async def refresh() -> None:
        asyncio.get_running_loop().call_soon(waiting.set)

    refresher.refresh = refresh  # nothing to read: only the waiting is looked at
    following = asyncio.create_task(refresher.run())
    await waiting.wait()
    notify[0]("")
    following.cancel()
    done, _ = await asyncio.wait([following], timeout=5)
    assert done


async def test_configurations_come_with_their_secrets_and_data_keys(database: Database, holder: SnapshotHolder) -> None:
    ring = KeyRing.create(RootKey.generate())
    vault = Vault(ring)
    async with database.write() as tx:
        user, workspace = await add_person(tx, "a@example.com")
        data_key = vault.new_data_key(f"user:{user.id}")
        tx.add(DataKey(id=data_key.id, owner=data_key.owner, kek_version=1, wrapped=data_key.wrapped))
        credential = Credential(
            id=new_id(), workspace_id=workspace.id, owner=data_key.owner, provider="openai", created_by=user.id
        )
        tx.add(credential)
        await tx.flush()
        stored = vault.encrypt(
            Secret("sk-canary"),
            owner=data_key.owner,
            credential_id=credential.id,
            field="apiKey",
            origins=["https://api.openai.com:443"],
            data_key=data_key,
        )
        tx.add(
            SealedSecret(
                credential_id=credential.id,
                field="apiKey",
                data_key_id=data_key.id,
                origins=list(stored.origins),
                ciphertext=stored.ciphertext,
            )
        )
        application = await applications.insert(
            tx, Application(workspace_id=workspace.id, name="Shop", created_by=user.id)
        )
        made: list[Configuration] = []
        for name, application_id in (("one", None), ("two", None), ("three", application.id)):
            made.append(
                Configuration(
                    id=new_id(),
                    workspace_id=workspace.id,
                    user_id=user.id,
                    application_id=application_id,
                    name=name,
                    provider="openai",
                    model="gpt-4o",
                    parameters={"temperature": 0.5},
                    credential_id=credential.id,
                )
            )
        tx.add_all(made)
        await tx.flush()
        application.default_configuration_id = made[2].id
        workspace.default_configuration_id = made[0].id
    part = holder.current.parts[workspace.id]
    assert [entry.name for entry in part.configurations.values()] == ["one", "two", "three"]
    entry = part.configurations[made[0].id]
    assert entry.parameters == {"temperature": 0.5}
    opened = vault.decrypt(entry.secrets[0], part.data_keys[entry.secrets[0].data_key_id])
    assert opened.reveal() == "sk-canary"
    assert part.applications[application.id].default_configuration_id == made[2].id
    assert part.default_configuration_id == made[0].id


async def test_a_database_that_is_down_leaves_the_snapshot(
    database: Database, holder: SnapshotHolder, tmp_path: Path
) -> None:
    before = holder.current
    gone = Database(f"sqlite+aiosqlite:///{tmp_path / 'missing' / 'x.db'}")
    refresher = SnapshotRefresher(gone, holder)
    with pytest.raises(Unavailable):
        await refresher.refresh()
    await refresher.refresh_after_change()
    assert holder.current is before
    assert not refresher.loaded
    await gone.close()


async def test_a_copy_brings_the_snapshot_back(database: Database, holder: SnapshotHolder, tmp_path: Path) -> None:
    async with database.write() as tx:
        user, workspace = await add_person(tx, "a@example.com")
        await add_key(tx, user, workspace, "d1")
    root = RootKey.generate()
    ring = KeyRing.create(root)
    copy = SnapshotCopy(tmp_path / "snapshot")
    assert copy.read_key_state() is None
    assert copy.read(ring) is None
    keeper = SnapshotKeeper(copy, Vault(ring))
    keeper.keep(holder.current)
    await keeper.write()
    state = copy.read_key_state()
    assert state is not None
    found = copy.read(KeyRing([root], state))
    assert found == holder.current
    assert stat.S_IMODE((tmp_path / "snapshot").stat().st_mode) == 0o600
    assert b"a@example.com" not in (tmp_path / "snapshot").read_bytes()
    assert user.id.encode() not in (tmp_path / "snapshot").read_bytes()
    assert [file.name for file in tmp_path.iterdir() if "snapshot" in file.name] == ["snapshot"]


def test_a_copy_is_good_for_a_day_and_for_its_installation(tmp_path: Path) -> None:
    moments = [datetime(2026, 1, 1, tzinfo=UTC)]
    ring = KeyRing.create(RootKey.generate())
    copy = SnapshotCopy(tmp_path / "snapshot", clock=lambda: moments[0])
    copy.write(Snapshot(revision=7), ring)
    moments[0] += timedelta(hours=24)
    assert copy.read(ring) == Snapshot(revision=7)
    assert copy.read(KeyRing.create(RootKey.generate())) is None
    moments[0] += timedelta(seconds=1)
    assert copy.read(ring) is None


def test_a_copy_that_was_changed_is_of_no_use(tmp_path: Path) -> None:
    ring = KeyRing.create(RootKey.generate())
    copy = SnapshotCopy(tmp_path / "snapshot")
    copy.write(Snapshot(), ring)
    good = (tmp_path / "snapshot").read_bytes()
    for changed in (b"", b"nonsense", good[:-1], good[:-1] + bytes([good[-1] ^ 1])):
        (tmp_path / "snapshot").write_bytes(changed)
        assert copy.read(ring) is None


async def test_an_unchanged_snapshot_is_handed_on_now_and_then(database: Database) -> None:
    moments = [datetime(2026, 1, 1, tzinfo=UTC)]
    kept: list[Snapshot] = []
    refresher = SnapshotRefresher(database, SnapshotHolder(), kept=kept.append, clock=lambda: moments[0])
    for minutes in (0, 5, 6, 1):
        moments[0] += timedelta(minutes=minutes)
        await refresher.refresh()
    assert len(kept) == 2
