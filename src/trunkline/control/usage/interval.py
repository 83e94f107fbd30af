"""The hours, days, weeks and months of a span, as the clocks and calendars of a zone have them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final, Literal, get_args

from trunkline.control.usage.span import midnight
from trunkline.core.errors import InvalidInput

Interval = Literal["hour", "day", "week", "month"]

MOST: Final = 1_000
"""Parts that a span is divided into at most."""

_QUARTER: Final = timedelta(minutes=15)
_SHORTEST: Final = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(7), "month": timedelta(28)}


def read_interval(word: str | None) -> Interval | None:
    """Raises InvalidInput on the field ``interval``."""
    for known in get_args(Interval):
        if word == known:
            return known
    if word is not None:
        raise InvalidInput.of("interval", f"must be one of {', '.join(get_args(Interval))}.")
    return None


def check_length(since: datetime, until: datetime, interval: Interval) -> None:
    """Raises InvalidInput on the field ``interval`` where the span has more than :data:`MOST` of these."""
    if (until - since) // _SHORTEST[interval] > MOST:
        raise InvalidInput.of("interval", f"divides this span into more than {MOST} parts: take a longer one.")


def divide(since: datetime, until: datetime, interval: Interval, zone: tzinfo) -> list[datetime]:
    """``since``, the moments within at which an interval begins in ``zone``, and ``until``; all in UTC.

    An hour that comes twice when the clocks go back is two; a day has 23 to 25 of them.
    """
    begin = _hours(since, until, zone) if interval == "hour" else _days(since, until, interval, zone)
    # A day that a zone has skipped begins and ends in one moment.
    return sorted({since, until, *(moment for moment in begin if since < moment < until)})


def _days(since: datetime, until: datetime, interval: Interval, zone: tzinfo) -> Iterator[datetime]:
    day, last = since.astimezone(zone).date(), until.astimezone(zone).date()
    while day <= last:
        if interval == "day" or (day.weekday() == 0 if interval == "week" else day.day == 1):
            yield midnight(day, zone)
        day += timedelta(days=1)


def _hours(since: datetime, until: datetime, zone: tzinfo) -> Iterator[datetime]:
    moment, before = since.astimezone(UTC), None
    while moment < until:
        local = moment.astimezone(zone)
        # Where clocks change by half an hour, one hour has no beginning, or two.
        if local.minute == 0 or local.hour != before:
            yield moment
        moment, before = moment + _QUARTER, local.hour
