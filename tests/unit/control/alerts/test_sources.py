"""What rules read: of traffic, budgets, keys, violations and experiments, now and in the past, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from tests.bookkeeping import keep
from tests.unit.control.alerts.alerting_workspace import START, AlertingWorkspace
from tests.unit.control.usage.settled import event, violation

from trunkline.control.alerts.past_values import read_past
from trunkline.control.alerts.preview import AlertPreview, Firing, find_firings
from trunkline.control.alerts.rule import AlertRule, AlertRuleDraft, begin, lay_over
from trunkline.core.actor import Actor
from trunkline.core.alert import AlertKind
from trunkline.core.ids import new_id
from trunkline.core.moment import to_microseconds
from trunkline.core.usage_event import Attempt, UsageEvent
from trunkline.storage import budgets, health
from trunkline.storage.budgets import read_budget
from trunkline.storage.tables import ApiKey, BudgetRow, Configuration, ExperimentPhase, Policy

MINUTE = 60_000_000


def call(alerting: AlertingWorkspace, minutes: float = 0, **fields: Any) -> UsageEvent:
    """One that was made so many minutes ago."""
    at = to_microseconds(alerting.now) - int(minutes * MINUTE)
    given = {"configuration_id": alerting.configuration_id, "revision": 1, "opened_at": at, "duration_us": 1_000_000}
    return event(alerting.workspace_id, **{**given, **fields})


def failed(alerting: AlertingWorkspace, minutes: float = 0, kind: str = "server") -> UsageEvent:
    attempt = Attempt(
        configuration_id=alerting.configuration_id, provider="openai", model="m", error=kind, duration_us=1
    )
    return call(alerting, minutes, outcome="error", error=kind, attempts=(attempt,))


def make(alerting: AlertingWorkspace, kind: AlertKind, **fields: Any) -> AlertRule:
    rule, wrong = lay_over(begin(new_id(), alerting.workspace_id, kind), AlertRuleDraft(**fields))
    assert wrong == []
    return rule


async def add(alerting: AlertingWorkspace, kind: AlertKind, **fields: Any) -> None:
    rule = make(alerting, kind, **fields)
    names = ("name", "subject", "subject_id", "threshold", "window_minutes", "least_calls", "for_seconds", "severity")
    await alerting.rule(None, kind=kind, channel_ids=[], **{name: getattr(rule, name) for name in names})


async def preview(alerting: AlertingWorkspace, rule: AlertRule, days: int = 1) -> list[Firing]:
    async with alerting.database.read() as tx:
        past = await read_past(tx, rule, alerting.workspace_id, alerting.now - timedelta(days=days), alerting.now)
    return find_firings(rule, past.series, alerting.now)


async def summaries(alerting: AlertingWorkspace) -> list[str]:
    await alerting.look()
    return [row.summary for row in await alerting.alerts()]


async def make_budget(alerting: AlertingWorkspace, amount: int, **fields: Any) -> str:
    async with alerting.database.write() as tx:
        given = {"subject": "workspace", "subject_id": alerting.workspace_id, "period": "day", "time_zone": "UTC"}
        row = BudgetRow(
            workspace_id=alerting.workspace_id, name="B", amount_nanos=amount, is_hard=False, thresholds="", since=0,
            created_by=alerting.user_id, **{**given, **fields},
        )  # fmt: skip
        await budgets.hold_all(tx)
        await budgets.insert(tx, row)
        budget = read_budget(row)
        await budgets.start_anew(tx, budget, budget.find_period(to_microseconds(alerting.now)))
    return row.id


async def test_an_error_rate(alerting: AlertingWorkspace) -> None:
    await add(alerting, "error_rate", threshold=20.0, least_calls=10)
    await keep(alerting.database, [call(alerting) for _ in range(9)])
    assert await summaries(alerting) == []
    await keep(alerting.database, [failed(alerting) for _ in range(3)])
    assert await summaries(alerting) == ["Of 12 calls to c in 15 minutes, 25.0 % failed (from 20 % on)."]
    await alerting.look(minutes=45)
    assert await alerting.states() == ["resolved"]


async def test_an_error_rate_is_of_the_quarters_of_its_own_window(alerting: AlertingWorkspace) -> None:
    for window in (30, 60):
        await add(alerting, "error_rate", threshold=20.0, least_calls=1, window_minutes=window, name=f"{window}")
    await keep(alerting.database, [failed(alerting, minutes=59)])
    await alerting.look()
    assert [alert.rule_name for alert in await alerting.alerts()] == ["60"]
    await keep(alerting.database, [failed(alerting, minutes=29)])
    await alerting.look()
    assert sorted(alert.rule_name for alert in await alerting.alerts()) == ["30", "60"]


async def test_probes_are_no_calls(alerting: AlertingWorkspace) -> None:
    await add(alerting, "error_rate", threshold=100.0, least_calls=1)
    slot = to_microseconds(alerting.now) // (15 * MINUTE)
    async with alerting.database.write() as tx:
        await health.add_count(tx, (alerting.configuration_id, 15, slot, "probe:ok", 0))
    assert await summaries(alerting) == []
    await keep(alerting.database, [failed(alerting)])
    assert await summaries(alerting) == ["Of 1 calls to c in 15 minutes, 100.0 % failed (from 100 % on)."]


async def test_few_calls_say_nothing(alerting: AlertingWorkspace) -> None:
    await add(alerting, "error_rate", threshold=20.0, least_calls=5)
    await keep(alerting.database, [failed(alerting) for _ in range(4)])
    assert await summaries(alerting) == []


async def test_a_latency(alerting: AlertingWorkspace) -> None:
    await add(alerting, "latency", threshold=900.0, least_calls=5)
    await keep(alerting.database, [call(alerting) for _ in range(5)])
    (said,) = await summaries(alerting)
    assert said.startswith("95 % of calls to c took up to 1,0")


async def test_a_budget_at_80_and_at_100_per_cent(alerting: AlertingWorkspace) -> None:
    await make_budget(alerting, 1_000)
    await keep(alerting.database, [call(alerting, cost_nanos=790)])
    assert await summaries(alerting) == []
    await keep(alerting.database, [call(alerting, cost_nanos=10)])
    assert await summaries(alerting) == ["80 % of the budget B is used (from 80 % on)."]
    await keep(alerting.database, [call(alerting, cost_nanos=500)])
    assert (await summaries(alerting))[1:] == ["130 % of the budget B is used (from 100 % on)."]
    # At the next midnight, another period begins.
    await alerting.look(hours=12)
    assert await alerting.states() == ["resolved", "resolved"]


async def test_from_any_part_of_a_budget_on(alerting: AlertingWorkspace) -> None:
    await make_budget(alerting, 1_000)
    await add(alerting, "budget_used", threshold=50.0)
    await keep(alerting.database, [call(alerting, cost_nanos=600)])
    assert await summaries(alerting) == ["60 % of the budget B is used (from 50 % on)."]


@pytest.mark.parametrize("kind", ["budget_used", "budget_forecast"])
async def test_what_was_spent_in_a_period_before_does_not_count(alerting: AlertingWorkspace, kind: AlertKind) -> None:
    await make_budget(alerting, 1_000)
    await add(alerting, kind, threshold=85.0)
    await keep(alerting.database, [call(alerting, minutes=24 * 60, cost_nanos=900)])
    assert await summaries(alerting) == []


async def test_a_forecast(alerting: AlertingWorkspace) -> None:
    await make_budget(alerting, 1_000)
    await add(alerting, "budget_forecast", threshold=100.0)
    await keep(alerting.database, [call(alerting, cost_nanos=499)])
    assert await summaries(alerting) == []
    await keep(alerting.database, [call(alerting, cost_nanos=101)])
    assert await summaries(alerting) == ["At this pace, 120 % of the budget B will be used (from 100 % on)."]


async def test_violations_of_a_policy(alerting: AlertingWorkspace) -> None:
    async with alerting.database.write() as tx:
        policy = Policy(
            workspace_id=alerting.workspace_id, name="P", content="x", risk_type="LOW", action_type=1,
            created_by=alerting.user_id,
        )  # fmt: skip
        tx.add(policy)
    await add(alerting, "policy_violations", threshold=2.0)
    at = to_microseconds(alerting.now) - MINUTE

    def broken() -> Any:
        return violation(policy_id=policy.id, workspace_id=alerting.workspace_id, at=at)

    await keep(alerting.database, [broken()])
    assert await summaries(alerting) == []
    await keep(alerting.database, [broken()])
    assert await summaries(alerting) == ["The policy P was violated 2 times in 60 minutes."]
    (firing,) = await preview(alerting, make(alerting, "policy_violations", threshold=2.0))
    assert (firing.begin, firing.end, firing.value) == (alerting.now - timedelta(minutes=1), None, 2.0)
    assert await preview(alerting, make(alerting, "policy_violations", threshold=3.0)) == []
    await alerting.look(hours=1)
    assert await alerting.states() == ["resolved"]
    (firing,) = await preview(alerting, make(alerting, "policy_violations", threshold=2.0))
    assert firing.end == START + timedelta(minutes=59)


async def test_a_preview_adds_up_violations_of_one_window_alone(alerting: AlertingWorkspace) -> None:
    moments = [to_microseconds(alerting.now) - minutes * MINUTE for minutes in (200, 100, 41)]
    found = [violation(policy_id="p", workspace_id=alerting.workspace_id, at=at) for at in moments]
    await keep(alerting.database, found)
    (firing,) = await preview(alerting, make(alerting, "policy_violations", threshold=2.0))
    assert (firing.begin, firing.end) == (START - timedelta(minutes=41), START - timedelta(minutes=40))


async def test_an_experiment_that_took_a_version_back(alerting: AlertingWorkspace) -> None:
    await add(alerting, "experiment_reverted")
    async with alerting.database.write() as tx:
        for number, reason in enumerate(("weights", "guardrail")):
            tx.add(
                ExperimentPhase(
                    configuration_id=alerting.configuration_id, number=number, weights={}, contents={}, slow_ms=1,
                    reason=reason, started_at=alerting.now - timedelta(hours=number),
                )
            )  # fmt: skip
    assert await summaries(alerting) == [
        "The experiment of the configuration c took a version back, because it did harm."
    ]
    (firing,) = await preview(alerting, make(alerting, "experiment_reverted"))
    assert firing.begin == alerting.now - timedelta(hours=1)
    await alerting.look(hours=24)
    assert await alerting.states() == ["resolved"]


async def test_a_key_that_expires(alerting: AlertingWorkspace) -> None:
    await add(alerting, "key_expiring", threshold=3.0)
    async with alerting.database.write() as tx:
        for name, days in (("soon", 2), ("later", 10), ("long ago", -5)):
            tx.add(
                ApiKey(
                    workspace_id=alerting.workspace_id, user_id=alerting.user_id, name=name, digest=name, mask="m",
                    expires_at=alerting.now + timedelta(days=days),
                )
            )  # fmt: skip
    assert await summaries(alerting) == ["The API key soon expires in 2 days."]
    (alert,) = await alerting.alerts()
    assert (alert.owner_id, alert.is_for_admins) == (alerting.user_id, True)
    firings = await preview(alerting, make(alerting, "key_expiring", threshold=3.0), days=7)
    assert sorted((one.subject_name, one.begin, one.end) for one in firings) == [
        ("long ago", alerting.now - timedelta(days=7), alerting.now - timedelta(days=2)),
        ("soon", alerting.now - timedelta(days=1), None),
    ]


async def test_a_preview_of_errors_by_the_quarter_of_an_hour(alerting: AlertingWorkspace) -> None:
    bad = [failed(alerting, minutes=200) for _ in range(10)]
    good = [call(alerting, minutes=each) for each in range(0, 300, 2)]
    await keep(alerting.database, [*bad, *good])
    (firing,) = await preview(alerting, make(alerting, "error_rate", threshold=20.0, least_calls=5))
    at = alerting.now - timedelta(minutes=200)
    assert firing.begin <= at < firing.end if firing.end else False
    assert firing.value is not None
    assert firing.value >= 20
    assert await preview(alerting, make(alerting, "error_rate", threshold=90.0, least_calls=5)) == []
    (down,) = await preview(alerting, make(alerting, "down"))
    assert down.begin <= at
    assert await preview(alerting, make(alerting, "down", for_seconds=3_600)) == []


async def test_a_preview_tells_of_what_is_private_only_whose_it_is(alerting: AlertingWorkspace) -> None:
    async with alerting.database.write() as tx:
        await tx.execute(update(Configuration).values(is_shared=False))
    await keep(alerting.database, [failed(alerting, minutes=200) for _ in range(10)])
    asked = AlertRuleDraft(kind="error_rate", threshold=20.0, least_calls=5)
    for user_id, count in ((alerting.user_id, 1), ("somebody", 0)):
        actor = Actor(user_id=user_id, workspace_id=alerting.workspace_id, role="admin")
        found = await AlertPreview(alerting.database, now=lambda: alerting.now).look(actor, asked, 1)
        assert found.count == count


async def test_a_preview_of_rejected_keys_and_of_latency(alerting: AlertingWorkspace) -> None:
    await keep(alerting.database, [failed(alerting, minutes=30, kind="auth"), *(call(alerting, 30) for _ in range(4))])
    (rejected,) = await preview(alerting, make(alerting, "key_failing"))
    assert rejected.begin <= alerting.now - timedelta(minutes=30)
    (slow,) = await preview(alerting, make(alerting, "latency", threshold=900.0, least_calls=4))
    assert slow.subject_id == alerting.configuration_id
    assert await preview(alerting, make(alerting, "latency", threshold=5_000.0, least_calls=4)) == []


async def test_a_preview_of_a_budget_begins_each_period_anew(alerting: AlertingWorkspace) -> None:
    await make_budget(alerting, 1_000)
    await keep(alerting.database, [call(alerting, minutes=24 * 60 + each, cost_nanos=500) for each in (0, 60)])
    await keep(alerting.database, [call(alerting, minutes=30, cost_nanos=900)])
    firings = await preview(alerting, make(alerting, "budget_used", threshold=80.0), days=2)
    assert [(one.begin.day, one.value) for one in firings] == [(9, 100.0), (10, 90.0)]
    assert firings[0].end is not None
    assert (firings[0].end.day, firings[0].end.hour) == (10, 0)
    assert firings[1].end is None


@pytest.mark.parametrize("kind", ["budget_used", "budget_forecast", "latency", "down", "key_failing"])
async def test_of_nothing_a_preview_tells_nothing(alerting: AlertingWorkspace, kind: AlertKind) -> None:
    assert await preview(alerting, make(alerting, kind), days=31) == []
