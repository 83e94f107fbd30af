"""Lists that people ask for find their rows by an index: no statement of theirs looks through a table that grows."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import event

from trunkline.storage import (
    ai_llms,
    alert_channels,
    alert_deliveries,
    alert_readings,
    alert_rules,
    alerts,
    applications,
    audit,
    batches,
    budgets,
    configurations,
    conversations,
    experiment_units,
    experiments,
    features,
    files,
    health,
    invitations,
    keys,
    limits,
    policies,
    ratings,
    revisions,
    routes,
    sessions,
    snapshot,
    templates,
    usage,
    usage_corrections,
    usage_sums,
    users,
    violations,
    workspace_prices,
    workspaces,
)
from trunkline.storage.ai_llms import Reach
from trunkline.storage.alerts import AlertScope
from trunkline.storage.audit import AuditFilter
from trunkline.storage.conversations import Owner
from trunkline.storage.database import LONG_SECONDS, Database, Transaction
from trunkline.storage.limits import Concerned
from trunkline.storage.usage import UsageScope
from trunkline.storage.violations import ViolationScope

GROWING = (
    "ai_configurations",
    "alert_channels",
    "alert_deliveries",
    "alert_rules",
    "alerts",
    "api_keys",
    "application_configurations",
    "applications",
    "audit_events",
    "batch_results",
    "batches",
    "budget_events",
    "budget_leases",
    "budget_periods",
    "budgets",
    "configuration_health",
    "configuration_totals",
    "configuration_versions",
    "conversation_messages",
    "conversation_texts",
    "conversations",
    "experiment_phases",
    "experiments",
    "features",
    "file_pieces",
    "health_counts",
    "invitations",
    "limits",
    "memberships",
    "policies",
    "policy_violations",
    "provider_templates",
    "revisions",
    "route_targets",
    "routes",
    "sessions",
    "stored_files",
    "usage_corrections",
    "usage_events",
    "usage_groups",
    "usage_sums",
    "users",
    "workspace_prices",
    "workspaces",
)
NOON = datetime(2026, 1, 1, tzinfo=UTC)
OWNER = Owner(workspace_id="w", user_id="u", application_id=None)
OWNED: dict[str, Any] = {"workspace_id": "w", "user_id": "u", "application_id": None}
REACH = Reach(workspace_ids=("w", "x"), user_id="u", application_id=None)
CALLS = UsageScope(workspace_id="w")
ALERTS = AlertScope(workspace_id="w", user_id="u", admin=True, application_id=None, installation=False)
OWN_CALLS = UsageScope(workspace_id="w", only_user_id="u")
TALK = UsageScope(workspace_id="w", conversation_id="k")
REQUEST = UsageScope(workspace_id="w", request_id="r")

FEW = (
    "ix_alerts_unfinished",
    "ix_batches_holding",
    "ix_experiments_running",
    "ix_stored_files_torn",
)
"""Indexes of what is under way, and of nothing else: those may be looked through."""

SORTED = {
    # Of several workspaces.
    "workspaces of the snapshot",
    "entries",
    "totals of entries",
    "policies",
    "policies with the installation's",
    "rules of alerts",
    # What is found by its words.
    "conversations with words",
    "conversations with a short word",
    # A page of what is read before.
    "configurations of applications",
    "leases of budgets",
    "thresholds of budgets",
    "alerts after others",
    "violations",
    "violations after others",
    "violations of a policy",
    "violations of a policy after others",
    "violations of a policy of the installation",
    # What is under way, or wrong, which is little.
    "batches that go on",
    "configurations lent by name",
    "configurations that fail",
    "keys that end",
    # Of one request, or named.
    "calls of a request",
    "calls of a request in a list",
    "the request of a rating",
    "violations of a request",
    "configurations that features name",
}
"""Lists that are put in order after they were read. The others are a page along an index that has their order."""

FOUND_BY = {
    "calls of a conversation": "conversation_id",
    "calls of a conversation after others": "conversation_id",
    "calls of a conversation added up": "conversation_id",
    "calls of a request": "request_id",
    "calls of a request in a list": "request_id",
    "who asked": "request_id",
    "the request of a rating": "request_id",
    "violations of a request": "request_id",
}
"""What finds few rows by a column of their own: an index on all rows of the workspace would be the wrong one."""

LISTS: dict[str, Callable[[Transaction], Awaitable[object]]] = {
    "entries": lambda tx: ai_llms.list_visible(tx, REACH, after="i", limit=50),
    "who uses entries": lambda tx: ai_llms.find_users(tx, ("w", "x")),
    "totals of entries": lambda tx: ai_llms.count_use(tx, REACH, after="i", limit=50),
    "violations by entry": lambda tx: ai_llms.count_violations(tx, ("w", "x")),
    "violations of an entry": lambda tx: ai_llms.count_violations(tx, ("w", "x"), only="c"),
    "alerts": lambda tx: alerts.find_page(tx, ALERTS, limit=50, after="i"),
    "alerts with the installation's": lambda tx: alerts.find_page(
        tx, replace(ALERTS, installation=True), limit=50, after="i"
    ),
    "alerts of an application": lambda tx: alerts.find_page(
        tx, replace(ALERTS, application_id="a"), limit=50, after="i"
    ),
    "alerts of a rule": lambda tx: alerts.find_page(tx, replace(ALERTS, rule_id="r"), limit=50, after="i"),
    "alerts that fire": lambda tx: alerts.find_page(tx, replace(ALERTS, states=("firing",)), limit=50, after="i"),
    "alerts that are open, counted": lambda tx: alerts.count_seen(
        tx, replace(ALERTS, installation=True, states=alerts.OPEN)
    ),
    "alerts that are not over": alerts.find_unfinished,
    "alerts that are not over, counted": alerts.count_open,
    "alerts of a rule that are not over": lambda tx: alerts.find_of_rule(tx, "r"),
    "alerts that changed": lambda tx: alerts.list_changed(tx, 1),
    "rules of alerts": lambda tx: alert_rules.find_all(tx, "w", installation=True),
    "rules of alerts counted": lambda tx: alert_rules.count(tx, "w"),
    "channels of alerts": lambda tx: alert_channels.find_page(tx, "w", limit=50, after="i"),
    "notices": lambda tx: alert_deliveries.find_page(tx, "w", limit=50, after="i"),
    "notices of an alert": lambda tx: alert_deliveries.find_page(tx, "w", limit=50, after=None, alert_id="a"),
    "notices that are due": lambda tx: alert_deliveries.find_due(tx, NOON, 50),
    "configurations that fail": alert_readings.find_failing,
    "tries": lambda tx: alert_readings.count_tries(tx, "w", 15, 1),
    "budgets that are spent": lambda tx: alert_readings.find_spent(tx, NOON, least_percent=50),
    "keys that end": lambda tx: alert_readings.find_expiring_keys(tx, "w", NOON, NOON),
    "violations by policy": lambda tx: alert_readings.count_violations(tx, "w", NOON),
    "versions taken back": lambda tx: alert_readings.find_reverts(tx, "w", NOON),
    "applications": lambda tx: applications.find_page(tx, "w", limit=50, after="i"),
    "configurations of applications": lambda tx: applications.find_associations(tx, ["a", "b"]),
    "audit": lambda tx: audit.find(tx, "w", AuditFilter(), limit=50, before_id="i"),
    "batches": lambda tx: batches.list_own(tx, **OWNED, wire="openai", after="i", before=None, limit=50),
    "batches before others": lambda tx: batches.list_own(tx, **OWNED, wire="openai", after=None, before="i", limit=50),
    "batches that go on": batches.list_going,
    "batches that hold of budgets": batches.list_holding,
    "batches that go on, counted": lambda tx: batches.count_going(tx, "w"),
    "batches made of a file": lambda tx: batches.needs_file(tx, "f"),
    "batches that are old": lambda tx: batches.find_old(tx, NOON, 50),
    "budgets": lambda tx: budgets.find_page(tx, "w", limit=50, after="i"),
    "budgets of an application": lambda tx: budgets.find_page(tx, "w", limit=50, after=None, application_id="a"),
    "budgets counted": lambda tx: budgets.count(tx, "w"),
    "what was spent of budgets": lambda tx: budgets.find_spent(tx, [("b", NOON)]),
    "leases of budgets": lambda tx: budgets.find_leases(tx, [("b", NOON)]),
    "thresholds of budgets": lambda tx: budgets.find_events(tx, [("b", NOON)]),
    "configurations": lambda tx: configurations.list_visible(tx, "w", user_id="u", after="i", limit=50),
    "workspaces of the snapshot": lambda tx: snapshot.load(tx, ("w", "x")),
    "configurations that borrow": lambda tx: snapshot.find_borrowers(tx, "w", ["openai"]),
    "configurations that lend": lambda tx: snapshot.find_lenders(tx, "w", "openai", after=None, limit=1),
    "configurations lent by name": lambda tx: snapshot.find_lenders_named(tx, "w", "k"),
    "configurations counted": lambda tx: configurations.count_visible(tx, "w", user_id="u", application_id=None),
    "configurations of an application": lambda tx: configurations.list_of_application(
        tx, "w", "a", user_id="u", after="i", limit=50
    ),
    "conversations": lambda tx: conversations.find_page(tx, OWNER, words=None, limit=50, after=(NOON, "i")),
    "conversations with words": lambda tx: conversations.find_page(tx, OWNER, words="whale", limit=50, after=None),
    "conversations with a short word": lambda tx: conversations.find_page(tx, OWNER, words="it", limit=50, after=None),
    "experiments": lambda tx: experiments.list_seen(
        tx, "w", user_id="u", application_id=None, state=None, after="i", limit=50
    ),
    "experiments that run": lambda tx: experiments.list_seen(
        tx, "w", user_id="u", application_id=None, state="running", after="i", limit=50
    ),
    "experiments that run, counted": lambda tx: experiments.count_running(tx, "w", user_id="u", application_id=None),
    "experiments that run, with their versions": experiment_units.find_running,
    "versions": lambda tx: experiments.find_versions(tx, "c"),
    "phases": lambda tx: experiments.find_phases(tx, "c", limit=50),
    "features": lambda tx: features.list_all(tx, "w"),
    "features counted": lambda tx: features.count(tx, "w", besides=("chat",)),
    "features served by names": lambda tx: features.find_targeting(tx, "w", ["n"]),
    "configurations that features name": lambda tx: features.find_shared(tx, "w", ["n", "m"]),
    "routes that features name": lambda tx: features.find_routes(tx, "w", ["n", "m"]),
    "files": lambda tx: files.list_whole(
        tx, **OWNED, at=NOON, purposes=["batch"], after="i", newest_first=True, limit=50
    ),
    "files, the oldest first": lambda tx: files.list_whole(
        tx, **OWNED, at=NOON, purposes=["batch"], after="i", newest_first=False, limit=50
    ),
    "files in front of another": lambda tx: files.list_whole(
        tx, **OWNED, at=NOON, purposes=["batch"], after=None, before="i", newest_first=True, limit=50
    ),
    "files that are old": lambda tx: files.find_old(tx, NOON, NOON, 50),
    "health": lambda tx: health.list_seen(tx, "w", user_id="u", application_id=None, after="i", limit=50),
    "health that changed": lambda tx: health.list_changed(tx, 1),
    "health that nothing is known of": lambda tx: health.list_idle(tx, 1, NOON, 8),
    "tries by provider": lambda tx: health.count_providers(
        tx, "w", user_id="u", application_id=None, grain=15, first=1
    ),
    "tries of some": lambda tx: health.count(tx, ["c"], 15, 1),
    "invitations": lambda tx: invitations.find_open(tx, "w", limit=50, after="i"),
    "members": lambda tx: workspaces.find_members(tx, "w", limit=50, after="i"),
    "workspaces of a user": lambda tx: workspaces.find_memberships(tx, "u", limit=50, after="i"),
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
    "prices": lambda tx: workspace_prices.find_page(tx, "w", limit=50, after="i"),
    "prices counted": lambda tx: workspace_prices.count(tx, "w"),
    "saved states": lambda tx: revisions.list_newest(tx, "w", "configuration", "c", before=9, limit=50),
    "routes": lambda tx: routes.find_page(tx, "w", limit=50, after="i"),
    "routes counted": lambda tx: routes.count(tx, "w"),
    "targets of routes": lambda tx: routes.find_targets(tx, ("r", "s")),
    "sign-ins": lambda tx: sessions.find_open(tx, "u", NOON, limit=50, after="i"),
    "templates": lambda tx: templates.list_own(tx, "w", "u"),
    "users": lambda tx: users.find_page(tx, limit=50, after="i"),
    "corrections": lambda tx: usage_corrections.find_page(tx, "w", limit=50, after="i"),
    "calls": lambda tx: usage.list_events(tx, CALLS, after=(NOON, "i"), limit=50),
    "calls of a user": lambda tx: usage.list_events(tx, OWN_CALLS, after=None, limit=50),
    "calls of a conversation": lambda tx: usage.list_events(tx, TALK, after=None, limit=50),
    "calls of a conversation after others": lambda tx: usage.list_events(tx, TALK, after=(NOON, "i"), limit=50),
    "calls of a conversation added up": lambda tx: usage.sum_events(tx, TALK),
    "calls of a request": lambda tx: usage.find_events(tx, CALLS, request_id="r"),
    "calls of a request in a list": lambda tx: usage.list_events(tx, REQUEST, after=(NOON, "i"), limit=50),
    "who asked": lambda tx: ratings.find_askers(tx, "w", "r"),
    "the request of a rating": lambda tx: ratings.exists(tx, "r"),
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
    "violations of a request": lambda tx: violations.find_of_request(tx, "w", "r"),
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

    # How soon the server answers is not what this is about.
    async with database.read(limit=LONG_SECONDS) as tx:
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
            wrong = _find_scans(plan) if name in SORTED else [*_find_scans(plan), *_find_sorts(plan)]
            assert wrong == [], "\n".join([statement, *plan])
            assert name not in FOUND_BY or not plan or _seeks(plan, FOUND_BY[name]), "\n".join([statement, *plan])


def _find_scans(plan: list[str]) -> list[str]:
    """The steps that look through a whole table that grows, along an index or not."""
    found: list[str] = []
    # With which table PostgreSQL begins to join what is empty says nothing.
    joined = any(re.search(r"Nested Loop|Hash Join|Merge Join", step) for step in plan)
    for step, following in pairwise([*plan, ""]):
        words = set(re.split(r"\W+", step))
        if words & set(FEW) or not any(re.search(rf"\b{table}(_until_\w+|_default)?\b", step) for table in GROWING):
            continue
        along = not joined and {"Index", "Scan"} <= words and "Index Cond" not in following
        if "SCAN" in words or "Seq" in words or along:
            found.append(step)
    return found


def _seeks(plan: list[str], column: str) -> bool:
    """Whether rows are found by that column, in an index that begins with it."""
    return any(re.search(rf"\({column}=|Index Cond: \(+{column}\)?(::text)? = ", step) for step in plan)


def _find_sorts(plan: list[str]) -> list[str]:
    """The steps of SQLite that put in order all that was found. PostgreSQL does so with what is empty."""
    return [step for step in plan if "USE TEMP B-TREE FOR ORDER BY" in step]
