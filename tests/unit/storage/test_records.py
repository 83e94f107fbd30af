"""Facts, leases, whether something exists, and pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from trunkline.core.ids import new_id
from trunkline.storage import facts, leases, records, workspaces
from trunkline.storage.database import Database
from trunkline.storage.tables import User, Workspace

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


async def test_a_fact_is_settled_once(database: Database) -> None:
    async with database.write() as tx:
        assert await facts.settle(tx, "name", "first") == "first"
        assert await facts.settle(tx, "name", "second") == "first"


async def test_a_fact_is_replaced_only_if_it_is_still_what_one_read(database: Database) -> None:
    async with database.write() as tx:
        await facts.settle(tx, "name", "one")
        assert not await facts.replace(tx, "name", "other", "two")
        assert await facts.replace(tx, "name", "one", "two")
        assert await facts.find(tx, "name") == "two"


async def test_a_lease_has_one_holder_until_it_ends(database: Database) -> None:
    later = NOON + timedelta(seconds=10)
    async with database.write() as tx:
        assert await leases.take(tx, "leader", "one", now=NOON, until=later)
        assert not await leases.take(tx, "leader", "two", now=NOON, until=later)
        assert await leases.take(tx, "leader", "one", now=NOON, until=later)
        assert await leases.take(tx, "leader", "two", now=later, until=later + timedelta(seconds=10))
        await leases.release(tx, "leader", "one")
        assert not await leases.take(tx, "leader", "one", now=later, until=later)
        await leases.release(tx, "leader", "two")
        assert await leases.take(tx, "leader", "one", now=later, until=later)


async def test_a_record_exists_wherever_it_is(database: Database) -> None:
    async with database.write() as tx:
        user = User(email="a@example.com")
        tx.add(user)
        await tx.flush()
        workspace = await workspaces.insert(tx, Workspace(name="x"), owner_id=user.id)
        assert await records.exist(tx, [new_id(), workspace.id])
        assert not await records.exist(tx, [new_id()])
        assert not await records.exist(tx, [])
