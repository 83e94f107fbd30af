"""The metrics of all processes in Prometheus's terms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from prometheus_client import CollectorRegistry, Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

from trunkline.control.monitoring.families import FAMILIES, Family
from trunkline.core.metric import Sample

Read = Callable[[], Iterable[tuple[str, Sample]]]
"""Gives every sample with the name of its process."""

_Values = dict[tuple[str, ...], tuple[float, Sequence[int]]]

_KNOWN: Final = frozenset(family.name for family in FAMILIES)


class Exposition(Collector):
    """What ``read`` gives when the registry is asked, by family. A sample of no family is left out."""

    def __init__(self, read: Read) -> None:
        self._read = read

    def collect(self) -> Iterable[Metric]:
        """Called by the registry when it is asked."""
        found: dict[str, _Values] = {name: {} for name in _KNOWN}
        families = {family.name: family for family in FAMILIES}
        for process, sample in self._read():
            family = families.get(sample.name)
            if family is None:
                continue
            labels = (*sample.labels, process) if family.each else sample.labels
            values = found[family.name]
            before = values.get(labels)
            values[labels] = (sample.value, sample.counts) if before is None else _add(before, sample)
        return [_make(family, found[family.name]) for family in FAMILIES]


def make_registry(read: Read) -> CollectorRegistry:
    """A registry of its own, so that nothing else that a library registers is shown."""
    registry = CollectorRegistry()
    registry.register(Exposition(read))
    return registry


def _add(before: tuple[float, Sequence[int]], sample: Sample) -> tuple[float, Sequence[int]]:
    value, counts = before
    return value + sample.value, [one + other for one, other in zip(counts, sample.counts, strict=True)]


def _make(family: Family, values: _Values) -> Metric:
    labels = list(family.label_names)
    if family.kind == "histogram":
        histogram = HistogramMetricFamily(family.name, family.help, labels=labels)
        for given, (total, counts) in values.items():
            histogram.add_metric(list(given), _cumulate(family.bounds, counts), total)
        return histogram
    make = CounterMetricFamily if family.kind == "counter" else GaugeMetricFamily
    metric = make(family.name, family.help, labels=labels)
    for given, (value, _) in values.items():
        metric.add_metric(list(given), value)
    return metric


def _cumulate(bounds: Sequence[float], counts: Sequence[int]) -> list[tuple[str, float]]:
    buckets: list[tuple[str, float]] = []
    cumulated = 0
    for bound, count in zip((*map(str, bounds), "+Inf"), counts, strict=True):
        cumulated += count
        buckets.append((bound, cumulated))
    return buckets
