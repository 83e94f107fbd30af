"""What calls add to their quarters of an hour, their days and their eight days."""

from __future__ import annotations

from typing import Any

from tests.unit.control.usage.settled import HOUR, START, event

from trunkline.control.usage.event_values import LARGEST
from trunkline.control.usage.projection import Arrivals
from trunkline.control.usage.usage_sums import sum_values
from trunkline.core.chat import Usage
from trunkline.core.usage_event import UsageEvent
from trunkline.storage.intake.tables import GROUPS, SUMS
from trunkline.storage.intake.usage_group import WHOLE

QUARTER = 900_000_000


def sums_of(
    events: list[UsageEvent], amended: list[UsageEvent] | None = None, before: str = "ok", grain: int = 15
) -> list[dict[str, Any]]:
    """Each sum with its group, of one grain."""
    arrivals = Arrivals(single=events, amended=amended or [], amended_from=[before] * len(amended or []))
    groups, sums = sum_values(arrivals)
    named = {row[0]: dict(zip(GROUPS.columns, row, strict=True)) for row in groups}
    rows = [dict(zip(SUMS.columns, row, strict=True)) for row in sums]
    return [named[row["group_id"]] | row for row in rows if row["grain"] == grain and row["group_id"] != WHOLE]


def test_each_combination_has_its_row_in_each_quarter() -> None:
    same = {"configuration_id": "c", "duration_us": 10, "cost_nanos": 3, "usage": Usage(input=2, output=1, cached=1)}
    rows = sums_of(
        [
            event("w", **same, opened_at=START + 5),
            event("w", **same, opened_at=START + 1, tags=()),
            event("w", **same, opened_at=START + QUARTER),
            event("w", **same, model="another"),
            event("w", tags=("a", "b"), key_id="k"),
        ]
    )
    counts = ("request_count", "input_tokens", "output_tokens", "cached_tokens", "cost_nanos", "duration_us")
    assert [rows[0][name] for name in counts] == [2, 4, 2, 2, 6, 20]
    assert rows[0]["last_used_at"] == START + 5
    assert [(row["slot"] - START // QUARTER, row["model"], row["tags"], row["key_id"]) for row in rows] == [
        (0, "gpt-4o-mini", None, None),
        (1, "gpt-4o-mini", None, None),
        (0, "another", None, None),
        (0, "gpt-4o-mini", "a,b", "k"),
    ]


def test_days_add_up_their_quarters() -> None:
    (row,) = sums_of([event("w", opened_at=START + hour * HOUR, cost_nanos=1) for hour in range(3)], grain=1440)
    assert (row["slot"], row["request_count"], row["cost_nanos"]) == (START // (24 * HOUR), 3, 3)
    assert row["last_used_at"] == START + 2 * HOUR


def test_days_begin_every_four_hours() -> None:
    """Of calls of each hour of the second of three days, so many are in the first and in the second day."""
    day = START // (24 * HOUR)
    calls = [event("w", opened_at=(day * 24 + hour) * HOUR) for hour in range(24)]
    for begin in range(0, 24, 4):
        rows = sums_of(calls, grain=1440 + begin * 60)
        counts = {row["slot"] - day: row["request_count"] for row in rows}
        assert counts == ({0: 24} if begin == 0 else {-1: begin, 0: 24 - begin})


def test_eight_days_are_counted_from_the_epoch() -> None:
    calls = [event("w", opened_at=day * 24 * HOUR) for day in range(15, 25)]
    assert [(row["slot"], row["request_count"]) for row in sums_of(calls, grain=11_520)] == [(1, 1), (2, 8), (3, 1)]


def test_all_calls_together_are_added_up_too() -> None:
    _, sums = sum_values(Arrivals(single=[event("w", model=name, cost_nanos=2) for name in "abc"]))
    rows = [dict(zip(SUMS.columns, row, strict=True)) for row in sums]
    whole = [(row["grain"], row["request_count"], row["cost_nanos"]) for row in rows if row["group_id"] == WHOLE]
    assert whole == [(grain, 3, 6) for grain in (15, 1440, 1680, 1920, 2160, 2400, 2640, 11_520)]


def test_of_an_amended_call_only_what_it_used_is_new() -> None:
    (row,) = sums_of([], [event("w", usage=Usage(input=2), cost_nanos=4, duration_us=7)])
    names = ("request_count", "error_count", "input_tokens", "cost_nanos", "duration_us")
    assert [row[name] for name in names] == [0, 0, 2, 4, 0]


def test_what_was_saved_is_added_up() -> None:
    (row,) = sums_of([event("w", cached=True, saved_nanos=9, cost_nanos=0), event("w", saved_nanos=-2, cost_nanos=1)])
    assert (row["cache_hit_count"], row["saved_nanos"], row["request_count"]) == (1, 7, 2)


def test_an_amended_call_moves_to_where_it_belongs() -> None:
    rows = sums_of([], [event("w", outcome="error", cost_nanos=4)], before="ok")
    assert {row["outcome"]: (row["request_count"], row["error_count"], row["cost_nanos"]) for row in rows} == {
        "ok": (-1, 0, 0),
        "error": (1, 1, 4),
    }


def test_unpriced_are_calls_that_used_tokens_without_a_price() -> None:
    rows = sums_of(
        [
            event("w", outcome="error"),
            event("w", usage=Usage(input=1)),
            event("w", usage=Usage(input=1), cost_nanos=0),
            event("w", usage=Usage(input=1), cost_nanos=0, price_missing=("webSearches",)),
            event("w", outcome="estimated"),
        ]
    )
    assert {(row["outcome"], row["price_missing"]): row["unpriced_count"] for row in rows} == {
        ("error", None): 0,
        ("ok", "model"): 1,
        ("ok", None): 0,
        ("ok", "webSearches"): 1,
        ("estimated", "model"): 1,
    }


def test_names_that_are_the_same_when_they_are_cut_share_a_row() -> None:
    long = "m" * 300
    first = event("w", model=f"{long}1", usage=Usage(input=10**30), opened_at=START)
    (row,) = sums_of([first, event("w", model=f"{long}2", opened_at=START + 1, cost_nanos=0, usage=Usage(input=1))])[:1]
    assert (row["model"], row["last_used_at"]) == (long[:255], START)
    assert row["input_tokens"] == LARGEST
