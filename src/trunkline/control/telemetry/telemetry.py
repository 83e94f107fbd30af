"""Sends what calls did to a collector, with OpenTelemetry's SDK and its own settings (``OTEL_…``).

https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from threading import Thread
from typing import Final

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricReader, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import (
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

from trunkline import __version__
from trunkline.control.telemetry.call_span import CallSpan, find_error, make_span
from trunkline.control.telemetry.conventions import (
    DURATION,
    DURATION_BOUNDS,
    FIRST_TOKEN,
    FIRST_TOKEN_BOUNDS,
    TOKEN_BOUNDS,
    TOKEN_USAGE,
    name_operation,
    name_provider,
)
from trunkline.control.usage.projection import Arrivals
from trunkline.core.metric import LabelValues
from trunkline.core.usage_event import UsageEvent
from trunkline.gateway.metrics import MODELS

CLOSING_SECONDS: Final = 3.0
"""How long what is left may take when the process stops."""

_NAME: Final = "trunkline"


class _Ids(RandomIdGenerator):
    """Gives the next trace the id that was set."""

    trace_id = 0

    def generate_trace_id(self) -> int:
        return self.trace_id


class Telemetry:
    """Hears of calls that are in the database. Threads of its own export; what they cannot send in time is dropped."""

    def __init__(self) -> None:
        resource = _make_resource()
        self._ids = _Ids()
        self._traces = TracerProvider(resource=resource, id_generator=self._ids, shutdown_on_exit=False)
        if os.environ.get("OTEL_TRACES_EXPORTER") != "none":
            self._traces.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        readers: list[MetricReader] = []
        if os.environ.get("OTEL_METRICS_EXPORTER") != "none":
            readers.append(PeriodicExportingMetricReader(OTLPMetricExporter()))
        self._meters = MeterProvider(metric_readers=readers, resource=resource, shutdown_on_exit=False)
        self._tracer = self._traces.get_tracer(_NAME, __version__)
        meter = self._meters.get_meter(_NAME, __version__)
        self._tokens = meter.create_histogram(
            TOKEN_USAGE, "{token}", "Number of input and output tokens used.",
            explicit_bucket_boundaries_advisory=TOKEN_BOUNDS,
        )  # fmt: skip
        self._duration = meter.create_histogram(
            DURATION, "s", "GenAI operation duration.", explicit_bucket_boundaries_advisory=DURATION_BOUNDS
        )
        self._first_token = meter.create_histogram(
            FIRST_TOKEN, "s", "Time to generate first token for successful responses.",
            explicit_bucket_boundaries_advisory=FIRST_TOKEN_BOUNDS,
        )  # fmt: skip
        self._models = LabelValues(MODELS)

    def take(self, arrivals: Arrivals) -> None:
        """What was stored just now. Never waits."""
        self._take(event for event in arrivals.settled if event.part != "look")
        self._take(arrivals.amended)

    def close(self) -> None:
        """Send what is left, for three seconds at most."""
        closing = Thread(target=self._shut_down, daemon=True)
        closing.start()
        closing.join(CLOSING_SECONDS)

    def _shut_down(self) -> None:
        self._traces.shutdown()
        self._meters.shutdown()

    def _take(self, events: Iterable[UsageEvent]) -> None:
        for event in events:
            self._trace(make_span(event))
            self._measure(event)

    def _trace(self, call: CallSpan) -> None:
        context = None
        if call.parent is not None:
            flags = TraceFlags(TraceFlags.SAMPLED if call.parent.sampled else TraceFlags.DEFAULT)
            parent = SpanContext(call.parent.trace_id, call.parent.span_id, is_remote=True, trace_flags=flags)
            context = set_span_in_context(NonRecordingSpan(parent))
        self._ids.trace_id = call.trace_id
        span = self._tracer.start_span(call.name, context, SpanKind.CLIENT, call.attributes, start_time=call.start)
        if span.is_recording():
            within = set_span_in_context(span)
            for attempt in call.attempts:
                each = self._tracer.start_span(
                    attempt.name, within, SpanKind.CLIENT, attempt.attributes, start_time=attempt.start
                )
                _end(each, attempt)
        _end(span, call)

    def _measure(self, event: UsageEvent) -> None:
        attributes: dict[str, str] = {
            "gen_ai.operation.name": name_operation(event.operation),
            "gen_ai.provider.name": name_provider(event.provider),
            "gen_ai.request.model": self._models.find(event.model),
        }
        for kind, number in (("input", event.usage.input), ("output", event.usage.output)):
            if number:
                self._tokens.record(number, {**attributes, "gen_ai.token.type": kind})
        if event.streamed and event.first_token_us is not None and event.outcome == "ok":
            self._first_token.record(event.first_token_us / 1_000_000, attributes)
        error = find_error(event)
        if error is not None:
            attributes["error.type"] = error
        self._duration.record(event.duration_us / 1_000_000, attributes)


def _end(span: Span, of: CallSpan) -> None:
    if of.error is not None and of.error != "cancelled":
        span.set_status(Status(StatusCode.ERROR))
    span.end(of.end)


def _make_resource() -> Resource:
    """What sends: called ``trunkline`` unless the environment says otherwise."""
    attributes = {"service.version": __version__}
    named = os.environ.get("OTEL_SERVICE_NAME") or "service.name=" in os.environ.get("OTEL_RESOURCE_ATTRIBUTES", "")
    return Resource.create(attributes if named else {**attributes, "service.name": _NAME})
