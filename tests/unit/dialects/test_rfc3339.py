"""Times as texts."""

from __future__ import annotations

import pytest

from trunkline.dialects.rfc3339 import read_time, write_time


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2025-11-20T23:56:24Z", 1763682984),
        ("2025-11-20T23:56:24.123456789Z", 1763682984),
        ("2025-11-21T01:56:24.5+02:00", 1763682984),
        ("2025-11-20T23:56:24", 1763682984),
        ("1970-01-01T00:00:00Z", 0),
        ("yesterday", 0),
        ("", 0),
        (None, 0),
        ("0001-01-01T00:00:00Z", 0),
        ("0001-01-01T00:00:00+23:00", 0),
    ],
)
def test_what_is_no_time_is_zero(text: str | None, seconds: int) -> None:
    assert read_time(text) == seconds


@pytest.mark.parametrize("seconds", [0, 1763682984, 2**32])
def test_a_time_comes_back(seconds: int) -> None:
    assert read_time(write_time(seconds)) == seconds


def test_times_beyond_the_calendar_are_cut_to_it() -> None:
    assert write_time(-5) == "1970-01-01T00:00:00Z"
    assert write_time(10**30) == "9999-12-31T23:59:59Z"
