"""Quiet hours are what clocks show, also over midnight and where clocks are changed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from trunkline.control.alerts.quiet_hours import QuietHours, read_quiet, write_quiet

NIGHT = QuietHours(start="22:00", end="07:00", time_zone="Europe/Berlin")
NOON = QuietHours(start="12:00", end="13:30", time_zone="UTC")


@pytest.mark.parametrize(
    ("hours", "moment", "held"),
    [
        (NOON, "2026-01-10T11:59", False),
        (NOON, "2026-01-10T12:00", True),
        (NOON, "2026-01-10T13:29", True),
        (NOON, "2026-01-10T13:30", False),
        (NIGHT, "2026-01-10T20:59", False),
        (NIGHT, "2026-01-10T21:00", True),
        (NIGHT, "2026-01-11T05:59", True),
        (NIGHT, "2026-01-11T06:00", False),
        # In summer, clocks there show two hours more than UTC.
        (NIGHT, "2026-07-10T20:00", True),
        (NIGHT, "2026-07-11T05:00", False),
        # In this night 02:00 to 03:00 does not exist.
        (NIGHT, "2026-03-29T04:59", True),
        (NIGHT, "2026-03-29T05:00", False),
    ],
)
def test_what_clocks_show_counts(hours: QuietHours, moment: str, held: bool) -> None:
    assert hours.hold("warning", datetime.fromisoformat(moment).replace(tzinfo=UTC)) is held


def test_what_is_critical_passes_unless_told_otherwise() -> None:
    moment = datetime(2026, 1, 10, 12, 15, tzinfo=UTC)
    assert NOON.hold("critical", moment) is False
    assert QuietHours(start="12:00", end="13:30", hold_critical=True).hold("critical", moment) is True


@pytest.mark.parametrize(
    ("hours", "field"),
    [
        (QuietHours(start="24:00", end="07:00"), "quietHours.start"),
        (QuietHours(start="22:00", end="7:00"), "quietHours.end"),
        (QuietHours(start="22:00", end="22:00"), "quietHours.end"),
        (QuietHours(start="22:00", end="07:00", time_zone="Mars/Olympus"), "quietHours.timeZone"),
        (QuietHours(start="٢٢:00", end="07:00"), "quietHours.start"),
    ],
)
def test_what_is_wrong_is_named(hours: QuietHours, field: str) -> None:
    assert [error.field for error in hours.check("quietHours")] == [field]


def test_they_are_stored_as_they_are() -> None:
    assert read_quiet(write_quiet(NIGHT)) == NIGHT
    assert read_quiet(write_quiet(None)) is None
