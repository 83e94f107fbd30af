"""Periods in a time zone: whole days of the place, also when the clock is changed."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.core.period import PeriodKind, find_period, find_period_before
from trunkline.core.time_zone import find_zone

HOUR = 3_600_000_000
BERLIN = "Europe/Berlin"


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1_000_000)


@pytest.mark.parametrize(
    ("kind", "zone", "moment", "start", "end"),
    [
        ("day", "UTC", "2026-11-29T16:00:00+00:00", "2026-11-29T00:00:00+00:00", "2026-11-30T00:00:00+00:00"),
        ("day", BERLIN, "2026-11-29T23:30:00+00:00", "2026-11-30T00:00:00+01:00", "2026-12-01T00:00:00+01:00"),
        # 23 hours and 25 hours.
        ("day", BERLIN, "2026-03-29T12:00:00+00:00", "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00"),
        ("day", BERLIN, "2026-10-25T12:00:00+00:00", "2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00"),
        ("week", BERLIN, "2026-03-29T12:00:00+00:00", "2026-03-23T00:00:00+01:00", "2026-03-30T00:00:00+02:00"),
        ("month", BERLIN, "2026-03-31T21:59:59+00:00", "2026-03-01T00:00:00+01:00", "2026-04-01T00:00:00+02:00"),
        ("month", "Asia/Kathmandu", "2026-12-31T18:20:00+00:00", "2027-01-01T00:00:00+05:45",
         "2027-02-01T00:00:00+05:45"),
        # Midnight was skipped: the day begins at one o'clock, when the night ends.
        ("day", "America/Sao_Paulo", "2018-11-04T12:00:00+00:00", "2018-11-04T03:00:00+00:00",
         "2018-11-05T02:00:00+00:00"),
        # Midnight came twice: the day begins with the first.
        ("day", "America/Havana", "2026-11-01T12:00:00+00:00", "2026-11-01T04:00:00+00:00",
         "2026-11-02T05:00:00+00:00"),
        # A day that there was not.
        ("day", "Pacific/Apia", "2011-12-30T09:59:59+00:00", "2011-12-29T10:00:00+00:00",
         "2011-12-30T10:00:00+00:00"),
    ],
)  # fmt: skip
def test_bounds(kind: PeriodKind, zone: str, moment: str, start: str, end: str) -> None:
    period = find_period(kind, zone, at(moment))
    assert (period.start, period.end) == (at(start), at(end))


def test_a_total_has_no_end() -> None:
    period = find_period("total", BERLIN, at("2030-01-01T00:00:00+00:00"), since=17)
    assert (period.start, period.end) == (17, None)
    assert find_period_before("total", BERLIN, period) is None


def test_the_period_before_ends_where_this_begins() -> None:
    period = find_period("month", BERLIN, at("2026-03-15T00:00:00+00:00"))
    before = find_period_before("month", BERLIN, period)
    assert before is not None
    assert (before.end, datetime.fromtimestamp(before.start / 1e6, UTC).month) == (period.start, 1)


@given(
    kind=st.sampled_from(["day", "week", "month"]),
    zone=st.sampled_from(sorted(filter(find_zone, available_timezones()))),
    moment=st.integers(0, 4_000_000_000),
)
def test_periods_join_without_gap_or_overlap(kind: PeriodKind, zone: str, moment: int) -> None:
    period = find_period(kind, zone, moment * 1_000_000)
    assert period.holds(moment * 1_000_000)
    assert period.end is not None
    assert not period.holds(period.start - 1)
    assert not period.holds(period.end)
    assert find_period(kind, zone, period.end).start == period.end
    assert find_period(kind, zone, period.end - 1) == period
    assert find_period(kind, zone, period.start) == period
    local = datetime.fromtimestamp(period.start / 1_000_000, ZoneInfo(zone))
    assert kind != "month" or local.day == 1 or local.hour in {0, 1}
