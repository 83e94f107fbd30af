"""What ``/metrics`` shows: the running totals of this process in Prometheus's terms."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

from trunkline.control.processes.standing import Standing
from trunkline.control.usage.intake_lag import IntakeLag
from trunkline.core.price import NANOS_PER_USD
from trunkline.gateway.metrics import BUCKETS

_LABELS = ("operation", "provider", "outcome")


class CallMetrics(Collector):
    """Calls by operation, provider and outcome. Of several processes each shows its own, told apart by ``worker``."""

    def __init__(self, find: Callable[[], Iterable[Standing]], lag: IntakeLag) -> None:
        """``find`` gives how each process stands."""
        self._find = find
        self._lag = lag

    def collect(self) -> Iterable[Metric]:
        """Called by the registry when it is asked."""
        labels = [*_LABELS, "worker"]
        counters = {
            name: CounterMetricFamily(f"trunkline_{name}", text, labels=labels)
            for name, text in (
                ("calls", "Settled calls"),
                ("retries", "Attempts after the first"),
                ("input_tokens", "Tokens in"),
                ("output_tokens", "Tokens out"),
                ("cost_usd", "Cost in US dollars, of calls with a known price"),
                ("unpriced_calls", "Calls whose model has no known price"),
            )
        }
        durations = HistogramMetricFamily(
            "trunkline_call_duration_seconds", "From dispatch to settlement", labels=labels
        )
        active = GaugeMetricFamily("trunkline_active_calls", "Calls under way", labels=["worker"])
        standings = list(self._find())
        for worker, key, totals in ((one.name, *each) for one in standings for each in one.totals):
            values = [*key, worker]
            counters["calls"].add_metric(values, totals.calls)
            counters["retries"].add_metric(values, totals.retries)
            counters["input_tokens"].add_metric(values, totals.input_tokens)
            counters["output_tokens"].add_metric(values, totals.output_tokens)
            counters["cost_usd"].add_metric(values, totals.cost_nanos / NANOS_PER_USD)
            counters["unpriced_calls"].add_metric(values, totals.unpriced)
            cumulated, buckets = 0, list[tuple[str, float]]()
            for bound, count in zip((*map(str, BUCKETS), "+Inf"), totals.durations, strict=True):
                cumulated += count
                buckets.append((bound, cumulated))
            durations.add_metric(values, buckets, totals.seconds)
        for one in standings:
            active.add_metric([one.name], one.active)
        lag = GaugeMetricFamily("trunkline_intake_lag_seconds", "How old what reports show may be")
        lag.add_metric([], self._lag.seconds)
        return [*counters.values(), durations, active, lag]


def make_registry(find: Callable[[], Iterable[Standing]], lag: IntakeLag) -> CollectorRegistry:
    """A registry of its own, so that nothing else that a library registers is shown."""
    registry = CollectorRegistry()
    registry.register(CallMetrics(find, lag))
    return registry
