"""An alert's life: it fires once, is told, held back, repeated, and over; whoever looks, and whatever dies."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from tests.unit.control.alerts.world import START, World

from trunkline.control.alerts import steps
from trunkline.control.alerts.journal_watch import JournalWatch
from trunkline.core.errors import Conflict, Unavailable
from trunkline.storage import alerts
from trunkline.storage.tables import AlertDeliveryRow, AlertRow

NIGHT = {"start": "11:00", "end": "13:00", "timeZone": "UTC", "holdCritical": False}


async def test_presets_need_no_rows_and_tell_no_channel(world: World) -> None:
    await world.set("down")
    await world.look()
    (alert,) = await world.alerts()
    assert (alert.state, alert.kind, alert.subject_id) == ("firing", "down", world.configuration_id)
    assert alert.summary == "The configuration c is down. Nobody is there."
    assert await world.notices() == []


async def test_it_fires_once_however_often_it_is_looked_at(world: World) -> None:
    await world.rule("down")
    await world.set("down")
    for _ in range(3):
        await world.look(seconds=5)
    assert await world.states() == ["firing"]
    assert await world.notices() == ["firing"]


async def test_it_fires_once_whoever_looks(world: World) -> None:
    await world.rule("down")
    await world.set("down")
    others = [world.make_evaluation() for _ in range(4)]
    found = await asyncio.gather(*(each.look() for each in others), return_exceptions=True)
    assert all(each is None or isinstance(each, (Conflict, Unavailable)) for each in found), found
    assert await world.notices() == ["firing"]


async def test_it_fires_once_though_the_process_dies_before_it_commits(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.rule("down")
    await world.set("down")

    async def die(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(steps, "tell", die)
        with pytest.raises(KeyboardInterrupt):
            await world.look()
    assert (await world.states(), await world.notices()) == ([], []), "neither without the other"
    world.evaluation = world.make_evaluation()
    await world.look(seconds=60)
    assert (await world.states(), await world.notices()) == (["firing"], ["firing"])


async def test_the_database_refuses_a_second_one(world: World) -> None:
    await world.set("down")
    await world.look()
    (first,) = await world.alerts()
    copy = {column.name: getattr(first, column.name) for column in AlertRow.__table__.columns if column.name != "id"}
    with pytest.raises(Conflict):
        async with world.database.write() as tx:
            await alerts.insert(tx, AlertRow(**copy))


async def test_when_it_is_over_who_was_told_is_told_that(world: World) -> None:
    await world.rule("down")
    await world.set("down")
    await world.look()
    await world.set("healthy")
    await world.look(minutes=1)
    await world.look(minutes=1)
    assert await world.states() == ["resolved"]
    assert await world.notices() == ["firing", "resolved"]


async def test_the_next_time_is_another_alert(world: World) -> None:
    for state in ("down", "healthy", "down"):
        await world.set(state)
        await world.look(minutes=1)
    assert await world.states() == ["resolved", "firing"]


async def test_it_must_have_been_so_for_long_enough(world: World) -> None:
    await world.rule("down", for_seconds=300)
    await world.set("down", since=START - timedelta(seconds=200))
    await world.look()
    assert await world.states() == ["pending"]
    await world.look(seconds=99)
    assert await world.states() == ["pending"]
    await world.look(seconds=1)
    assert await world.states() == ["firing"]


async def test_what_passes_before_that_leaves_nothing(world: World) -> None:
    await world.rule("down", for_seconds=300)
    await world.set("down")
    await world.look()
    await world.set("healthy")
    await world.look(seconds=10)
    assert (await world.states(), await world.notices()) == ([], [])


async def test_what_is_still_so_after_quiet_hours_is_told_then(world: World) -> None:
    await world.rule("down", quiet=NIGHT)
    await world.set("down")
    await world.look()
    assert (await world.states(), await world.notices()) == (["firing"], [])
    await world.look(minutes=59)
    assert await world.notices() == []
    await world.look(minutes=1)
    assert await world.notices() == ["firing"]
    await world.look(minutes=1)
    assert await world.notices() == ["firing"]


async def test_what_is_over_before_they_end_is_told_to_nobody(world: World) -> None:
    await world.rule("down", quiet=NIGHT)
    await world.set("down")
    await world.look()
    await world.set("healthy")
    await world.look(minutes=5)
    await world.look(hours=2)
    assert (await world.states(), await world.notices()) == (["resolved"], [])


async def test_that_it_is_over_waits_for_their_end_too(world: World) -> None:
    world.now = START - timedelta(hours=2)
    await world.rule("down", quiet=NIGHT)
    await world.set("down")
    await world.look()
    await world.set("healthy")
    await world.look(hours=2)
    assert (await world.states(), await world.notices()) == (["resolved"], ["firing"])
    await world.look(hours=1)
    assert await world.notices() == ["firing", "resolved"]


async def test_what_is_critical_does_not_wait(world: World) -> None:
    await world.rule("down", quiet=NIGHT, severity="critical")
    await world.set("down")
    await world.look()
    assert await world.notices() == ["firing"]


async def test_it_is_told_again_until_somebody_sees_to_it(world: World) -> None:
    await world.rule("down", repeat_minutes=30)
    await world.set("down")
    await world.look()
    await world.look(minutes=29)
    assert await world.notices() == ["firing"]
    await world.look(minutes=1)
    await world.look(minutes=30)
    assert await world.notices() == ["firing", "repeat", "repeat"]
    async with world.database.write() as tx:
        (row,) = (await tx.scalars(select(AlertRow))).all()
        row.state = "acknowledged"
    await world.look(minutes=60)
    assert await world.notices() == ["firing", "repeat", "repeat"]
    await world.set("healthy")
    await world.look(minutes=1)
    assert (await world.notices())[-1] == "resolved"


async def test_of_what_is_private_only_a_channel_of_its_owner_is_told(world: World) -> None:
    await world.rule("down")
    async with world.database.write() as tx:
        from trunkline.storage.tables import AlertChannelRow, Configuration

        row = await tx.get(Configuration, world.configuration_id)
        channel = await tx.get(AlertChannelRow, world.channel_id)
        assert row is not None
        assert channel is not None
        row.is_shared, channel.created_by = False, "somebody else"
    await world.set("down")
    await world.look()
    (alert,) = await world.alerts()
    assert alert.owner_id == world.user_id
    assert await world.notices() == []


async def test_a_message_says_what_it_is_about(world: World) -> None:
    await world.rule("down", severity="critical")
    await world.set("down")
    await world.look()
    async with world.database.read() as tx:
        (delivery,) = (await tx.scalars(select(AlertDeliveryRow))).all()
    (alert,) = await world.alerts()
    assert delivery.message["type"] == "alert.firing"
    data = delivery.message["data"]
    assert isinstance(data, dict)
    assert (data["id"], data["kind"], data["severity"], data["state"]) == (alert.id, "down", "critical", "firing")
    assert delivery.next_at == world.now


class Lag:
    """Stands for the intake's."""

    seconds = 0.0


async def test_a_machine_whose_journal_does_not_arrive_is_told_to_the_administrator(world: World) -> None:
    lag = Lag()
    watch = JournalWatch(world.database, lag, now=lambda: world.now, machine="m1")  # pyright: ignore[reportArgumentType]
    for seconds, states in ((5, []), (59, []), (61, ["firing"]), (9, ["resolved"])):
        lag.seconds = float(seconds)
        await watch.look()
        await world.look()
        assert await world.states() == states, seconds
    (alert,) = await world.alerts()
    assert (alert.workspace_id, alert.subject_name, alert.kind) == (None, "m1", "journal_not_shipping")


async def test_a_machine_that_says_nothing_any_more_is_ever_later(world: World) -> None:
    lag = Lag()
    lag.seconds = 20.0
    await JournalWatch(world.database, lag, now=lambda: world.now, machine="m1").look()  # pyright: ignore[reportArgumentType]
    await world.look()
    assert await world.states() == []
    await world.look(seconds=40)
    assert await world.states() == ["firing"]
    await world.look(days=2)
    assert await world.states() == ["resolved"]
