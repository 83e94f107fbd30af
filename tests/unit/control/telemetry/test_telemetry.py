"""What a collector gets."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from tests.unit.control.telemetry.collector import Collector, attributes, collecting
from tests.unit.control.telemetry.test_call_span import ID, TRACE, event

from trunkline.app.telemetry import require_telemetry, telling
from trunkline.control.usage.projection import Arrivals
from trunkline.core.chat import Usage
from trunkline.core.errors import Unavailable
from trunkline.core.usage_event import Attempt
from trunkline.settings import Settings

ON = Settings(otel=True)


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    with collecting() as found:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", found.url)
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-team=blue")
        yield found


def test_a_call_is_one_trace(collector: Collector) -> None:
    attempts = (Attempt(configuration_id="c-1", provider="groq", model="m", error="overloaded", duration_us=1_000),)
    with telling(ON) as tell:
        assert tell is not None
        tell(Arrivals(single=[event(attempts=attempts)]))
    spans = {span.name: span for span in collector.spans()}
    assert set(spans) == {"chat gemini-3-pro", "attempt groq", "attempt gemini"}
    call = spans["chat gemini-3-pro"]
    assert call.trace_id.hex() == ID.replace("-", "")
    assert call.parent_span_id == b""
    assert call.end_time_unix_nano - call.start_time_unix_nano == 900_000_000
    assert attributes(call)["gen_ai.provider.name"] == "gcp.gemini"
    for name in ("attempt groq", "attempt gemini"):
        assert (spans[name].trace_id, spans[name].parent_span_id) == (call.trace_id, call.span_id)
    assert spans["attempt groq"].status.code == 2, "an error"
    assert call.status.code == 0, "what went well in the end"
    (request,) = collector.traces
    assert attributes(request.resource_spans[0].resource)["service.name"] == "trunkline"
    assert collector.headers[0]["x-team"] == "blue"


def test_it_is_part_of_the_callers_trace(collector: Collector) -> None:
    with telling(ON) as tell:
        assert tell is not None
        tell(Arrivals(single=[event(trace=TRACE), event(trace=TRACE[:-1] + "0")]))
    (span,) = collector.spans()
    assert (span.trace_id.hex(), span.parent_span_id.hex()) == (TRACE[3:35], TRACE[36:52])


def test_what_has_no_end_yet_is_not_told(collector: Collector) -> None:
    with telling(ON) as tell:
        assert tell is not None
        tell(Arrivals(single=[event(part="look")], amended=[event(part="end", model="later")]))
    assert [span.name for span in collector.spans()] == ["chat later"]


def test_metrics_are_those_of_the_conventions(collector: Collector) -> None:
    with telling(ON) as tell:
        assert tell is not None
        tell(Arrivals(single=[event(usage=Usage(100, 7), streamed=True, first_token_us=90_000)]))
        tell(Arrivals(single=[event(outcome="error", status=502, error="timeout")]))
    tokens = {attributes(point)["gen_ai.token.type"]: point for point in collector.points("gen_ai.client.token.usage")}
    assert {kind: (point.count, point.sum) for kind, point in tokens.items()} == {"input": (1, 100), "output": (1, 7)}
    assert list(tokens["input"].explicit_bounds)[:4] == [1, 4, 16, 64]
    durations = collector.points("gen_ai.client.operation.duration")
    assert {attributes(point).get("error.type") for point in durations} == {None, "timeout"}
    (first,) = collector.points("gen_ai.server.time_to_first_token")
    assert (first.count, first.sum) == (1, 0.09)
    assert attributes(first) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "gcp.gemini",
        "gen_ai.request.model": "gemini-3-pro",
    }


def test_each_kind_can_be_turned_off(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "none")
    monkeypatch.setenv("OTEL_SERVICE_NAME", "gateway-eu")
    with telling(ON) as tell:
        assert tell is not None
        tell(Arrivals(single=[event()]))
    assert collector.traces == []
    resource = collector.metrics[0].resource_metrics[0].resource
    assert attributes(resource)["service.name"] == "gateway-eu"


def test_a_collector_that_is_away_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr("trunkline.control.telemetry.telemetry.CLOSING_SECONDS", 0.0)
    with telling(ON) as tell:
        assert tell is not None
        tell(Arrivals(single=[event()] * 600))


def test_without_it_nothing_of_it_is_loaded() -> None:
    with telling(Settings()) as tell:
        assert tell is None
    look = (
        "import sys, trunkline.app.intake, trunkline.app.server, trunkline.app.worker;"
        # Its bare interface comes with FastAPI.
        "extra = ('opentelemetry.sdk', 'opentelemetry.exporter', 'google.protobuf', 'requests');"
        "print([name for name in sys.modules if name.startswith(extra)])"
    )
    found = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"


def test_a_server_without_the_packages_says_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trunkline.app.telemetry.find_spec", lambda _name: None)
    require_telemetry(Settings())
    with pytest.raises(Unavailable, match=r"pip install 'trunkline\[otel\]'"):
        require_telemetry(ON)
