"""A settled call as spans: itself, and within it its attempts, where there was more than one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from trunkline.control.telemetry.conventions import name_operation, name_provider
from trunkline.core.ids import id_bytes
from trunkline.core.price import NANOS_PER_USD
from trunkline.core.trace_parent import TraceParent, read_trace_parent
from trunkline.core.usage_event import Attempt, UsageEvent

Value = str | int | float | bool | tuple[str, ...]


class CallSpan(msgspec.Struct, frozen=True):
    """Times are nanoseconds since the epoch. ``error`` is the type of what went wrong, None where nothing did."""

    name: str
    start: int
    end: int
    attributes: Mapping[str, Value]
    error: str | None = None
    parent: TraceParent | None = None
    """The caller's own span, where it told of one."""
    trace_id: int = 0
    """That of the trace, where there is no parent."""
    attempts: tuple[CallSpan, ...] = ()


def make_span(event: UsageEvent) -> CallSpan:
    """The spans of ``event``. They hold no text of the request or the answer, and nobody's name."""
    start = event.opened_at * 1_000
    return CallSpan(
        f"{name_operation(event.operation)} {event.model}",
        start,
        start + event.duration_us * 1_000,
        {name: value for name, value in _describe(event) if value is not None and value != ()},
        find_error(event),
        None if event.trace is None else read_trace_parent(event.trace),
        # The id of a call is a random UUID: whoever has a trace has the call, and the other way round.
        int.from_bytes(id_bytes(event.id), "big"),
        tuple(_make_attempts(event, start)) if event.attempts else (),
    )


def find_error(event: UsageEvent) -> str | None:
    """``error.type``."""
    return None if event.outcome == "ok" else event.error or event.outcome


def _describe(event: UsageEvent) -> Iterator[tuple[str, Value | None]]:
    usage = event.usage
    yield "gen_ai.operation.name", name_operation(event.operation)
    yield "gen_ai.provider.name", name_provider(event.provider)
    yield "gen_ai.request.model", event.model
    yield "gen_ai.response.model", event.answered
    yield "gen_ai.conversation.id", event.conversation_id
    yield "gen_ai.usage.input_tokens", usage.input
    yield "gen_ai.usage.output_tokens", usage.output
    yield "gen_ai.usage.cache_read.input_tokens", usage.cached or None
    yield "gen_ai.usage.cache_creation.input_tokens", usage.cache_write or None
    yield "gen_ai.usage.reasoning.output_tokens", usage.reasoning or None
    if event.streamed and event.first_token_us is not None:
        yield "gen_ai.response.time_to_first_chunk", event.first_token_us / 1_000_000
    yield "error.type", find_error(event)
    yield "http.response.status_code", event.status
    yield "trunkline.call.id", event.id
    yield "trunkline.request.id", event.request_id
    yield "trunkline.request.model", event.requested_model
    yield "trunkline.workspace.id", event.workspace_id
    yield "trunkline.application.id", event.application_id
    yield "trunkline.key.id", event.key_id
    yield "trunkline.configuration.id", event.configuration_id
    yield "trunkline.version.id", event.version_id
    yield "trunkline.route.id", event.route_id
    yield "trunkline.feature", event.feature
    yield "trunkline.purpose", event.purpose
    yield "trunkline.tags", event.tags
    yield "trunkline.streamed", event.streamed
    yield "trunkline.cached", event.cached or None
    if event.cost_nanos is not None:
        yield "trunkline.cost_usd", event.cost_nanos / NANOS_PER_USD


def _make_attempts(event: UsageEvent, start: int) -> Iterator[CallSpan]:
    end = start
    for number, attempt in enumerate(event.attempts):
        began = start + attempt.began_us * 1_000
        end = began + attempt.duration_us * 1_000
        yield _make_attempt(number, began, end, attempt.provider, attempt.model, attempt)
        end += attempt.waited_us * 1_000
    if event.outcome != "error":
        last = start + event.duration_us * 1_000
        yield _make_attempt(len(event.attempts), min(end, last), last, event.provider, event.model, None)


def _make_attempt(number: int, start: int, end: int, provider: str, model: str, failed: Attempt | None) -> CallSpan:
    attributes: dict[str, Value] = {
        # Not of the GenAI conventions: whoever adds up their spans must count a call once.
        "trunkline.attempt.provider": name_provider(provider),
        "trunkline.attempt.model": model,
        "http.request.resend_count": number,
    }
    error = None
    if failed is not None:
        error = failed.error or "unknown"
        attributes["error.type"] = error
        if failed.status is not None:
            attributes["http.response.status_code"] = failed.status
        if failed.configuration_id is not None:
            attributes["trunkline.configuration.id"] = failed.configuration_id
    return CallSpan(f"attempt {provider}", start, end, attributes, error)
