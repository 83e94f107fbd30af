"""Calls as spans."""

from __future__ import annotations

from typing import Any

import msgspec

from trunkline.control.telemetry.call_span import make_span
from trunkline.core.chat import Usage
from trunkline.core.ids import new_id
from trunkline.core.usage_event import Attempt, UsageEvent

ID = new_id()
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def event(**fields: Any) -> UsageEvent:
    given = {"operation": "chat", "provider": "gemini", "model": "gemini-3-pro", "duration_us": 900_000, **fields}
    return UsageEvent(
        id=ID, opened_at=1_700_000_000_000_000, request_id="r-1", workspace_id="w", user_id="u-secret",
        configuration_id="c-2", requested_model="chat-route", **given,
    )  # fmt: skip


def test_a_call_is_a_span_of_the_genai_conventions() -> None:
    span = make_span(event(usage=Usage(10, 5, cached=4, reasoning=2), cost_nanos=1_500_000, answered="gemini-3-pro-02"))
    assert span.name == "chat gemini-3-pro"
    assert (span.start, span.end - span.start) == (1_700_000_000_000_000_000, 900_000_000)
    assert (
        span.attributes.items()
        >= {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "gcp.gemini",
            "gen_ai.request.model": "gemini-3-pro",
            "gen_ai.response.model": "gemini-3-pro-02",
            "gen_ai.usage.input_tokens": 10,
            "gen_ai.usage.output_tokens": 5,
            "gen_ai.usage.cache_read.input_tokens": 4,
            "gen_ai.usage.reasoning.output_tokens": 2,
            "http.response.status_code": 200,
            "trunkline.call.id": ID,
            "trunkline.request.id": "r-1",
            "trunkline.request.model": "chat-route",
            "trunkline.cost_usd": 0.0015,
        }.items()
    )
    assert "error.type" not in span.attributes
    assert span.attempts == ()


def test_a_span_says_of_nobody_who_they_are_nor_what_a_provider_said() -> None:
    attempts = (Attempt(configuration_id="c-1", provider="x", model="m", error="auth", reason="No such key of Ada"),)
    said = str(msgspec.to_builtins(make_span(event(attempts=attempts, unit="digest"))))
    assert "u-secret" not in said
    assert "Ada" not in said


def test_a_failure_has_its_type() -> None:
    span = make_span(event(outcome="error", status=502, error="timeout"))
    assert (span.error, span.attributes["error.type"]) == ("timeout", "timeout")
    assert make_span(event(outcome="cancelled", status=499)).error == "cancelled"


def test_a_call_that_was_tried_again_has_a_span_for_each_attempt() -> None:
    attempts = (
        Attempt(
            configuration_id="c-1", provider="groq", model="m-1", status=503, error="overloaded", began_us=1_000,
            duration_us=100_000, waited_us=50_000,
        ),
    )  # fmt: skip
    span = make_span(event(attempts=attempts))
    first, last = span.attempts
    assert (first.name, first.error) == ("attempt groq", "overloaded")
    assert first.attributes["http.response.status_code"] == 503
    assert first.start - span.start == 1_000_000
    assert first.end - first.start == 100_000_000
    assert (last.name, last.error, last.attributes["http.request.resend_count"]) == ("attempt gemini", None, 1)
    assert (last.start - first.end, last.end) == (50_000_000, span.end)
    failed = make_span(event(attempts=attempts, outcome="error", error="overloaded"))
    assert len(failed.attempts) == 1, "what failed in the end made no other attempt"


def test_attempts_are_not_counted_as_calls() -> None:
    attempts = (Attempt(configuration_id="c-1", provider="groq", model="m-1", error="overloaded"),)
    for attempt in make_span(event(attempts=attempts)).attempts:
        assert not [name for name in attempt.attributes if name.startswith("gen_ai.")]


def test_the_callers_trace_goes_on() -> None:
    span = make_span(event(trace=TRACE))
    assert span.parent is not None
    assert (span.parent.trace_id, span.parent.span_id) == (0x4BF92F3577B34DA6A3CE929D0E0E4736, 0x00F067AA0BA902B7)
    assert make_span(event(trace="nonsense")).parent is None


def test_without_one_the_trace_has_the_id_of_the_call() -> None:
    assert f"{make_span(event()).trace_id:032x}" == ID.replace("-", "")
