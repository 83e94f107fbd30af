"""Lists that people ask for find their rows by an index: no statement of theirs looks through a table that grows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event

from trunkline.storage import audit, configurations, conversations, violations
from trunkline.storage.audit import AuditFilter
from trunkline.storage.conversations import Owner
from trunkline.storage.database import Database, Transaction
from trunkline.storage.violations import ViolationScope

GROWING = (
    "ai_configurations",
    "audit_events",
    "conversation_messages",
    "conversation_texts",
    "conversations",
    "policy_violations",
)
NOON = datetime(2026, 1, 1, tzinfo=UTC)
OWNER = Owner(workspace_id="w", user_id="u", application_id=None)

LISTS: dict[str, Callable[[Transaction], Awaitable[object]]] = {
    "audit": lambda tx: audit.find(tx, "w", AuditFilter(), limit=50, before_id="i"),
    "configurations": lambda tx: configurations.list_visible(tx, "w", user_id="u", after="i", limit=50),
    "configurations of an application": lambda tx: configurations.list_of_application(
        tx, "w", "a", user_id="u", after="i", limit=50
    ),
    "conversations": lambda tx: conversations.find_page(tx, OWNER, words=None, limit=50, after=(NOON, "i")),
    "conversations with words": lambda tx: conversations.find_page(tx, OWNER, words="whale", limit=50, after=None),
    "conversations with a short word": lambda tx: conversations.find_page(tx, OWNER, words="it", limit=50, after=None),
    "violations": lambda tx: violations.find(tx, ViolationScope(workspace_ids=("w", "x")), skip=0, take=50),
    "violations of a policy": lambda tx: violations.find(
        tx, ViolationScope(workspace_ids=("w",), policy_id="p"), skip=0, take=50
    ),
}


@pytest.mark.parametrize("name", LISTS)
async def test_no_list_looks_through_a_table_that_grows(database: Database, name: str) -> None:
    ran: list[tuple[str, Any]] = []
    engine = database._engine.sync_engine  # pyright: ignore[reportPrivateUsage] - what runs is seen nowhere else

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        ran.append((statement, parameters))

    async with database.read() as tx:
        event.listen(engine, "before_cursor_execute", note)
        await LISTS[name](tx)
        event.remove(engine, "before_cursor_execute", note)
        assert ran
        connection = await tx.connection()
        if database.kind == "postgresql":
            # In empty tables nothing is cheaper than to look through them.
            await connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        how = "EXPLAIN QUERY PLAN " if database.kind == "sqlite" else "EXPLAIN "
        for statement, parameters in ran:
            plan = [str(tuple(row)) for row in await connection.exec_driver_sql(how + statement, parameters)]
            assert [step for step in plan if _looks_through(step)] == [], "\n".join([statement, *plan])


def _looks_through(step: str) -> bool:
    words = step.replace("'", " ").replace('"', " ").split()
    if "Seq" in words:
        return any(table in words for table in GROWING)
    return "SCAN" in words and any(table in words for table in GROWING)
