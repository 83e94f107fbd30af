"""An alert's life: it fires once, is told, held back, repeated, and over; whoever looks, and whatever dies."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from tests.unit.control.alerts.alerting_workspace import START, AlertingWorkspace

from trunkline.control.alerts import transitions
from trunkline.control.alerts.journal_watch import JournalWatch
from trunkline.core.errors import Conflict, Unavailable
from trunkline.storage import alert_rules, alerts, leases
from trunkline.storage.tables import AlertDeliveryRow, AlertRow, AlertRuleRow

NIGHT = {"start": "11:00", "end": "13:00", "timeZone": "UTC", "holdCritical": False}


async def test_presets_need_no_rows_and_tell_no_channel(alerting: AlertingWorkspace) -> None:
    await alerting.set("down")
    await alerting.look()
    (alert,) = await alerting.alerts()
    assert (alert.state, alert.kind, alert.subject_id) == ("firing", "down", alerting.configuration_id)
    assert alert.summary == "The configuration c is down. Nobody is there."
    assert alert.owner_id is None, "the configuration is shared"
    assert await alerting.notices() == []


async def test_it_fires_once_however_often_it_is_looked_at(alerting: AlertingWorkspace) -> None:
    await alerting.rule("down")
    await alerting.set("down")
    for _ in range(3):
        await alerting.look(seconds=5)
    assert await alerting.states() == ["firing"]
    assert await alerting.notices() == ["firing"]


async def test_it_fires_once_whoever_looks(alerting: AlertingWorkspace) -> None:
    await alerting.rule("down")
    await alerting.set("down")
    others = [alerting.make_evaluation() for _ in range(4)]
    found = await asyncio.gather(*(each.look() for each in others), return_exceptions=True)
    assert all(each is None or isinstance(each, (Conflict, Unavailable)) for each in found), found
    assert await alerting.notices() == ["firing"]


async def test_it_fires_once_though_the_process_dies_before_it_commits(
    alerting: AlertingWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    await alerting.rule("down")
    await alerting.set("down")

    async def die(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(transitions, "tell", die)
        with pytest.raises(KeyboardInterrupt):
            await alerting.look()
    assert (await alerting.states(), await alerting.notices()) == ([], []), "neither without the other"
    alerting.evaluation = alerting.make_evaluation()
    await alerting.look(seconds=60)
    assert (await alerting.states(), await alerting.notices()) == (["firing"], ["firing"])


async def test_the_database_refuses_a_second_one(alerting: AlertingWorkspace) -> None:
    await alerting.set("down")
    await alerting.look()
    (first,) = await alerting.alerts()
    copy = {column.name: getattr(first, column.name) for column in AlertRow.__table__.columns if column.name != "id"}
    with pytest.raises(Conflict):
        async with alerting.database.write() as tx:
            await alerts.insert(tx, AlertRow(**copy))


async def test_when_it_is_over_who_was_told_is_told_that(alerting: AlertingWorkspace) -> None:
    await alerting.rule("down")
    await alerting.set("down")
    await alerting.look()
    await alerting.set("healthy")
    await alerting.look(minutes=1)
    await alerting.look(minutes=1)
    assert await alerting.states() == ["resolved"]
    assert await alerting.notices() == ["firing", "resolved"]


async def test_the_next_time_is_another_alert(alerting: AlertingWorkspace) -> None:
    for state in ("down", "healthy", "down"):
        await alerting.set(state)
        await alerting.look(minutes=1)
    assert await alerting.states() == ["resolved", "firing"]


async def test_it_must_have_been_so_for_long_enough(alerting: AlertingWorkspace) -> None:
    await alerting.rule("down", for_seconds=300)
    await alerting.set("down", since=START - timedelta(seconds=200))
    await alerting.look()
    assert await alerting.states() == ["pending"]
    await alerting.look(seconds=99)
    assert await alerting.states() == ["pending"]
    await alerting.look(seconds=1)
    assert await alerting.states() == ["firing"]


async def test_an_alert_is_of_its_rule_as_that_is_when_it_fires(alerting: AlertingWorkspace) -> None:
    rule_id = await alerting.rule("down", for_seconds=300)
    await alerting.set("down")
    await alerting.look()
    async with alerting.database.write() as tx:
        row = (await tx.scalars(select(AlertRuleRow).where(AlertRuleRow.id == rule_id))).one()
        row.name, row.severity = "Out of order", "critical"
        await alert_rules.mark(tx)
    await alerting.look(seconds=300)
    (alert,) = await alerting.alerts()
    assert (alert.state, alert.rule_name, alert.severity) == ("firing", "Out of order", "critical")


async def test_what_passes_before_that_leaves_nothing(alerting: AlertingWorkspace) -> None:
    await alerting.rule("down", for_seconds=300)
    await alerting.set("down")
    await alerting.look()
    await alerting.set("healthy")
    await alerting.look(seconds=10)
    assert (await alerting.states(), await alerting.notices()) == ([], [])


async def test_what_is_still_so_after_quiet_hours_is_told_then(alerting: AlertingWorkspace) -> None:
    await alerting.rule("down", quiet=NIGHT)
    await alerting.set("down")
    await alerting.look()
    assert (await alerting.states(), await alerting.notices()) == (["firing"], [])
    await alerting.look(minutes=59)
    assert await alerting.notices() == []
    await alerting.look(minutes=1)
    assert await alerting.notices() == ["firing"]
    await alerting.look(minutes=1)
    assert await alerting.notices() == ["firing"]


async def test_what_is_over_before_they_end_is_told_to_nobody(alerting: AlertingWorkspace) -> None:
    await alerting.rule("down", quiet=NIGHT)
    await alerting.set("down")
    await alerting.look()
    await alerting.set("healthy")
    await alerting.look(minutes=5)
    await alerting.look(hours=2)
    assert (await alerting.states(), await alerting.notices()) == (["resolved"], [])


async def test_that_it_is_over_waits_for_their_end_too(alerting: AlertingWorkspace) -> None:
    alerting.now = START - timedelta(hours=2)
    await alerting.rule("down", quiet=NIGHT)
    await alerting.set("down")
    await alerting.look()
    await alerting.set("healthy")
    await alerting.look(hours=2)
    assert (await alerting.states(), await alerting.notices()) == (["resolved"], ["firing"])
    await alerting.look(hours=1)
    assert await alerting.notices() == ["firing", "resolved"]


async def test_in_quiet_hours_nobody_is_told_again(alerting: AlertingWorkspace) -> None:
    alerting.now = START - timedelta(hours=2)
    await alerting.rule("down", quiet=NIGHT, repeat_minutes=30)
    await alerting.set("down")
    await alerting.look()
    await alerting.look(hours=2)
    assert await alerting.notices() == ["firing"]
    await alerting.look(hours=1)
    assert await alerting.notices() == ["firing", "repeat"]


async def test_one_process_has_the_duty_for_a_while(alerting: AlertingWorkspace) -> None:
    await alerting.set("down")
    await alerting.make_evaluation().look()
    await alerting.set("healthy")
    await alerting.look(seconds=29)
    assert await alerting.states() == ["firing"], "the other one would see it"
    await alerting.look(seconds=1)
    assert await alerting.states() == ["resolved"]


async def test_what_rules_said_before_they_were_changed_is_not_done(
    alerting: AlertingWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = leases.take

    async def change(tx: Any, *given: Any, **named: Any) -> bool:
        await alert_rules.mark(tx)
        return await take(tx, *given, **named)

    await alerting.set("down")
    with monkeypatch.context() as patched:
        patched.setattr(leases, "take", change)
        await alerting.look()
    assert await alerting.states() == []
    await alerting.look()
    assert await alerting.states() == ["firing"]


async def test_what_a_clock_ahead_of_ours_says_began_now(alerting: AlertingWorkspace) -> None:
    await alerting.set("down", since=START + timedelta(hours=1))
    await alerting.look()
    (alert,) = await alerting.alerts()
    assert (alert.state, alert.started_at) == ("firing", START)


async def test_what_a_rule_held_back_that_is_gone_is_told_to_nobody(alerting: AlertingWorkspace) -> None:
    alerting.now = START - timedelta(hours=2)
    rule_id = await alerting.rule("down", quiet=NIGHT)
    await alerting.set("down")
    await alerting.look()
    await alerting.set("healthy")
    await alerting.look(hours=2)
    async with alerting.database.write() as tx:
        row = (await tx.scalars(select(AlertRuleRow).where(AlertRuleRow.id == rule_id))).one()
        row.is_enabled = False
        await alert_rules.mark(tx)
    await alerting.look(minutes=1)
    assert [alert.held for alert in await alerting.alerts()] == [None]
    await alerting.look(hours=2)
    assert await alerting.notices() == ["firing"]


async def test_what_is_critical_does_not_wait(alerting: AlertingWorkspace) -> None:
    await alerting.rule("down", quiet=NIGHT, severity="critical")
    await alerting.set("down")
    await alerting.look()
    assert await alerting.notices() == ["firing"]


async def test_it_is_told_again_until_somebody_sees_to_it(alerting: AlertingWorkspace) -> None:
    await alerting.rule("down", repeat_minutes=30)
    await alerting.set("down")
    await alerting.look()
    await alerting.look(minutes=29)
    assert await alerting.notices() == ["firing"]
    await alerting.look(minutes=1)
    await alerting.look(minutes=29)
    assert await alerting.notices() == ["firing", "repeat"]
    await alerting.look(minutes=1)
    assert await alerting.notices() == ["firing", "repeat", "repeat"]
    assert [alert.repeats for alert in await alerting.alerts()] == [2]
    async with alerting.database.write() as tx:
        (row,) = (await tx.scalars(select(AlertRow))).all()
        row.state = "acknowledged"
    await alerting.look(minutes=60)
    assert await alerting.notices() == ["firing", "repeat", "repeat"]
    await alerting.set("healthy")
    await alerting.look(minutes=1)
    assert (await alerting.notices())[-1] == "resolved"


async def test_of_what_is_private_only_a_channel_of_its_owner_is_told(alerting: AlertingWorkspace) -> None:
    await alerting.rule("down")
    async with alerting.database.write() as tx:
        from trunkline.storage.tables import AlertChannelRow, Configuration

        row = await tx.get(Configuration, alerting.configuration_id)
        channel = await tx.get(AlertChannelRow, alerting.channel_id)
        assert row is not None
        assert channel is not None
        row.is_shared, channel.created_by = False, "somebody else"
    await alerting.set("down")
    await alerting.look()
    (alert,) = await alerting.alerts()
    assert alert.owner_id == alerting.user_id
    assert await alerting.notices() == []


async def test_a_message_says_what_it_is_about(alerting: AlertingWorkspace) -> None:
    await alerting.rule("down", severity="critical")
    await alerting.set("down")
    await alerting.look()
    async with alerting.database.read() as tx:
        (delivery,) = (await tx.scalars(select(AlertDeliveryRow))).all()
    (alert,) = await alerting.alerts()
    assert delivery.message["type"] == "alert.firing"
    data = delivery.message["data"]
    assert isinstance(data, dict)
    assert (data["id"], data["kind"], data["severity"], data["state"]) == (alert.id, "down", "critical", "firing")
    assert delivery.next_at == alerting.now


class Lag:
    """Stands for the intake's."""

    seconds = 0.0


async def test_a_machine_whose_journal_does_not_arrive_is_told_to_the_administrator(
    alerting: AlertingWorkspace,
) -> None:
    lag = Lag()
    watch = JournalWatch(alerting.database, lag, now=lambda: alerting.now, machine="m1")  # pyright: ignore[reportArgumentType]
    for seconds, states in ((5, []), (59, []), (61, ["firing"]), (9, ["resolved"])):
        lag.seconds = float(seconds)
        await watch.look()
        await alerting.look()
        assert await alerting.states() == states, seconds
    (alert,) = await alerting.alerts()
    assert (alert.workspace_id, alert.subject_name, alert.kind) == (None, "m1", "journal_not_shipping")


async def test_a_machine_that_says_nothing_any_more_is_ever_later(alerting: AlertingWorkspace) -> None:
    lag = Lag()
    lag.seconds = 20.0
    await JournalWatch(alerting.database, lag, now=lambda: alerting.now, machine="m1").look()  # pyright: ignore[reportArgumentType]
    await alerting.look()
    assert await alerting.states() == []
    await alerting.look(seconds=40)
    assert await alerting.states() == ["firing"]
    await alerting.look(days=2)
    assert await alerting.states() == ["resolved"]
