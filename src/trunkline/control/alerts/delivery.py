"""Sends what is to be sent of alerts, until it has arrived or nobody tries any longer. One process at a time does."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from trunkline.control.alerts.outcome import DeliveryOutcome
from trunkline.control.alerts.sending import Sender
from trunkline.control.repetition import repeat
from trunkline.core.ids import new_id
from trunkline.logs import get_logger
from trunkline.storage import alert_deliveries as rows
from trunkline.storage import alert_rules, leases
from trunkline.storage.database import Database
from trunkline.storage.tables import AlertChannelRow, AlertDeliveryRow

LEASE: Final = "alert-deliveries"
LOOK_SECONDS: Final = 1.0
AT_ONCE: Final = 20
WAITS: Final = tuple(timedelta(seconds=each) for each in (10, 60, 300, 1_800, 7_200, 18_000, 36_000))
"""Before each further attempt; after the last one, it has failed."""

_SPREAD: Final = 0.2
"""The share by which waits differ, so that not all come at once to a receiver that is back."""

_LEASE_TIME: Final = timedelta(seconds=60)
"""Longer than an attempt may take."""

_log: Final = get_logger(__name__)


class AlertDelivery:
    """At least once: a process that dies between an attempt and its note makes the next one try again, with the same
    id. Of one alert, a channel hears in order.
    """

    def __init__(
        self,
        database: Database,
        sender: Sender,
        *,
        now: Callable[[], datetime],
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._database = database
        self._sender = sender
        self._now = now
        self._chance = chance
        self._holder = new_id()

    async def run(self) -> None:
        """Look every second until cancelled."""
        pulse = self._database.read_pulse
        await repeat(self.look, LOOK_SECONDS, "alerts_not_delivered", name=__name__, pulse=pulse)

    async def look(self) -> None:
        """Send what is due, if no other process does."""
        moment = self._now()
        async with self._database.read() as tx:
            if not await rows.find_due(tx, moment, 1):
                return
        async with self._database.write() as tx:
            if not await leases.take(tx, LEASE, self._holder, now=moment, until=moment + _LEASE_TIME):
                return
            due = await rows.find_due(tx, moment, AT_ONCE)
            channels = {each.id: each for each in await alert_rules.find_channels(tx, [one.channel_id for one in due])}
        outcomes = await asyncio.gather(
            *(self._attempt(each, channels.get(each.channel_id)) for each in due), return_exceptions=True
        )
        for each, outcome in zip(due, outcomes, strict=True):
            if isinstance(outcome, BaseException):
                # What nobody foresaw keeps no other notice back, and is not tried for ever.
                _log.error("alert_delivery_failed", delivery=each.id, exc_info=outcome)
                outcome = DeliveryOutcome(ok=False, reason="It could not be sent.")  # noqa: PLW2901 - what is noted of it
            await self._note(each.id, outcome)

    async def _attempt(self, delivery: AlertDeliveryRow, channel: AlertChannelRow | None) -> DeliveryOutcome:
        if channel is None:
            return DeliveryOutcome(ok=False, reason="The channel was deleted.", final=True)
        if not channel.is_enabled:
            return DeliveryOutcome(ok=False, reason="The channel is turned off.", final=True)
        return await self._sender.send(channel, delivery.id, delivery.message)

    async def _note(self, delivery_id: str, outcome: DeliveryOutcome) -> None:
        async with self._database.write() as tx:
            row = await rows.find(tx, delivery_id, lock=True)
            if row is not None:
                note(row, outcome, self._now(), self._chance())
                await tx.flush()


def note(row: AlertDeliveryRow, outcome: DeliveryOutcome, moment: datetime, chance: float) -> None:
    """Write down how an attempt ended, and when the next one is; ``chance`` is from 0 to 1."""
    row.attempts += 1
    row.status, row.reason = outcome.status, outcome.reason
    if outcome.ok:
        row.state, row.sent_at, row.next_at = "sent", moment, None
    elif outcome.final or row.attempts > len(WAITS):
        row.state, row.next_at = "failed", None
    else:
        wait = WAITS[row.attempts - 1] * (1 + _SPREAD * (2 * chance - 1))
        row.next_at = moment + (wait if outcome.after is None else max(wait, outcome.after))
