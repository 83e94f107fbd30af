"""Spans of time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.control.usage.span import Span, read_span
from trunkline.core.errors import InvalidInput

MOMENTS = st.integers(946_684_800, 4_102_444_800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(MOMENTS, st.sampled_from(["day", "week", "month"]))
def test_a_period_holds_its_moment_and_begins_at_midnight(now: datetime, period: str) -> None:
    span = read_span(period, None, None, now)
    assert span.since is not None
    assert span.until is not None
    assert span.since <= now < span.until
    assert span.is_hourly
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


def test_only_whole_hours_are_hourly() -> None:
    assert Span(None, None).is_hourly
    assert not Span(datetime(2025, 1, 1, 0, 0, 0, 1, UTC), None).is_hourly
