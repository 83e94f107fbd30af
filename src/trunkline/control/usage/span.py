"""Spans of time that usage is asked for: this day, week, month, all of it, or from one moment to another, in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, cast, get_args

import msgspec

from trunkline.core.errors import InvalidInput

Period = Literal["day", "week", "month", "all"]


class Span(msgspec.Struct, frozen=True):
    """From ``since`` (included) to ``until`` (not included); None is without an end on that side."""

    since: datetime | None
    until: datetime | None
    period: Period | None = None

    @property
    def is_hourly(self) -> bool:
        """Whether both ends are on the hour, so that hourly sums answer exactly."""
        return all(
            end is None or (end.minute, end.second, end.microsecond) == (0, 0, 0) for end in (self.since, self.until)
        )

    def days(self, first: datetime | None, now: datetime) -> tuple[date, date]:
        """The first and the last day of it. Without an end: the day of ``first`` (what was used first), and today."""
        since = self.since or first or now
        until = self.until - timedelta(microseconds=1) if self.until is not None else now
        return since.date(), max(until.date(), since.date())


def read_span(period: str | None, since: str | None, until: str | None, now: datetime) -> Span:
    """The span that a caller names: a ``period`` (default: month) that holds ``now``, or from ``since`` to ``until``.

    Dates are whole days, the last one included; times need a zone. Weeks begin on Monday. Raises InvalidInput on the
    fields ``period``, ``from`` and ``to``.
    """
    if since is None and until is None:
        return _read_period(period or "month", now)
    if period is not None:
        raise InvalidInput.of("period", "leave it out where from or to is given.")
    begin = None if since is None else _read_moment("from", since, last=False)
    end = None if until is None else _read_moment("to", until, last=True)
    if begin is not None and end is not None and begin >= end:
        raise InvalidInput.of("from", "must be before to.")
    return Span(begin, end)


def _read_period(period: str, now: datetime) -> Span:
    if period not in get_args(Period):
        raise InvalidInput.of("period", f"must be one of {', '.join(get_args(Period))}.")
    today = now.astimezone(UTC).date()
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
            return Span(None, None, "all")
    return Span(_midnight(first), _midnight(after), cast("Period", period))


def _read_moment(field: str, text: str, *, last: bool) -> datetime:
    try:
        if len(text) == 10:
            day = date.fromisoformat(text)
            return _midnight(day + timedelta(days=1) if last else day)
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise InvalidInput.of(field, "needs a time zone, such as 2026-01-31T12:00:00Z.")
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidInput.of(
            field, "must be a date such as 2026-01-31 or a time such as 2026-01-31T12:00:00Z."
        ) from None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
