"""Running totals of this process, for ``/metrics``: plain numbers that a call adds to without a lock."""

from __future__ import annotations

from bisect import bisect_left
from typing import Final

import msgspec

from trunkline.core.usage_event import Opened, UsageEvent

BUCKETS: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0)
"""Upper bounds of the histogram of durations, in seconds; the last bucket is without one."""


class Totals(msgspec.Struct):
    """Totals of the calls with the same labels. ``durations[i]`` counts those up to ``BUCKETS[i]``, not cumulated."""

    calls: int = 0
    retries: int = 0
    unpriced: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_nanos: int = 0
    seconds: float = 0.0
    durations: list[int] = msgspec.field(default_factory=lambda: [0] * (len(BUCKETS) + 1))


class CallCounters:
    """Totals by (operation, provider, outcome), and the number of calls under way."""

    __slots__ = ("active", "totals")

    def __init__(self) -> None:
        self.active = 0
        self.totals: dict[tuple[str, str, str], Totals] = {}

    def opened(self, opened: Opened) -> None:
        """See :class:`~trunkline.gateway.call_observer.CallObserver`."""
        self.active += 1

    def settled(self, event: UsageEvent) -> None:
        """See :class:`~trunkline.gateway.call_observer.CallObserver`."""
        self.active -= 1
        if event.part != "look":
            self.add(event)

    def add(self, event: UsageEvent) -> None:
        """Count a settled call."""
        labels = (event.operation, event.provider, event.outcome)
        totals = self.totals.get(labels)
        if totals is None:
            totals = self.totals[labels] = Totals()
        totals.calls += 1
        if event.attempts:
            totals.retries += len(event.attempts) - (event.outcome == "error")
        totals.input_tokens += event.usage.input
        totals.output_tokens += event.usage.output
        if event.cost_nanos is None:
            totals.unpriced += 1
        else:
            totals.cost_nanos += event.cost_nanos
        seconds = event.duration_us / 1_000_000
        totals.seconds += seconds
        totals.durations[bisect_left(BUCKETS, seconds)] += 1
