"""A settled call as a row: every column has its value, and nonsense fits."""

from __future__ import annotations

from typing import Any

import msgspec
from tests.unit.control.usage.settled import event

from trunkline.control.usage.event_values import LARGEST, event_values
from trunkline.core.chat import Usage
from trunkline.core.usage_event import Attempt, UsageEvent
from trunkline.storage.intake.tables import EVENTS

OF_THE_USAGE = {
    "input_tokens": "input",
    "output_tokens": "output",
    "cached_tokens": "cached",
    "cache_write_tokens": "cache_write",
    "reasoning_tokens": "reasoning",
}


def row_of(one: UsageEvent) -> dict[str, Any]:
    return dict(zip(EVENTS.columns, event_values(one), strict=True))


def test_each_column_has_the_field_of_its_name() -> None:
    attempt = Attempt(configuration_id="c", provider="p", model="m", status=500)
    texts = ("request_id", "operation", "user_id", "key_id", "application_id", "configuration_id", "version_id")
    texts += ("route_id", "unfit_route_id", "feature", "conversation_id", "phase_id", "unit", "purpose", "provider")
    texts += ("model", "requested_model", "outcome", "error", "price_source")
    numbers = {"revision": 3, "status": 201, "cost_nanos": 4, "held_nanos": 9, "duration_us": 5, "first_token_us": 6,
               "saved_nanos": -7}  # fmt: skip
    flags = {"streamed": True, "usage_estimated": True}
    usage = Usage(input=11, output=12, cached=13, cache_write=14, reasoning=15)
    fields = {name: f"the {name}" for name in texts} | numbers | flags
    one = event("w", **fields, usage=usage, tags=("t", "u"), cached=True, price_missing=("a", "b"), attempts=(attempt,))
    row = row_of(one)
    for name in ("opened_at", "id", "workspace_id", *fields):
        assert row.pop(name) == getattr(one, name), name
    for name, part in OF_THE_USAGE.items():
        assert row.pop(name) == getattr(usage, part), name
    assert (row.pop("price_missing"), row.pop("tags"), row.pop("from_cache")) == ("a,b", "t,u", True)
    assert msgspec.json.decode(row.pop("usage"), type=Usage) == usage
    assert msgspec.json.decode(row.pop("attempts")) == [msgspec.to_builtins(attempt)]
    assert row == {}


def test_what_a_call_does_not_have_is_empty() -> None:
    row = row_of(event("w"))
    assert {row[name] for name in ("route_id", "feature", "tags", "error", "cost_nanos", "first_token_us")} == {None}
    assert (row["price_missing"], row["attempts"], row["usage"]) == (None, "[]", "{}")


def test_a_providers_nonsense_fits_the_columns() -> None:
    wild = event(
        "w",
        model="m\x00" * 400,
        request_id="r" * 500,
        usage=Usage(input=10**30, output=-5, searches=10**40, tier="a-tier"),
        cost_nanos=10**25,
        duration_us=-1,
    )
    row = row_of(wild)
    assert (len(row["model"]), "\x00" in row["model"], len(row["request_id"])) == (255, False, 128)
    names = ("input_tokens", "output_tokens", "cost_nanos", "duration_us")
    assert [row[name] for name in names] == [LARGEST, 0, LARGEST, 0]
    written = msgspec.json.decode(row["usage"])
    assert written == {"input": LARGEST, "output": 0, "searches": LARGEST, "tier": "a-tier"}
