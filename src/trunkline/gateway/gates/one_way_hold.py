"""What a call has taken of limits in this process that can go one way only: little is made, since every call pays."""

from __future__ import annotations

from trunkline.core.usage_event import UsageEvent
from trunkline.gateway.gates.limit_rule import LimitSet
from trunkline.gateway.gates.local_meters import LocalMeters
from trunkline.gateway.journal.template import PlainEnd


class OneWayHold:
    """Implements :class:`~trunkline.gateway.gates.immediate_call.PlainHold`, as
    :class:`~trunkline.gateway.gates.limit_hold.LimitHold` does for calls that may go on to another configuration.

    ``cost`` are the tokens that were taken.
    """

    __slots__ = ("_cost", "_limits", "_meters")

    def __init__(self, meters: LocalMeters, limits: LimitSet, cost: int) -> None:
        self._meters = meters
        self._limits = limits
        self._cost = cost

    def settle(self, event: UsageEvent | PlainEnd) -> None:
        """See :class:`~trunkline.gateway.hold.Hold`."""
        usage = event.usage
        self._meters.leave(self._limits, usage.input + usage.output - self._cost)

    def void(self) -> None:
        """See :class:`~trunkline.gateway.hold.Hold`."""
        self._meters.correct([(bucket, -self._cost if bucket.rule.tokens else -1) for bucket in self._limits.buckets])
