"""What is kept for long enough goes, and only that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from tests.bookkeeping import RING, keep, make_audit
from tests.unit.control.usage.settled import START, event, violation

from trunkline.control.audit_chain.linking import AuditLinking
from trunkline.control.audit_chain.seal import AuditSeal
from trunkline.control.audit_chain.verification import AuditVerification
from trunkline.control.retention import AT_ONCE, Retention
from trunkline.core.actor import Actor
from trunkline.core.ids import new_id
from trunkline.storage.database import Database
from trunkline.storage.retention import Kept
from trunkline.storage.tables import (
    AlertDeliveryRow,
    AlertRow,
    Conversation,
    PolicyViolation,
    UsageEventRow,
    User,
    Workspace,
    now,
)
from trunkline.storage.usage import UsageScope
from trunkline.storage.usage_sums import read_sums

DAY = 86_400_000_000
NOW = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=START)
NEVER: dict[Kept, int | None] = {"requests": None, "conversations": None, "violations": None, "alerts": None}


def aged(days: float) -> str:
    """An id that was made so many days before."""
    text = f"{int((NOW - timedelta(days=days)).timestamp() * 1000):012x}"
    return f"{text[:8]}-{text[8:]}{new_id()[13:]}"


async def test_old_requests_go_and_their_sums_stay(database: Database) -> None:
    old = [event("w", opened_at=START - 31 * DAY + number // 3) for number in range(AT_ONCE["requests"] + 7)]
    young = [event("w", opened_at=START - 29 * DAY), event("w")]
    await keep(database, [*old, *young])
    retention = Retention(database, {**NEVER, "requests": 30}, clock=lambda: NOW, pause=0)
    assert await retention.prune() == {"requests": len(old)}
    assert await retention.prune() == {"requests": 0}
    async with database.read() as tx:
        assert set(await tx.scalars(select(UsageEventRow.id))) == {one.id for one in young}
        assert (await read_sums(tx, UsageScope(workspace_id="w"))).request_count == len(old) + len(young)


async def test_conversations_that_are_still_used_stay(database: Database) -> None:
    async with database.write() as tx:
        user, workspace = User(email="a@example.com", name="", role="user"), Workspace(name="w")
        tx.add_all([user, workspace])
        await tx.flush()
        made = {
            name: Conversation(
                id=aged(days), workspace_id=workspace.id, user_id=user.id, updated_at=NOW - timedelta(days=used)
            )
            for name, days, used in (("old", 40, 31), ("used", 40, 2), ("new", 1, 1))
        }
        tx.add_all(made.values())
    retention = Retention(database, {**NEVER, "conversations": 30}, clock=lambda: NOW, pause=0)
    assert await retention.prune() == {"conversations": 1}
    async with database.read() as tx:
        assert set(await tx.scalars(select(Conversation.id))) == {made["used"].id, made["new"].id}


async def test_old_violations_go(database: Database) -> None:
    await keep(database, [violation(id=aged(days)) for days in (31, 31, 29)])
    retention = Retention(database, {**NEVER, "violations": 30}, clock=lambda: NOW, pause=0)
    assert await retention.prune() == {"violations": 2}
    async with database.read() as tx:
        assert await tx.scalar(select(func.count()).select_from(PolicyViolation)) == 1


async def test_one_process_at_a_time_deletes(database: Database) -> None:
    await keep(database, [event("w", opened_at=START - 31 * DAY)])
    first, second = (Retention(database, {**NEVER, "requests": 30}, clock=lambda: NOW, pause=0) for _ in range(2))
    assert await first.prune() == {"requests": 1}
    await keep(database, [event("w", opened_at=START - 31 * DAY)])
    assert await second.prune() == {"requests": 0}


async def test_without_an_age_nothing_goes(database: Database) -> None:
    retention = Retention(database, NEVER, clock=lambda: NOW, pause=0)
    assert await retention.prune() == {}
    assert await retention.prune_audit() == 0


async def say(database: Database, name: str, **days: int) -> str:
    """A workspace that says how long it keeps things."""
    async with database.write() as tx:
        workspace = Workspace(name=name, retention=days or None)
        tx.add(workspace)
        await tx.flush()
        return workspace.id


async def test_a_workspace_keeps_things_for_a_shorter_time_and_no_other_does(database: Database) -> None:
    short, long = await say(database, "short", requests=7, violations=7), await say(database, "long")
    requests = [event(place, opened_at=START - days * DAY) for place in (short, long) for days in (6, 8, 31)]
    violations = [violation(id=aged(8), workspace_id=place) for place in (short, long)]
    await keep(database, [*requests, *violations])
    retention = Retention(database, {**NEVER, "requests": 30}, clock=lambda: NOW, pause=0)
    assert await retention.prune() == {"requests": 3, "violations": 1}
    async with database.read() as tx:
        left = set(await tx.scalars(select(UsageEventRow.id)))
        assert left == {requests[0].id, requests[3].id, requests[4].id}
        assert list(await tx.scalars(select(PolicyViolation.workspace_id))) == [long]


async def test_a_workspace_never_keeps_things_for_longer(database: Database) -> None:
    place = await say(database, "long", requests=60)
    await keep(database, [event(place, opened_at=START - 31 * DAY)])
    retention = Retention(database, {**NEVER, "requests": 30}, clock=lambda: NOW, pause=0)
    assert await retention.prune() == {"requests": 1}


async def test_a_workspace_keeps_its_audit_log_for_a_shorter_time(database: Database) -> None:
    audit, seal = make_audit(database), AuditSeal(RING)
    linking = AuditLinking(database, seal)
    short = await say(database, "short", audit=30)
    for place in (short, "w"):
        async with database.write() as tx:
            await audit.record(tx, Actor(user_id="u", workspace_id=place, role="owner"), "keys.create")
    await linking.link()
    clock = lambda: now() + timedelta(days=31)  # noqa: E731 - a month later
    retention = Retention(database, NEVER, audit=linking, pause=0, clock=clock)
    assert await retention.prune_audit() == 1
    assert (await AuditVerification(database, seal).check(short)).valid


async def test_old_events_of_the_audit_log_go_and_its_chains_hold(database: Database) -> None:
    audit, seal = make_audit(database), AuditSeal(RING)
    linking = AuditLinking(database, seal)
    for workspace in ("w", "x"):
        async with database.write() as tx:
            for _ in range(3):
                await audit.record(tx, Actor(user_id="u", workspace_id=workspace, role="owner"), "keys.create")
    await linking.link()
    clock = lambda: now() + timedelta(days=31)  # noqa: E731 - a month later
    assert await Retention(database, NEVER, audit_days=None, audit=linking, clock=clock).prune_audit() == 0
    assert await Retention(database, NEVER, audit_days=32, audit=linking, pause=0, clock=clock).prune_audit() == 0
    later = Retention(database, NEVER, audit_days=30, audit=linking, pause=0, clock=lambda: now() + timedelta(days=32))
    assert await later.prune_audit() == 6
    for workspace in ("w", "x"):
        report = await AuditVerification(database, seal).check(workspace)
        assert (report.valid, report.events, report.last_sequence) == (True, 0, 3)


async def test_alerts_that_were_over_long_ago_go_with_what_was_sent_of_them(database: Database) -> None:
    def alert(days: float, *, over: float | None) -> AlertRow:
        return AlertRow(
            id=aged(days), rule_id="r", rule_name="R", kind="down", severity="info", subject="machine", subject_id="m",
            subject_name="m", is_for_admins=False, state="firing" if over is None else "resolved", summary="",
            started_at=NOW, resolved_at=None if over is None else NOW - timedelta(days=over), changed_at=0,
        )  # fmt: skip

    def delivery(days: float, alert_id: str | None) -> AlertDeliveryRow:
        return AlertDeliveryRow(
            id=aged(days), workspace_id=workspace.id, alert_id=alert_id, channel_id="c", channel_name="C",
            channel_kind="webhook", notice="test", message={},
        )  # fmt: skip

    old, late, still = alert(40, over=31), alert(40, over=29), alert(40, over=None)
    workspace = Workspace(name="W")
    async with database.write() as tx:
        tx.add_all([old, late, still, workspace])
        await tx.flush()
        tx.add_all([delivery(40, old.id), delivery(40, late.id), delivery(40, None), delivery(1, None)])
    retention = Retention(database, {**NEVER, "alerts": 30}, clock=lambda: NOW, pause=0)
    assert await retention.prune() == {"alerts": 1}
    async with database.read() as tx:
        assert set(await tx.scalars(select(AlertRow.id))) == {late.id, still.id}
        assert await tx.scalar(select(func.count()).select_from(AlertDeliveryRow)) == 2
