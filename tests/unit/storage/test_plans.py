"""Lists that people ask for find their rows by an index: no statement of theirs looks through a table that grows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event

from trunkline.storage import (
    ai_llms,
    audit,
    configurations,
    conversations,
    keys,
    limits,
    policies,
    routes,
    usage,
    usage_sums,
    violations,
)
from trunkline.storage.ai_llms import Reach
from trunkline.storage.audit import AuditFilter
from trunkline.storage.conversations import Owner
from trunkline.storage.database import Database, Transaction
from trunkline.storage.limits import Concerned
from trunkline.storage.usage import UsageScope
from trunkline.storage.violations import ViolationScope

GROWING = (
    "ai_configurations",
    "api_keys",
    "application_configurations",
    "applications",
    "audit_events",
    "configuration_totals",
    "conversation_messages",
    "conversation_texts",
    "conversations",
    "limits",
    "policies",
    "policy_violations",
    "route_targets",
    "routes",
    "usage_events",
    "usage_groups",
    "usage_sums",
)
NOON = datetime(2026, 1, 1, tzinfo=UTC)
OWNER = Owner(workspace_id="w", user_id="u", application_id=None)
REACH = Reach(workspace_ids=("w", "x"), user_id="u", application_id=None)
CALLS = UsageScope(workspace_id="w")
OWN_CALLS = UsageScope(workspace_id="w", only_user_id="u")

LISTS: dict[str, Callable[[Transaction], Awaitable[object]]] = {
    "entries": lambda tx: ai_llms.list_visible(tx, REACH, after="i", limit=50),
    "who uses entries": lambda tx: ai_llms.find_users(tx, ("w", "x")),
    "totals of entries": lambda tx: ai_llms.count_use(tx, REACH, after="i", limit=50),
    "violations by entry": lambda tx: ai_llms.count_violations(tx, ("w", "x")),
    "violations of an entry": lambda tx: ai_llms.count_violations(tx, ("w", "x"), only="c"),
    "audit": lambda tx: audit.find(tx, "w", AuditFilter(), limit=50, before_id="i"),
    "configurations": lambda tx: configurations.list_visible(tx, "w", user_id="u", after="i", limit=50),
    "configurations of an application": lambda tx: configurations.list_of_application(
        tx, "w", "a", user_id="u", after="i", limit=50
    ),
    "conversations": lambda tx: conversations.find_page(tx, OWNER, words=None, limit=50, after=(NOON, "i")),
    "conversations with words": lambda tx: conversations.find_page(tx, OWNER, words="whale", limit=50, after=None),
    "conversations with a short word": lambda tx: conversations.find_page(tx, OWNER, words="it", limit=50, after=None),
    "keys": lambda tx: keys.find_page(tx, "w", limit=50, after="i"),
    "keys of a user": lambda tx: keys.find_page(tx, "w", limit=50, after=None, user_id="u"),
    "limits": lambda tx: limits.find_page(tx, "w", limit=50, after="i"),
    "limits of a member": lambda tx: limits.find_page(tx, "w", limit=50, after=None, concerning=Concerned("u", None)),
    "limits of an application": lambda tx: limits.find_page(
        tx, "w", limit=50, after=None, concerning=Concerned("u", "a")
    ),
    "policies": lambda tx: policies.find_all(tx, ("w", "x"), installation=False, after="i", limit=50),
    "policies with the installation's": lambda tx: policies.find_all(tx, ("w", "x"), installation=True, limit=50),
    "policies of an application": lambda tx: policies.find_all(
        tx, ("w",), installation=False, application_id="a", limit=50
    ),
    "routes": lambda tx: routes.find_page(tx, "w", limit=50, after="i"),
    "targets of routes": lambda tx: routes.find_targets(tx, ("r", "s")),
    "calls": lambda tx: usage.list_events(tx, CALLS, after=(NOON, "i"), limit=50),
    "calls of a user": lambda tx: usage.list_events(tx, OWN_CALLS, after=None, limit=50),
    "calls added up": lambda tx: usage_sums.read_sums(tx, CALLS, 1_001, 9_999),
    "calls of a user added up": lambda tx: usage_sums.read_sums(tx, OWN_CALLS, 1_001, 9_999),
    "calls by model": lambda tx: usage_sums.read_parts(tx, CALLS, "model", 1_001, 9_999),
    "calls by quarter": lambda tx: usage_sums.read_series(tx, CALLS, range(1_000, 1_010)),
    "calls by day and model": lambda tx: usage_sums.read_series(tx, CALLS, (1_001, 1_097, 1_193), "model"),
    "the first call": lambda tx: usage_sums.find_first(tx, CALLS),
    "violations": lambda tx: violations.find(tx, ViolationScope(workspace_ids=("w", "x")), take=50),
    "violations after others": lambda tx: violations.find(
        tx, ViolationScope(workspace_ids=("w", "x"), installation=True), take=50, after=(NOON, "i")
    ),
    "alerts after others": lambda tx: violations.find(
        tx, ViolationScope(workspace_ids=("w", "x"), action=1), take=50, after=(NOON, "i")
    ),
    "violations counted": lambda tx: violations.count(tx, ViolationScope(workspace_ids=("w", "x"), installation=True)),
    "violations of a policy counted": lambda tx: violations.count(
        tx, ViolationScope(workspace_ids=("w",), policy_id="p")
    ),
    "violations of a policy after others": lambda tx: violations.find(
        tx, ViolationScope(workspace_ids=("w",), policy_id="p"), take=50, after=(NOON, "i")
    ),
    "violations of a policy": lambda tx: violations.find(
        tx, ViolationScope(workspace_ids=("w",), policy_id="p"), take=50
    ),
    "violations of a policy of the installation": lambda tx: violations.find(
        tx, ViolationScope(workspace_ids=("w", "x"), installation=True, policy_id="p"), take=50
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
        return any(table in words or any(word.startswith(f"{table}_") for word in words) for table in GROWING)
    return "SCAN" in words and any(table in words for table in GROWING)
