"""Spans of time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.control.usage.span import Span, read_span, read_zone
from trunkline.core.errors import InvalidInput

MOMENTS = st.integers(946_684_800, 4_102_444_800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(MOMENTS, st.sampled_from(["day", "week", "month"]))
def test_a_period_holds_its_moment_and_begins_at_midnight(now: datetime, period: str) -> None:
    span = read_span(period, None, None, now)
    assert span.since is not None
    assert span.until is not None
    assert span.since <= now < span.until
    assert span == span.widen()
    length = {"day": {1}, "week": {7}, "month": {28, 29, 30, 31}}[period]
    assert (span.until - span.since).days in length
    assert (span.since.hour, span.since.minute) == (0, 0)
    first, last = span.days(None, now)
    assert first == span.since.date()
    assert last == (span.until - timedelta(days=1)).date()


def test_weeks_begin_on_monday_and_months_end_in_december() -> None:
    now = datetime(2025, 12, 31, 23, tzinfo=UTC)
    assert read_span("week", None, None, now).days(None, now) == (date(2025, 12, 29), date(2026, 1, 4))
    assert read_span(None, None, None, now).days(None, now) == (date(2025, 12, 1), date(2025, 12, 31))


def test_a_zone_is_understood() -> None:
    span = read_span(None, "2025-01-01T01:00:00+02:00", "2025-01-02", datetime.now(UTC))
    assert span.since == datetime(2024, 12, 31, 23, tzinfo=UTC)
    assert span.until == datetime(2025, 1, 3, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "2025-13-01", "2025-01-01T00:00", "0001-01-01T00:00:00+14:00", "x" * 10])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_span(None, text, None, datetime.now(UTC))
    assert refused.value.fields[0].field == "from"


FAR = ["9999-12-31T23:59:59.999999Z", "0001-01-01T00:00:00Z", "9999-12-30", "0001-01-02", "1969-12-30", "2100-01-02"]


@pytest.mark.parametrize("text", FAR)
@pytest.mark.parametrize("field", ["from", "to"])
def test_what_is_far_from_all_usage_is_refused(field: str, text: str) -> None:
    with pytest.raises(InvalidInput, match=f"{field}: must lie between 1970 and 2100"):
        read_span(None, text if field == "from" else None, text if field == "to" else None, datetime.now(UTC))


def test_a_span_is_widened_to_the_quarters_that_it_touches() -> None:
    assert Span(None, None).widen() == Span(None, None)
    since, until = datetime(2025, 1, 1, 0, 14, 59, tzinfo=UTC), datetime(2025, 1, 1, 9, 0, 0, 1, UTC)
    wide = Span(since, until).widen()
    assert (wide.since, wide.until) == (datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, 9, 15, tzinfo=UTC))
    assert wide.widen() == wide


@pytest.mark.parametrize(
    ("period", "zone", "since", "until"),
    [
        ("day", "Asia/Kolkata", "2026-03-28T18:30", "2026-03-29T18:30"),
        ("day", "Europe/Berlin", "2026-03-28T23:00", "2026-03-29T22:00"),
        ("week", "America/New_York", "2026-03-23T04:00", "2026-03-30T04:00"),
        ("month", "Australia/Lord_Howe", "2026-02-28T13:00", "2026-03-31T13:00"),
    ],
)
def test_a_period_is_that_of_the_zone(period: str, zone: str, since: str, until: str) -> None:
    now = datetime(2026, 3, 29, 12, tzinfo=UTC)
    span = read_span(period, None, None, now, read_zone(zone))
    assert span.since == datetime.fromisoformat(since).replace(tzinfo=UTC)
    assert span.until == datetime.fromisoformat(until).replace(tzinfo=UTC)


@pytest.mark.parametrize("zone", ["", "Nowhere", "Europe/Nowhere", "../etc/passwd", "/etc/localtime", "Europe", "\0"])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_zone(zone)
    assert refused.value.fields[0].field == "timeZone"


def test_the_span_before_is_as_long_by_the_calendar() -> None:
    late = datetime(2026, 12, 1, tzinfo=UTC)
    berlin = read_zone("Europe/Berlin")
    march = read_span("month", None, None, datetime(2026, 3, 31, 23, tzinfo=UTC), UTC)
    assert march.before(late).since == datetime(2026, 2, 1, tzinfo=UTC)
    # The clocks went forward on the 29th: the day before has an hour more.
    day = read_span(None, "2026-03-29", "2026-03-29", late, berlin)
    before = day.before(late)
    assert (before.since, before.until) == (
        datetime(2026, 3, 27, 23, tzinfo=UTC),
        datetime(2026, 3, 28, 23, tzinfo=UTC),
    )
    hours = read_span(None, "2026-03-29T10:00:00Z", "2026-03-29T12:00:00Z", late)
    assert hours.before(late).since == datetime(2026, 3, 29, 8, tzinfo=UTC)
    morning = read_span(None, "2026-03-20", "2026-03-20T12:00:00Z", late)
    assert morning.before(late).since == datetime(2026, 3, 19, 12, tzinfo=UTC)


def test_of_the_span_before_only_what_has_passed_of_this_one_is_compared() -> None:
    now = datetime(2026, 3, 10, 6, tzinfo=UTC)
    before = read_span("month", None, None, now).before(now)
    assert (before.since, before.until) == (datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 2, 10, 6, tzinfo=UTC))
    # February has no more than 28 days of which anything could have passed.
    late = datetime(2026, 3, 31, 6, tzinfo=UTC)
    assert read_span("month", None, None, late).before(late).until == datetime(2026, 3, 1, tzinfo=UTC)


def test_a_span_without_a_length_is_refused() -> None:
    with pytest.raises(InvalidInput, match="must be before to"):
        read_span(None, "2026-03-29T10:00:00Z", "2026-03-29T10:00:00Z", datetime.now(UTC))


def test_the_last_day_is_never_before_the_first() -> None:
    span = Span(None, datetime(2026, 1, 1, tzinfo=UTC))
    first = datetime(2026, 2, 1, tzinfo=UTC)
    assert span.days(first, first) == (first.date(), first.date())


def test_all_time_has_nothing_before_it() -> None:
    with pytest.raises(InvalidInput, match="beginning"):
        Span(None, None).before(datetime.now(UTC))
