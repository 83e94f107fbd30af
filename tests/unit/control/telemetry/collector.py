"""A collector for OpenTelemetry, which keeps what it is sent over HTTP as protobuf."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


class Collector:
    """``url`` is what ``OTEL_EXPORTER_OTLP_ENDPOINT`` is set to."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.traces: list[ExportTraceServiceRequest] = []
        self.metrics: list[ExportMetricsServiceRequest] = []
        self.headers: list[dict[str, str]] = []
        self.came = threading.Condition()

    def spans(self) -> list[Any]:
        """All spans so far."""
        return [
            span for each in self.traces for by in each.resource_spans for of in by.scope_spans for span in of.spans
        ]

    def points(self, name: str) -> list[Any]:
        """The points of a histogram, of what was sent last."""
        return [
            point
            for by in self.metrics[-1].resource_metrics
            for of in by.scope_metrics
            for metric in of.metrics
            if metric.name == name
            for point in metric.histogram.data_points
        ]

    def wait_for_spans(self, number: int) -> list[Any]:
        """At least so many."""
        with self.came:
            assert self.came.wait_for(lambda: len(self.spans()) >= number, 30), "they never came"
            return self.spans()


def attributes(of: Any) -> dict[str, Any]:
    """Those of a span, a point or a resource."""
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in of.attributes}


@contextmanager
def collecting() -> Iterator[Collector]:
    """One that listens until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            assert self.headers["content-type"] == "application/x-protobuf"
            with collector.came:
                collector.headers.append({name.lower(): value for name, value in self.headers.items()})
                if self.path == "/v1/traces":
                    collector.traces.append(ExportTraceServiceRequest.FromString(body))
                elif self.path == "/v1/metrics":
                    collector.metrics.append(ExportMetricsServiceRequest.FromString(body))
                collector.came.notify_all()
            self.send_response(200)
            self.send_header("content-type", "application/x-protobuf")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    collector = Collector(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield collector
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
