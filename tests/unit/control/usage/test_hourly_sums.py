"""What calls add to their hours."""

from __future__ import annotations

from typing import Any

from tests.unit.control.usage.settled import HOUR, START, event

from trunkline.control.usage.event_values import LARGEST
from trunkline.control.usage.hourly_sums import sum_values
from trunkline.core.chat import Usage
from trunkline.core.usage_event import UsageEvent
from trunkline.storage.intake.tables import HOURS


def sums_of(events: list[UsageEvent], amended: list[UsageEvent] | None = None) -> list[dict[str, Any]]:
    return [dict(zip(HOURS.columns, row, strict=True)) for row in sum_values(events, amended or [])]


def test_each_combination_has_its_row() -> None:
    same = {"configuration_id": "c", "duration_us": 10, "cost_nanos": 3, "usage": Usage(input=2, output=1)}
    rows = sums_of(
        [
            event("w", **same, opened_at=START + 5),
            event("w", **same, opened_at=START + 1, outcome="error"),
            event("w", **same, opened_at=START + HOUR),
            event("w", **same, model="another"),
            event("w"),
        ]
    )
    assert rows[0] == {
        "hour": START,
        "workspace_id": "w",
        "user_id": "u",
        "configuration_id": "c",
        "provider": "openai",
        "model": "gpt-4o-mini",
        "request_count": 2,
        "error_count": 1,
        "unpriced_count": 0,
        "input_tokens": 4,
        "output_tokens": 2,
        "cost_nanos": 6,
        "duration_us": 20,
        "last_used_at": START + 5,
    }
    assert [(row["hour"], row["model"], row["configuration_id"]) for row in rows[1:]] == [
        (START + HOUR, "gpt-4o-mini", "c"),
        (START, "another", "c"),
        (START, "gpt-4o-mini", ""),
    ]


def test_of_an_amended_call_only_what_it_used_is_new() -> None:
    (row,) = sums_of([], [event("w", usage=Usage(input=2), cost_nanos=4, duration_us=7, outcome="error")])
    names = ("request_count", "error_count", "input_tokens", "cost_nanos", "duration_us")
    assert [row[name] for name in names] == [0, 1, 2, 4, 0]


def test_unpriced_are_calls_that_used_tokens_without_a_price() -> None:
    (row,) = sums_of(
        [
            event("w", outcome="error"),
            event("w", usage=Usage(input=1)),
            event("w", usage=Usage(input=1), cost_nanos=0),
            event("w", usage=Usage(input=1), cost_nanos=0, price_missing=("webSearches",)),
            event("w", outcome="estimated"),
        ]
    )
    assert (row["request_count"], row["error_count"], row["unpriced_count"]) == (5, 1, 3)


def test_names_that_are_the_same_when_they_are_cut_share_a_row() -> None:
    long = "m" * 300
    first = event("w", model=f"{long}1", usage=Usage(input=10**30), opened_at=START)
    (row,) = sums_of([first, event("w", model=f"{long}2", opened_at=START + 1)])
    assert (row["model"], row["request_count"], row["last_used_at"]) == (long[:255], 2, START + 1)
    assert row["input_tokens"] == LARGEST
