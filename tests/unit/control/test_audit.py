"""What the audit log keeps of a change."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from tests.bookkeeping import make_audit

from trunkline.control.audit import changes
from trunkline.control.request_context import current_request_context, request_context
from trunkline.core.actor import Actor
from trunkline.storage.database import Database

ACTOR = Actor(user_id="u", workspace_id="w", role="admin", key_id="k")


def test_only_what_differs_is_kept() -> None:
    assert changes({"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 5, "d": 4}) == ({"b": 2, "c": 3}, {"b": 5, "d": 4})
    assert changes({"a": None}, {"a": None}) == ({}, {})


def test_an_occasion_ends_with_its_block() -> None:
    with request_context("req", "10.0.0.1") as outer:
        with request_context("inner", None):
            assert current_request_context().request_id == "inner"
        assert current_request_context() is outer
    assert current_request_context().request_id is None


async def test_an_event_goes_with_the_change_it_is_about(database: Database) -> None:
    audit = make_audit(database)

    async def fail() -> None:
        async with database.write() as tx:
            await audit.record(tx, ACTOR, "keys.create")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    with request_context("req", "10.0.0.1"):
        async with database.write() as tx:
            await audit.record(tx, ACTOR, "keys.delete", target=("key", "x"))
    async with database.read() as tx:
        rows = (
            await tx.execute(
                text("SELECT action, actor_kind, key_id, workspace_id, request_id, address FROM audit_events")
            )
        ).all()
    assert [tuple(row) for row in rows] == [("keys.delete", "key", "k", "w", "req", "10.0.0.1")]


async def test_nobody_fills_the_disk_with_refusals(database: Database) -> None:
    audit = make_audit(database)
    for _ in range(70):
        await audit.refused(ACTOR, "keys.create")
    async with database.read() as tx:
        assert (await tx.execute(text("SELECT count(*) FROM audit_events"))).scalar_one() == 60
