"""What a process counts of its calls."""

from __future__ import annotations

from typing import Any

import pytest

from trunkline.core.chat import Usage
from trunkline.core.errors import BudgetSpent, TooMany
from trunkline.core.metric import Sample
from trunkline.core.usage_event import Attempt, UsageEvent
from trunkline.gateway.journal.template import PlainEnd
from trunkline.gateway.metrics import BUCKETS, COMBINATIONS, MODELS, ROUTES, CallCounters


def event(**fields: Any) -> UsageEvent:
    given = {"provider": "openai", "model": "gpt-5", **fields}
    return UsageEvent(
        id="e", opened_at=0, request_id="r", operation="chat", workspace_id="w", user_id="u", configuration_id="c-1",
        **given,
    )  # fmt: skip


def count(*events: UsageEvent) -> dict[str, dict[tuple[str, ...], Sample]]:
    counters = CallCounters()
    for each in events:
        counters.add(each)
    found: dict[str, dict[tuple[str, ...], Sample]] = {}
    for sample in counters.read():
        found.setdefault(sample.name, {})[sample.labels] = sample
    return found


LABELS = ("chat", "openai", "gpt-5", "ok")


def test_a_call_is_counted_with_all_that_it_used() -> None:
    found = count(
        event(usage=Usage(10, 4, cached=3, reasoning=2), cost_nanos=2_500_000_000, duration_us=700_000),
        event(usage=Usage(1, 1), cost_nanos=None, duration_us=700_000_000),
    )
    values = {name: by[LABELS].value for name, by in found.items() if LABELS in by}
    assert values["trunkline_calls"] == 2
    assert values["trunkline_input_tokens"] == 11
    assert values["trunkline_cached_input_tokens"] == 3
    assert values["trunkline_output_tokens"] == 5
    assert values["trunkline_reasoning_tokens"] == 2
    assert values["trunkline_cost_usd"] == 2.5
    assert values["trunkline_unpriced_calls"] == 1
    durations = found["trunkline_call_duration_seconds"][LABELS]
    assert durations.value == 700.7
    assert durations.counts[BUCKETS.index(1.0)] == 1
    assert durations.counts[-1] == 1


def test_only_streams_have_a_first_token() -> None:
    found = count(event(first_token_us=300_000), event(first_token_us=300_000, streamed=True))
    first = found["trunkline_time_to_first_token_seconds"][LABELS]
    assert (sum(first.counts), first.value) == (1, 0.3)


def test_what_went_wrong_is_told_apart() -> None:
    found = count(event(outcome="error", status=502, error="timeout"), event(outcome="cancelled", status=499))
    assert set(found["trunkline_call_errors"]) == {("openai", "502", "timeout"), ("openai", "499", "cancelled")}


def test_retries_and_fallbacks_are_told_apart() -> None:
    attempts = (
        Attempt(configuration_id="c-0", provider="groq", model="m", error="overloaded"),
        Attempt(configuration_id="c-0", provider="groq", model="m", error="timeout"),
    )
    found = count(event(attempts=attempts))
    assert found["trunkline_retries"][LABELS].value == 2
    assert found["trunkline_fallbacks"][LABELS].value == 1
    assert set(found["trunkline_attempt_failures"]) == {("groq", "overloaded"), ("groq", "timeout")}


def test_an_answer_that_was_kept_says_what_it_saved() -> None:
    found = count(event(cached=True, saved_nanos=1_000_000_000, cost_nanos=0, route_id="r-1"))
    assert found["trunkline_cached_calls"][LABELS].value == 1
    assert found["trunkline_cache_saved_usd"][LABELS].value == 1
    assert found["trunkline_route_calls"]["r-1", "ok"].value == 1


def test_refusals_are_counted_by_code() -> None:
    counters = CallCounters()
    counters.refused(TooMany("x", retry_after=1))
    counters.refused(BudgetSpent("x"))
    counters.refused(BudgetSpent("x"))
    assert {(one.labels, one.value) for one in counters.read() if one.name == "trunkline_refused_calls"} == {
        (("rate_limit_exceeded",), 1),
        (("insufficient_quota",), 2),
    }


def test_names_that_callers_choose_do_not_grow_metrics_without_end() -> None:
    found = count(*(event(model=f"m-{number}", route_id=f"r-{number}") for number in range(MODELS + 50)))
    assert len(found["trunkline_calls"]) == MODELS + 1
    assert found["trunkline_calls"]["chat", "openai", "other", "ok"].value == 50
    assert len(found["trunkline_route_calls"]) == ROUTES + 1


def test_combinations_of_labels_have_an_end_too() -> None:
    calls = [event(provider=f"p-{provider}", model=f"m-{model}") for provider in range(30) for model in range(MODELS)]
    assert len(count(*calls)["trunkline_calls"]) <= COMBINATIONS + 30


@pytest.mark.parametrize("cost", [7, None])
def test_a_plain_call_counts_as_any_other(cost: int | None) -> None:
    usage = Usage(21, 9, cached=3, reasoning=2)
    plain, whole = CallCounters(), CallCounters()
    for counters in (plain, whole):
        counters.opened(event())
    plain.settled_plainly(event(), bytes(16), PlainEnd(1, 0, "r", 900_000, usage, cost, None, (), None))
    whole.settled(event(usage=usage, cost_nanos=cost, duration_us=900_000))
    assert (plain.active, plain.totals) == (whole.active, whole.totals)
