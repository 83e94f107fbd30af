"""What one call has taken of limits, until it is over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from trunkline.core.usage_event import UsageEvent
from trunkline.gateway.exchanges.exchange import Inspectable
from trunkline.gateway.gates.limit_rule import Bucket, BucketState, LimitRule, Verdict, Want


class Meters(Protocol):
    """Who counts. Neither waits nor raises."""

    def correct(self, changes: Iterable[tuple[Bucket, float]]) -> None:
        """Take so many units more of each bucket, or where negative give them back."""
        ...


class SharedMeters(Protocol):
    """Who counts for several processes (:mod:`trunkline.gateway.gates.shared_meters`)."""

    fault: str | None

    async def take(self, wants: Sequence[Want]) -> tuple[Verdict, Meters] | None:
        """All of ``wants``, or nothing where one of them cannot be had now. None: it cannot tell, and has a fault."""
        ...


class _Taken:
    """What was taken for the way to one candidate. ``configuration_id`` is set where that is taken for it alone."""

    __slots__ = ("configuration_id", "meters", "wants")

    def __init__(self, meters: Meters, configuration_id: str | None, wants: list[Want]) -> None:
        self.meters = meters
        self.configuration_id = configuration_id
        self.wants = wants


class LimitHold:
    """Implements :class:`~trunkline.gateway.hold.Hold`.

    A request that was sent stays taken. Tokens are taken as estimated, and corrected to what was used. A place among
    parallel calls is given back, whatever becomes of the call. Limits of configurations count those that were tried:
    a call that goes on to the next one leaves its place with the one before, and only the request stays taken there.
    """

    __slots__ = ("_cost", "_exchange", "_taken", "told")

    def __init__(self, exchange: Inspectable) -> None:
        self._exchange = exchange
        self._cost: int | None = None
        self._taken: list[_Taken] = []
        self.told: dict[str, tuple[LimitRule, BucketState]] = {}
        """How the buckets stood that the call takes from once, whoever serves it, by their keys."""

    def find_wants(self, buckets: Iterable[Bucket]) -> list[Want]:
        """What the call has to take of ``buckets``, less what it holds already."""
        return [
            Want(bucket, self._estimate() if bucket.rule.tokens else 1)
            for bucket in buckets
            if bucket.key not in self.told
        ]

    def _estimate(self) -> int:
        """The tokens of what is sent. What is answered is known at the end."""
        if self._cost is None:
            self._cost = self._exchange.guess_tokens()
        return self._cost

    def add(self, meters: Meters, configuration_id: str, wants: Sequence[Want], told: Sequence[BucketState]) -> None:
        """``wants`` were taken by ``meters`` for a call to that configuration."""
        shared: list[Want] = []
        own: list[Want] = []
        for want, state in zip(wants, told, strict=True):
            if want.bucket.rule.entry.subject == "configuration":
                own.append(want)
            else:
                shared.append(want)
                self.told[want.bucket.key] = want.bucket.rule, state
        if shared:
            self._taken.append(_Taken(meters, None, shared))
        if own:
            self._taken.append(_Taken(meters, configuration_id, own))

    def leave(self) -> None:
        """The configuration that the call went to has failed, and it goes on to another one."""
        for taken in self._taken:
            if taken.configuration_id is not None:
                gone = [want for want in taken.wants if want.bucket.rule.parallel or want.bucket.rule.tokens]
                taken.wants = [want for want in taken.wants if want not in gone]
                taken.meters.correct([(want.bucket, -want.cost) for want in gone])

    def settle(self, event: UsageEvent) -> None:
        """See :class:`~trunkline.gateway.hold.Hold`."""
        tried = {event.configuration_id, *(attempt.configuration_id for attempt in event.attempts)}
        for taken in self._taken:
            place = taken.configuration_id
            used = event.usage.total if place is None or place == event.configuration_id else 0
            sent = place is None or place in tried
            changes = [(want.bucket, _correct(want, used, sent)) for want in taken.wants]
            taken.meters.correct([change for change in changes if change[1]])

    def void(self) -> None:
        """See :class:`~trunkline.gateway.hold.Hold`."""
        for taken in self._taken:
            taken.meters.correct([(want.bucket, -want.cost) for want in taken.wants])


def _correct(want: Want, used: int, sent: bool) -> float:
    rule = want.bucket.rule
    if rule.parallel:
        return -want.cost
    if rule.tokens:
        return used - want.cost
    return 0 if sent else -want.cost
