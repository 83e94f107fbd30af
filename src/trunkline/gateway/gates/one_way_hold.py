"""What a call has taken of limits in this process that can go one way only: little is made, since every call pays."""

from __future__ import annotations

import msgspec

from trunkline.core.usage_event import UsageEvent
from trunkline.gateway.gates.limit_rule import LimitSet
from trunkline.gateway.gates.local_meters import LocalMeters
from trunkline.gateway.journal.template import PlainEnd


class OneWayHold(msgspec.Struct, gc=False):
    """Implements :class:`~trunkline.gateway.gates.immediate_call.PlainHold`, as
    :class:`~trunkline.gateway.gates.limit_hold.LimitHold` does for calls that may go on to another configuration.

    ``cost`` are the tokens that were taken. A struct, as every call makes one.
    """

    meters: LocalMeters
    limits: LimitSet
    cost: int

    def settle(self, event: UsageEvent | PlainEnd) -> None:
        """See :class:`~trunkline.gateway.hold.Hold`."""
        limits, meters = self.limits, self.meters
        running = meters.running
        for key, _ in limits.places:
            # It was counted there: none is forgotten before it is 0.
            running[key] -= 1
        rates = limits.token_rates
        if not rates:
            return
        usage = event.usage
        more = usage.input + usage.output - self.cost
        if more:
            arrivals, now = meters.arrivals, meters.clock()
            for key, interval in rates:
                tat = arrivals.get(key)
                # To ask for the larger of both takes twice as long.
                arrivals[key] = (now if tat is None or tat < now else tat) + more * interval

    def void(self) -> None:
        """See :class:`~trunkline.gateway.hold.Hold`."""
        self.meters.correct([(bucket, -self.cost if bucket.rule.tokens else -1) for bucket in self.limits.buckets])
