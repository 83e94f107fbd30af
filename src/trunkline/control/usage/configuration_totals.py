"""What each configuration has served since it was made: for lists that show it of all, however long the history is."""

from __future__ import annotations

from trunkline.control.usage.event_values import limit
from trunkline.control.usage.projection import Arrivals
from trunkline.core.usage_event import UsageEvent
from trunkline.storage.intake.connection import Transaction
from trunkline.storage.intake.table import Values
from trunkline.storage.intake.tables import TOTALS


class ConfigurationTotals:
    """The projection."""

    async def apply(self, tx: Transaction, events: Arrivals) -> None:
        """Add what is new to its configuration."""
        totals = total_values(events)
        if totals:
            await tx.grow(TOTALS, totals)


def total_values(events: Arrivals) -> list[Values]:
    """What arrived, one row per configuration; calls that were amended are counted already."""
    totals: dict[tuple[str, str], list[int]] = {}

    def add(event: UsageEvent, new: bool) -> None:
        if event.configuration_id is not None:
            counts = totals.setdefault((event.workspace_id, event.configuration_id), [0, 0, 0])
            counts[0] += new
            counts[1] += limit(event.usage.input)
            counts[2] += limit(event.usage.output)

    for calls in events.alike:
        if calls.common.configuration_id is not None:
            counts = totals.setdefault((calls.common.workspace_id, calls.common.configuration_id), [0, 0, 0])
            counts[0] += len(calls.ids)
            counts[1] += sum(calls.inputs)
            counts[2] += sum(calls.outputs)
    for event in events.single:
        add(event, True)
    for event in events.amended:
        add(event, False)
    return [(*key, *counts) for key, counts in totals.items()]
