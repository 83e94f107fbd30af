"""Periods that come again (a day, a week, a month) in a time zone, and their bounds as moments.

Moments are microseconds since the epoch. A day begins at its first moment in the zone, also where the clock was put
forward over midnight, so days have 23, 24 or 25 hours and periods neither overlap nor leave a gap.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal, get_args
from zoneinfo import ZoneInfo

import msgspec

from trunkline.core.time_zone import find_zone

PeriodKind = Literal["day", "week", "month", "total"]
"""``week`` begins on Monday (ISO 8601); ``total`` never ends."""

PERIOD_KINDS: Final[tuple[PeriodKind, ...]] = get_args(PeriodKind)

_SECOND: Final = 1_000_000


class Period(msgspec.Struct, frozen=True):
    """From ``start`` to ``end``, which is not in it; None: it has no end."""

    start: int
    end: int | None

    def holds(self, at: int) -> bool:
        """Whether ``at`` is in it."""
        return self.start <= at and (self.end is None or at < self.end)


def find_period(kind: PeriodKind, zone: str, at: int, since: int = 0) -> Period:
    """The period that holds ``at``. ``since`` is when a ``total`` begins. Raises KeyError for an unknown zone."""
    if kind == "total":
        return Period(since, None)
    place = find_zone(zone)
    if place is None:
        raise KeyError(zone)
    day = datetime.fromtimestamp(at // _SECOND, place).date()
    match kind:
        case "day":
            first, after = day, day + timedelta(days=1)
        case "week":
            first = day - timedelta(days=day.weekday())
            after = first + timedelta(days=7)
        case "month":
            first = day.replace(day=1)
            after = (first + timedelta(days=31)).replace(day=1)
    return Period(_begin(first, place), _begin(after, place))


def find_period_before(kind: PeriodKind, zone: str, period: Period) -> Period | None:
    """The period before; None where there is none."""
    return None if kind == "total" else find_period(kind, zone, period.start - 1)


def _begin(day: date, zone: ZoneInfo) -> int:
    """The first moment of ``day``, in microseconds."""
    local = datetime(day.year, day.month, day.day, tzinfo=zone)
    return int(local.astimezone(UTC).timestamp()) * _SECOND
