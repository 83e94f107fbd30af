"""Notices arrive at least once, in order, with one id; attempts come ever later, and end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from tests.unit.control.alerts.alerting_workspace import AlertingWorkspace

from trunkline.control.alerts.delivery import WAITS, AlertDelivery, note
from trunkline.control.alerts.outcome import DeliveryOutcome
from trunkline.storage import alert_channels
from trunkline.storage.tables import AlertChannelRow, AlertDeliveryRow

NO = DeliveryOutcome(ok=False, status=500, reason="It answered 500.")
YES = DeliveryOutcome(ok=True, status=204)


class Sending:
    """Stands for the sender: ends as it is told."""

    def __init__(self, *outcomes: DeliveryOutcome | BaseException) -> None:
        self.outcomes = list(outcomes)
        self.sent: list[tuple[str, Any]] = []

    async def send(self, channel: AlertChannelRow, message_id: str, message: dict[str, Any]) -> DeliveryOutcome:
        self.sent.append((message_id, message["type"]))
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome


def deliver(alerting: AlertingWorkspace, sending: Sending) -> AlertDelivery:
    return AlertDelivery(alerting.database, sending, now=lambda: alerting.now, chance=lambda: 0.5)  # pyright: ignore[reportArgumentType]


async def read(alerting: AlertingWorkspace) -> list[AlertDeliveryRow]:
    async with alerting.database.read() as tx:
        return list(await tx.scalars(select(AlertDeliveryRow).order_by(AlertDeliveryRow.id)))


@pytest.fixture
async def down(alerting: AlertingWorkspace) -> AlertingWorkspace:
    await alerting.rule("down")
    await alerting.set("down")
    await alerting.look()
    return alerting


async def test_what_arrives_is_sent_once(down: AlertingWorkspace) -> None:
    sending = Sending(YES)
    delivery = deliver(down, sending)
    for _ in range(3):
        await delivery.look()
    (row,) = await read(down)
    assert (row.state, row.attempts, row.status, row.next_at, row.sent_at) == ("sent", 1, 204, None, down.now)
    assert sending.sent == [(row.id, "alert.firing")]


async def test_what_does_not_is_tried_ever_later_with_the_same_id(down: AlertingWorkspace) -> None:
    sending = Sending(NO, NO, YES)
    delivery = deliver(down, sending)
    await delivery.look()
    (row,) = await read(down)
    assert (row.state, row.reason, row.next_at) == ("waiting", NO.reason, down.now + WAITS[0])
    await delivery.look()
    assert len(sending.sent) == 1, "it is not due yet"
    for wait in WAITS[:2]:
        down.now += wait
        await delivery.look()
    (row,) = await read(down)
    assert (row.state, row.attempts, row.reason) == ("sent", 3, None)
    assert {identity for identity, _ in sending.sent} == {row.id}


async def test_after_the_last_attempt_it_has_failed(down: AlertingWorkspace) -> None:
    delivery = deliver(down, Sending(*[NO] * (len(WAITS) + 1)))
    for wait in (timedelta(0), *WAITS):
        down.now += wait
        await delivery.look()
    (row,) = await read(down)
    assert (row.state, row.attempts, row.next_at) == ("failed", len(WAITS) + 1, None)


async def test_a_process_that_dies_after_it_was_sent_sends_it_again_with_the_same_id(down: AlertingWorkspace) -> None:
    sending = Sending(YES, YES)
    dying = deliver(down, sending)

    async def die(*_: object) -> None:
        raise KeyboardInterrupt

    dying._note = die  # type: ignore[method-assign] # pyright: ignore[reportPrivateUsage] - where it would note that
    with pytest.raises(KeyboardInterrupt):
        await dying.look()
    other = deliver(down, sending)
    await other.look()
    assert len(sending.sent) == 1, "whoever died still has the lease"
    down.now += timedelta(minutes=2)
    await other.look()
    assert len(set(sending.sent)) == 1
    assert len(sending.sent) == 2


async def test_that_it_is_over_waits_for_that_it_fires(down: AlertingWorkspace) -> None:
    sending = Sending(NO, YES, YES)
    delivery = deliver(down, sending)
    await delivery.look()
    await down.set("healthy")
    await down.look(seconds=1)
    await delivery.look()
    assert [kind for _, kind in sending.sent] == ["alert.firing"]
    down.now += WAITS[0]
    await delivery.look()
    await delivery.look()
    assert [kind for _, kind in sending.sent] == ["alert.firing", "alert.firing", "alert.resolved"]


async def test_what_nobody_foresaw_keeps_nothing_else_back(down: AlertingWorkspace) -> None:
    delivery = deliver(down, Sending(ValueError("sk-secret"), YES))
    await delivery.look()
    (row,) = await read(down)
    assert (row.state, row.reason) == ("waiting", "It could not be sent.")


async def test_to_a_channel_that_is_gone_nothing_is_sent(down: AlertingWorkspace) -> None:
    async with down.database.write() as tx:
        row = await alert_channels.find(tx, down.workspace_id, down.channel_id)
        assert row is not None
        await alert_channels.remove(tx, row)
    await deliver(down, Sending()).look()
    (delivery,) = await read(down)
    assert (delivery.state, delivery.reason) == ("failed", "The channel was deleted.")


async def test_to_a_channel_that_is_turned_off_nothing_is_sent(down: AlertingWorkspace) -> None:
    async with down.database.write() as tx:
        row = await alert_channels.find(tx, down.workspace_id, down.channel_id)
        assert row is not None
        row.is_enabled = False
    await deliver(down, Sending()).look()
    (delivery,) = await read(down)
    assert (delivery.state, delivery.reason) == ("failed", "The channel is turned off.")


async def test_a_receiver_that_asks_for_time_gets_it(alerting: AlertingWorkspace) -> None:
    row = AlertDeliveryRow(attempts=0)
    note(row, DeliveryOutcome(ok=False, after=timedelta(minutes=10)), alerting.now, 0.5)
    assert row.next_at == alerting.now + timedelta(minutes=10)


async def test_one_that_asks_for_less_waits_as_long_as_any(alerting: AlertingWorkspace) -> None:
    row = AlertDeliveryRow(attempts=0)
    note(row, DeliveryOutcome(ok=False, after=timedelta(seconds=1)), alerting.now, 0.5)
    assert row.next_at == alerting.now + WAITS[0]


async def test_what_is_of_no_use_is_not_tried_again(alerting: AlertingWorkspace) -> None:
    row = AlertDeliveryRow(attempts=0)
    note(row, DeliveryOutcome(ok=False, final=True), alerting.now, 0.5)
    assert (row.state, row.next_at) == ("failed", None)
