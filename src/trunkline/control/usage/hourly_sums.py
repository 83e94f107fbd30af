"""The sums of each hour, from which reports are made."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from trunkline.control.usage.arrivals import Arrivals
from trunkline.control.usage.event_values import cut, limit
from trunkline.core.usage_event import UsageEvent
from trunkline.storage.intake.connection import Transaction
from trunkline.storage.intake.table import Values
from trunkline.storage.intake.tables import HOURS

_HOUR: Final = 3_600_000_000


class HourlySums:
    """The projection."""

    async def apply(self, tx: Transaction, events: Arrivals) -> None:
        """Add what is new to its hours."""
        if events.settled or events.amended:
            await tx.grow(HOURS, sum_values(events.settled, events.amended))


def sum_values(events: Iterable[UsageEvent], amended: Iterable[UsageEvent] = ()) -> list[Values]:
    """What ``events`` add to the hourly sums, one row per combination; those that are ``amended`` are counted already.

    Only ``error`` counts as an error: a client that hung up is none, and of an estimated call nothing is known. A call
    counts as unpriced when it used something, or may have, and its price is not known, or not all of it.
    """
    sums: dict[Values, list[int]] = {}
    for group, new in ((events, True), (amended, False)):
        for event in group:
            usage, opened_at = event.usage, event.opened_at
            key = (
                opened_at // _HOUR * _HOUR,
                event.workspace_id,
                event.user_id,
                event.configuration_id or "",
                event.provider,
                event.model,
            )
            grown = sums.get(key)
            if grown is None:
                grown = sums[key] = [0, 0, 0, 0, 0, 0, 0, opened_at]
            cost = event.cost_nanos
            grown[0] += new
            grown[1] += event.outcome == "error"
            if event.price_missing or (cost is None and (usage.total > 0 or event.outcome == "estimated")):
                grown[2] += 1
            grown[3] += limit(usage.input)
            grown[4] += limit(usage.output)
            grown[5] += limit(cost or 0)
            if new:
                grown[6] += limit(event.duration_us)
            grown[7] = max(grown[7], opened_at)
    return _join_cut(sums)


def _join_cut(sums: dict[Values, list[int]]) -> list[Values]:
    """As rows. Names that are too long are cut, and may be the same then."""
    joined: dict[Values, list[int]] = {}
    for key, counts in sums.items():
        short = (*key[:4], cut(key[4], 100), cut(key[5], 255))
        before = joined.get(short)
        if before is not None:
            *numbers, at = zip(before, counts, strict=True)
            joined[short] = [*map(sum, numbers), max(at)]
        else:
            joined[short] = counts
    return [(*key, *counts) for key, counts in joined.items()]
