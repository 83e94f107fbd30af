"""Spans of time that usage is asked for."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final, Literal, cast, get_args

import msgspec

from trunkline.core.errors import InvalidInput
from trunkline.core.time_zone import find_zone

Period = Literal["day", "week", "month", "all"]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST: Final = datetime(2100, 1, 1, tzinfo=UTC)
"""Nothing was used before the epoch, and beyond a century nothing has to be added up: a span has days that can be
counted, and room for what is before and after it."""
_QUARTER: Final = timedelta(minutes=15)
"""Sums are kept of quarters of an hour: every zone's days begin with one."""


class Span(msgspec.Struct, frozen=True):
    """From ``since`` (included) to ``until`` (not included); None is without an end on that side. Both are in UTC, and
    its days are those of ``zone``.
    """

    since: datetime | None
    until: datetime | None
    period: Period | None = None
    zone: tzinfo = UTC

    def days(self, first: datetime | None, now: datetime) -> tuple[date, date]:
        """The first and the last day of it. Without an end: the day of ``first`` (what was used first), and today."""
        since = self.since or first or now
        until = self.until - timedelta(microseconds=1) if self.until is not None else now
        begin, end = since.astimezone(self.zone).date(), until.astimezone(self.zone).date()
        return begin, max(end, begin)

    def widen(self) -> Span:
        """The quarters of an hour that it touches, for what is added up from their sums."""
        since, until = self.since, self.until
        return msgspec.structs.replace(
            self,
            since=None if since is None else _EPOCH + quarter_of(since) * _QUARTER,
            until=None if until is None else _EPOCH + quarter_after(until) * _QUARTER,
        )

    def before(self, now: datetime) -> Span:
        """The span of the same length that ends where this one begins: the calendar's day, week or month before, as
        many days, or as long a time. Of one that lasts beyond ``now``, only as much as has passed of this one.

        Raises InvalidInput on the field ``compare`` where this one has no beginning.
        """
        since = self.since
        if since is None:
            raise InvalidInput.of("compare", "needs a beginning: set period to day, week or month, or from.")
        until = self.until or now
        first, last = since.astimezone(self.zone), until.astimezone(self.zone)
        if self.period == "month":
            before = midnight((first.date() - timedelta(days=1)).replace(day=1), self.zone)
        elif midnight(first.date(), self.zone) == since and midnight(last.date(), self.zone) == until:
            before = midnight(first.date() - (last.date() - first.date()), self.zone)
        else:
            before = since - (until - since)
        passed = before + (now - since) if since < now < until else since
        return Span(before, min(passed, since), zone=self.zone).widen()


def read_span(
    period: str | None, since: str | None, until: str | None, now: datetime, zone: tzinfo | None = None
) -> Span:
    """The span that a caller names: a ``period`` (default: month) that holds ``now``, or from ``since`` to ``until``.

    Dates are whole days of ``zone`` (UTC), the last one included; times need a zone of their own. Weeks begin on
    Monday. Raises InvalidInput on the fields ``period``, ``from`` and ``to``, also for what is not between 1970 and
    2100.
    """
    zone = zone or UTC
    if since is None and until is None:
        return _read_period(period or "month", now, zone)
    if period is not None:
        raise InvalidInput.of("period", "leave it out where from or to is given.")
    begin = None if since is None else _read_moment("from", since, zone, last=False)
    end = None if until is None else _read_moment("to", until, zone, last=True)
    if begin is not None and end is not None and begin >= end:
        raise InvalidInput.of("from", "must be before to.")
    return Span(begin, end, zone=zone)


def read_zone(name: str | None) -> tzinfo:
    """The zone of that name in the IANA's database; UTC for None. Raises InvalidInput on the field ``timeZone``."""
    if name is None or name == "UTC":
        return UTC
    zone = find_zone(name)
    if zone is None:
        raise InvalidInput.of(
            "timeZone", "is no time zone that is known here. Write one such as Europe/Berlin, Asia/Kolkata or UTC."
        )
    return zone


def midnight(day: date, zone: tzinfo) -> datetime:
    """When ``day`` begins in ``zone``, in UTC. A midnight that the clocks skip is the moment in which they do."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def quarter_of(moment: datetime) -> int:
    """The quarter of an hour that holds ``moment``, counted from the epoch."""
    return (moment - _EPOCH) // _QUARTER


def quarter_after(moment: datetime) -> int:
    """The first one that does not begin before ``moment``."""
    return -((_EPOCH - moment) // _QUARTER)


def _read_period(period: str, now: datetime, zone: tzinfo) -> Span:
    if period not in get_args(Period):
        raise InvalidInput.of("period", f"must be one of {', '.join(get_args(Period))}.")
    today = now.astimezone(zone).date()
    match cast("Period", period):
        case "day":
            first, after = today, today + timedelta(days=1)
        case "week":
            first = today - timedelta(days=today.weekday())
            after = first + timedelta(days=7)
        case "month":
            first = today.replace(day=1)
            after = (first + timedelta(days=32)).replace(day=1)
        case "all":
            return Span(None, None, "all", zone)
    return Span(midnight(first, zone), midnight(after, zone), cast("Period", period), zone)


def _read_moment(field: str, text: str, zone: tzinfo, *, last: bool) -> datetime:
    try:
        if len(text) == 10:
            day = date.fromisoformat(text)
            moment = midnight(day + timedelta(days=1) if last else day, zone)
        else:
            moment = datetime.fromisoformat(text)
            if moment.tzinfo is None:
                raise InvalidInput.of(field, "needs a time zone, such as 2026-01-31T12:00:00Z.")
            moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidInput.of(
            field, "must be a date such as 2026-01-31 or a time such as 2026-01-31T12:00:00Z."
        ) from None
    if not _EPOCH <= moment <= _LAST:
        raise InvalidInput.of(field, "must lie between 1970 and 2100; leave it out for a span without an end.")
    return moment
