"""What limits have counted in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import ceil

from trunkline.gateway.gates.gcra import SLACK, arrive, count_left, find_next
from trunkline.gateway.gates.limit_rule import Bucket, BucketState, LimitSet, Verdict, Want


class LocalMeters:
    """Buckets in memory, each until :meth:`sweep` finds nothing taken of it. ``clock`` is monotonic seconds."""

    __slots__ = ("_arrivals", "_clock", "_running")

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._arrivals: dict[str, float] = {}
        self._running: dict[str, int] = {}

    def take(self, wants: Sequence[Want]) -> Verdict:
        """All of ``wants``, or nothing where one of them cannot be had now."""
        now = self._clock()
        arrivals: dict[str, float] = {}
        refused: int | None = None
        longest: float | None = 0.0
        for place, (bucket, cost) in enumerate(wants):
            rule = bucket.rule
            if rule.parallel:
                if self._running.get(bucket.key, 0) + cost > rule.places and refused is None:
                    refused, longest = place, None
                continue
            tat, wait = arrive(self._arrivals.get(bucket.key, 0.0), now, rule.interval, rule.tolerance, cost)
            arrivals[bucket.key] = tat
            # Of several that are used up the one that lasts longest is told.
            if wait and (refused is None or longest is None or wait > longest):
                refused, longest = place, wait
        if refused is None:
            self._arrivals.update(arrivals)
            for bucket, cost in wants:
                if bucket.rule.parallel:
                    self._running[bucket.key] = self._running.get(bucket.key, 0) + cost
        return Verdict(refused, longest, tuple(self._tell(bucket, now) for bucket, _ in wants))

    def enter(self, limits: LimitSet, tokens: int) -> list[int] | None:
        """As :meth:`take`, of one request with that many ``tokens``, for who asks before every call: None where
        something cannot be had now, else how the buckets stand, in the figures that :attr:`.LimitSet.lines` tells."""
        if tokens > limits.most_tokens:
            return None
        now = self._clock()
        known = self._arrivals
        arrivals: dict[str, float] = {}
        figures: list[int] = []
        for key, interval, tolerance, by_tokens, steady in limits.rates:
            # As gcra.arrive, count_left and find_next have it, but for what is more than a burst at once.
            spent = tokens * interval if by_tokens else interval
            before = known.get(key)
            if before is not None and before > now:
                spent += before - now
            left = (tolerance - spent) / interval + SLACK
            if left < 0.0:
                return None
            arrivals[key] = now + spent
            whole = int(left)
            if steady and spent:
                figures += (whole, 1)
            else:
                figures += (whole, ceil((whole + 1) * interval - tolerance + spent) if spent else 0)
        if limits.places:
            running = self._running
            for key, most in limits.places:
                left = most - running.get(key, 0) - 1
                if left < 0:
                    return None
                figures.append(left)
            for key, _ in limits.places:
                running[key] = running.get(key, 0) + 1
        known.update(arrivals)
        return figures

    def leave(self, limits: LimitSet, tokens: int) -> None:
        """What a request took by :meth:`enter` ends: its places are free, and it used so many ``tokens`` more."""
        running = self._running
        for key, _ in limits.places:
            # It was counted there: none is forgotten before it is 0.
            running[key] -= 1
        if tokens and limits.tokens:
            now = self._clock()
            known = self._arrivals
            for key, interval in limits.token_rates:
                known[key] = max(known.get(key, 0.0), now) + tokens * interval

    def correct(self, changes: Iterable[tuple[Bucket, float]]) -> None:
        """Take so many units more of each bucket, or where negative give them back, whatever is left of it."""
        now = self._clock()
        for bucket, units in changes:
            key = bucket.key
            if bucket.rule.parallel:
                running = self._running.get(key, 0) + int(units)
                if running > 0:
                    self._running[key] = running
                else:
                    self._running.pop(key, None)
            else:
                self._arrivals[key] = max(self._arrivals.get(key, 0.0), now) + units * bucket.rule.interval

    def stretch(self, prefix: str, factor: float, most: float) -> None:
        """A unit of the buckets whose keys begin so takes ``factor`` times as long as before: as many stay taken. Where
        that is longer, at most all that fit into ``most`` seconds, or as long as before."""
        now = self._clock()
        for key, tat in self._arrivals.items():
            if key.startswith(prefix) and tat > now:
                taken = (tat - now) * factor
                self._arrivals[key] = now + (min(taken, max(tat - now, most)) if factor > 1 else taken)

    def sweep(self) -> None:
        """Forget the buckets that are whole again."""
        now = self._clock()
        for key in [key for key, tat in self._arrivals.items() if tat <= now]:
            del self._arrivals[key]
        for key in [key for key, count in self._running.items() if count <= 0]:
            del self._running[key]

    def _tell(self, bucket: Bucket, now: float) -> BucketState:
        rule = bucket.rule
        if rule.parallel:
            return BucketState(max(rule.places - self._running.get(bucket.key, 0), 0), None)
        tat = self._arrivals.get(bucket.key, 0.0)
        return BucketState(
            count_left(tat, now, rule.interval, rule.tolerance), find_next(tat, now, rule.interval, rule.tolerance)
        )
