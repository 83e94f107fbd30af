"""Rate limits of the management API: GCRA (https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm), in memory."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from trunkline.core.errors import TooMany

_LARGEST: Final = 100_000


class RateLimit:
    """At most ``per_minute`` takes of one key, at once or spread; they come back evenly over the minute.

    With several processes each is given its share by whoever makes this. Bounded: of 100,000 keys the one that was
    taken from longest ago is forgotten first.
    """

    def __init__(self, per_minute: float, what: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        """``what`` is counted, for the message: ``sign-in attempts``. ``clock`` gives seconds."""
        self._interval = 60 / per_minute
        self._burst = max(60 - self._interval, 0.0)
        self._per_minute = per_minute
        self._what = what
        self._clock = clock
        self._arrivals: OrderedDict[str, float] = OrderedDict()

    def take(self, key: str) -> None:
        """Count one. :class:`TooMany` with the seconds to wait when the limit is reached; that one is not counted."""
        now = self._clock()
        arrival = max(self._arrivals.get(key, now), now)
        wait = arrival - now - self._burst
        # A rounding error of the clock's arithmetic is no reason to refuse.
        if wait > 1e-9:
            raise TooMany(
                f"Too many {self._what}: at most {self._per_minute:g} a minute. Try again in {_seconds(wait)}.",
                retry_after=wait,
            )
        self._arrivals[key] = arrival + self._interval
        self._arrivals.move_to_end(key)
        while len(self._arrivals) > _LARGEST or (self._arrivals and next(iter(self._arrivals.values())) <= now):
            self._arrivals.popitem(last=False)

    def forgive(self, key: str) -> None:
        """Forget what was counted for ``key``: the attempts were good ones after all."""
        self._arrivals.pop(key, None)


def _seconds(wait: float) -> str:
    whole = max(1, int(wait + 0.999))
    return "1 second" if whole == 1 else f"{whole} seconds"
