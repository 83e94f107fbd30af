"""The generic cell rate algorithm, in its form with a theoretical arrival time (virtual scheduling).

A bucket's whole state is one moment, the theoretical arrival time (TAT): when all that was taken is free again. With an
*interval* of seconds for one unit and a *tolerance* of the burst's units times the interval, ``cost`` units at ``now``
lead to

    TAT' = max(TAT, now) + cost · interval          and are let in when          TAT' − now ≤ tolerance

So in any time of ``t`` seconds no more than ``burst + t / interval`` units are let in.

ITU-T I.371, annex A; https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm, https://brandur.org/rate-limiting.
"""

from __future__ import annotations

from math import floor
from typing import Final

SLACK: Final = 1e-3
"""The part of a unit that rounding may make up for: sums of fractions of seconds are not exact."""


def arrive(tat: float, now: float, interval: float, tolerance: float, cost: float) -> tuple[float, float]:
    """The TAT with ``cost`` units more, and how many seconds are to be waited until they may be taken; 0 for now.

    What costs more than the tolerance lets in at all is let in when nothing of it is taken, and is paid for in full.
    """
    start = max(tat, now)
    used = cost * interval
    wait = start + min(used, tolerance) - now - tolerance
    return start + used, wait if wait > SLACK * interval else 0.0


def count_left(tat: float, now: float, interval: float, tolerance: float) -> int:
    """The whole units that may be taken now."""
    left = (tolerance - max(tat - now, 0.0)) / interval
    return max(floor(left + SLACK), 0)


def find_next(tat: float, now: float, interval: float, tolerance: float) -> float:
    """Seconds until one unit more may be taken than now; 0 where nothing is taken."""
    taken = max(tat - now, 0.0)
    if taken == 0.0:
        return 0.0
    left = count_left(tat, now, interval, tolerance)
    return max(taken - (tolerance - (left + 1) * interval), 0.0)
