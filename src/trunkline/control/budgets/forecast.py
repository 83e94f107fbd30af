"""What will have been spent at the end of a period."""

from __future__ import annotations

from typing import Final

from trunkline.core.period import Period

LEAST_PART: Final = 50
"""A forecast is made from a fiftieth of a period on: before that, a few calls say nothing about the rest."""


def forecast(spent: int, period: Period, at: int) -> int | None:
    """``spent`` until ``at``, carried on evenly to the end; None too early in a period, and where it has no end."""
    if period.end is None or not period.holds(at):
        return None
    length, elapsed = period.end - period.start, at - period.start
    if elapsed * LEAST_PART < length:
        return None
    return spent * length // elapsed
