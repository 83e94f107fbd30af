"""What the 90 cells say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import msgspec
import pytest

from trunkline.control.health.history import CELLS, Window, make_history
from trunkline.core.health import HealthState
from trunkline.storage.health import Count

NOW = datetime(2026, 3, 29, 12, 7, tzinfo=UTC)
WINDOW = Window.until(NOW, "quarter")
LAST = WINDOW.first + CELLS - 1


def count(outcome: str, calls: int, slot: int = LAST, bucket: int = 0) -> Count:
    return Count("c", slot, outcome, bucket, calls)


def test_the_last_cell_is_under_way_and_they_follow_each_other() -> None:
    cells = make_history([], WINDOW).cells
    assert len(cells) == CELLS
    assert (cells[-1].begin, cells[-1].end) == (NOW.replace(minute=0), NOW.replace(minute=15))
    assert all(one.end == other.begin for one, other in pairwise(cells))
    days = make_history([], Window.until(NOW, "day")).cells
    assert (days[-1].begin, days[0].begin) == (datetime(2026, 3, 29, tzinfo=UTC), datetime(2025, 12, 30, tzinfo=UTC))
    assert days[0].end - days[0].begin == timedelta(days=1)


@pytest.mark.parametrize(
    ("counts", "state"),
    [
        ([], "unknown"),
        ([count("ok", 100), count("timeout", 5)], "healthy"),
        ([count("ok", 100), count("timeout", 6)], "degraded"),
        ([count("ok", 5), count("server", 3), count("unreachable", 2)], "down"),
        ([count("ok", 1), count("server", 1), count("auth", 1)], "unauthorized"),
        ([count("ok", 2), count("rate_limit", 2)], "rate_limited"),
        ([count("bad_request", 4)], "healthy"),
        ([count("probe:auth", 1)], "unauthorized"),
        ([count("probe:auth", 1), count("ok", 1)], "healthy"),
    ],
)
def test_a_cell_is_as_most_of_its_calls_and_without_calls_as_its_checks(
    counts: list[Count], state: HealthState
) -> None:
    assert make_history(counts, WINDOW).cells[-1].state == state


def test_uptime_is_the_share_of_calls_that_were_served() -> None:
    history = make_history(
        [
            count("ok", 6),
            count("bad_request", 1, LAST - 1),
            count("auth", 1),
            count("timeout", 2),
            count("probe:ok", 9),
        ],
        WINDOW,
    )
    assert (history.calls, history.failures, history.uptime) == (10, 3, 0.7)
    assert history.errors == {"auth": 1, "bad_request": 1, "timeout": 2}
    assert make_history([count("probe:ok", 3), count("probe:tcp", 1)], WINDOW).uptime == 1
    assert make_history([count("probe:ok", 3), count("probe:unreachable", 1)], WINDOW).uptime == 0.75
    assert make_history([], WINDOW).uptime is None


def test_percentiles_are_of_what_went_well() -> None:
    history = make_history(
        [count("ok", 19, bucket=40), count("ok", 2, bucket=48), count("timeout", 50, bucket=60)], WINDOW
    )
    assert (history.p50_ms, history.p95_ms) == (1_024, 4_096)


def test_without_cells_it_says_what_they_add_up_to() -> None:
    counts = [count("ok", 6), count("timeout", 2, LAST - 1), count("probe:ok", 9)]
    whole, short = make_history(counts, WINDOW), make_history(counts, WINDOW, cells=False)
    assert short.cells == ()
    assert msgspec.structs.replace(short, cells=whole.cells) == whole
