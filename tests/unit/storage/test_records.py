"""Facts, leases, whether something exists, and pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from trunkline.core.ids import new_id
from trunkline.storage import facts, leases, records, workspaces
from trunkline.storage.database import Database
from trunkline.storage.tables import User, Workspace
from trunkline.storage.tables.base import Base

NOT_ASKED_FOR_BY_ID = {
    "alert_deliveries": "listed with their alert",
    "audit_events": "listed only",
    "policy_violations": "listed only",
    "ratings": "made and replaced by whoever rates",
    "revisions": "asked for by number, below what they are of",
    "stored_responses": "asked for below /v1, where refusals are counted and not noted",
    "usage_corrections": "listed only",
    "usage_events": "asked for by the id of the request",
    "usage_groups": "sums",
}
"""Tables of tenants whose rows nobody names by their ids."""

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


def test_every_table_of_tenants_is_looked_into_or_excused() -> None:
    tables = {
        table.name for table in Base.metadata.tables.values() if {"id", "workspace_id"} <= set(table.columns.keys())
    }
    looked_into = {table.__tablename__ for table in records.OWNED}
    assert tables - looked_into == NOT_ASKED_FOR_BY_ID.keys()
