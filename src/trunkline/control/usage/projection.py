"""What a batch of the journal brought, as those see it who add something up from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from trunkline.control.usage.alike_calls import AlikeCalls
from trunkline.core.policy import ViolationEvent
from trunkline.core.rate_reading import RateReading
from trunkline.core.usage_event import UsageEvent
from trunkline.storage.intake.connection import Transaction


class Arrivals(msgspec.Struct, frozen=True):
    """Calls that are ``settled`` are new in the database. Those that are ``amended`` were there without their end: what
    they used is new, the call is not. Of ``violations`` and ``readings`` some may have come before.
    """

    single: Sequence[UsageEvent] = ()
    """Settled calls that are looked at one by one."""
    alike: Sequence[AlikeCalls] = ()
    """All the others."""
    amended: Sequence[UsageEvent] = ()
    amended_from: Sequence[str] = ()
    """How each of ``amended`` seemed to have ended before."""
    violations: Sequence[ViolationEvent] = ()
    readings: Sequence[RateReading] = ()

    @property
    def settled(self) -> list[UsageEvent]:
        """Every new call by itself. Those that are alike are made events of each time."""
        return [*(event for calls in self.alike for event in calls.events()), *self.single]


class Projection(Protocol):
    """Something that is added up from what arrives, such as the sums of reports."""

    async def apply(self, tx: Transaction, events: Arrivals) -> None:
        """Add ``events``, in the transaction that stores them. It may be rolled back, and then comes again."""
        ...
