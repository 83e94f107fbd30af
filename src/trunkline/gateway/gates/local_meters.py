"""What limits have counted in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from trunkline.gateway.gates.gcra import arrive, count_left, find_next
from trunkline.gateway.gates.limit_rule import Bucket, BucketState, Verdict, Want


class LocalMeters:
    """Buckets in memory, each until :meth:`sweep` finds nothing taken of it. ``clock`` is monotonic seconds."""

    __slots__ = ("arrivals", "clock", "running")

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.arrivals: dict[str, float] = {}
        """Theoretical ones, by the keys of buckets that fill up in time (:mod:`trunkline.gateway.gates.gcra`)."""
        self.running: dict[str, int] = {}
        """Calls that run now, by the keys of buckets of places."""

    def take(self, wants: Sequence[Want]) -> Verdict:
        """All of ``wants``, or nothing where one of them cannot be had now."""
        now = self.clock()
        arrivals: dict[str, float] = {}
        refused: int | None = None
        longest: float | None = 0.0
        for place, (bucket, cost) in enumerate(wants):
            rule = bucket.rule
            if rule.parallel:
                if self.running.get(bucket.key, 0) + cost > rule.places and refused is None:
                    refused, longest = place, None
                continue
            tat, wait = arrive(self.arrivals.get(bucket.key, 0.0), now, rule.interval, rule.tolerance, cost)
            arrivals[bucket.key] = tat
            # Of several that are used up the one that lasts longest is told.
            if wait and (refused is None or longest is None or wait > longest):
                refused, longest = place, wait
        if refused is None:
            self.arrivals.update(arrivals)
            for bucket, cost in wants:
                if bucket.rule.parallel:
                    self.running[bucket.key] = self.running.get(bucket.key, 0) + cost
        return Verdict(refused, longest, tuple(self._tell(bucket, now) for bucket, _ in wants))

    def correct(self, changes: Iterable[tuple[Bucket, float]]) -> None:
        """Take so many units more of each bucket, or where negative give them back, whatever is left of it."""
        now = self.clock()
        for bucket, units in changes:
            key = bucket.key
            if bucket.rule.parallel:
                running = self.running.get(key, 0) + int(units)
                if running > 0:
                    self.running[key] = running
                else:
                    self.running.pop(key, None)
            else:
                self.arrivals[key] = max(self.arrivals.get(key, 0.0), now) + units * bucket.rule.interval

    def stretch(self, prefix: str, factor: float, most: float) -> None:
        """A unit of the buckets whose keys begin so takes ``factor`` times as long as before: as many stay taken. Where
        that is longer, at most all that fit into ``most`` seconds, or as long as before."""
        now = self.clock()
        for key, tat in self.arrivals.items():
            if key.startswith(prefix) and tat > now:
                taken = (tat - now) * factor
                self.arrivals[key] = now + (min(taken, max(tat - now, most)) if factor > 1 else taken)

    def sweep(self) -> None:
        """Forget the buckets that are whole again."""
        now = self.clock()
        for key in [key for key, tat in self.arrivals.items() if tat <= now]:
            del self.arrivals[key]
        for key in [key for key, count in self.running.items() if count <= 0]:
            del self.running[key]

    def _tell(self, bucket: Bucket, now: float) -> BucketState:
        rule = bucket.rule
        if rule.parallel:
            return BucketState(max(rule.places - self.running.get(bucket.key, 0), 0), None)
        tat = self.arrivals.get(bucket.key, 0.0)
        return BucketState(
            count_left(tat, now, rule.interval, rule.tolerance), find_next(tat, now, rule.interval, rule.tolerance)
        )
