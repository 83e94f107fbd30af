"""Metrics as Prometheus reads them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from prometheus_client import CollectorRegistry, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from trunkline.control.monitoring.exposition import make_registry
from trunkline.control.monitoring.families import FAMILIES
from trunkline.core.metric import Sample

OPENMETRICS = "application/openmetrics-text; version=1.0.0"

SAMPLES = [
    ("0", Sample("trunkline_calls", ("chat", "openai", 'a"b\\c\nd', "ok"), 3)),
    ("1", Sample("trunkline_calls", ("chat", "openai", 'a"b\\c\nd', "ok"), 4)),
    ("0", Sample("trunkline_event_loop_lag_seconds", (), 1.5, (1, 2, *[0] * 8, 1))),
    ("0", Sample("trunkline_active_calls", (), 7)),
    ("intake", Sample("trunkline_intake_calls", (), 9)),
    ("0", Sample("trunkline_of_another_version", (), 9)),
]


def registry(samples: list[tuple[str, Sample]] = SAMPLES) -> CollectorRegistry:
    return make_registry(lambda: samples)


@pytest.mark.parametrize(("accept", "parse"), [("text/plain", parse_text), (OPENMETRICS, parse_openmetrics)])
def test_what_is_shown_is_read_again(accept: str, parse: Callable[[str], Iterator[Metric]]) -> None:
    encode, kind = choose_encoder(accept)
    assert kind.startswith(accept.partition(";")[0])
    families = {family.name: family for family in parse(encode(registry()).decode())}
    assert set(families) == {family.name for family in FAMILIES}
    for family in FAMILIES:
        shown = families[family.name]
        assert (shown.type, shown.documentation) == (family.kind, family.help)
    calls = families["trunkline_calls"].samples
    labels = {"operation": "chat", "provider": "openai", "model": 'a"b\\c\nd', "outcome": "ok"}
    assert [(one.labels, one.value) for one in calls] == [
        ({**labels, "worker": "0"}, 3),
        ({**labels, "worker": "1"}, 4),
    ]
    lag = {one.labels.get("le", one.name): one.value for one in families["trunkline_event_loop_lag_seconds"].samples}
    assert (lag["0.001"], lag["0.005"], lag["2.5"], lag["+Inf"]) == (1, 3, 3, 4)
    assert lag["trunkline_event_loop_lag_seconds_sum"] == 1.5
    assert [one.labels for one in families["trunkline_intake_calls"].samples] == [{}]


def test_what_two_say_of_the_same_is_added_up() -> None:
    """Never shown twice, which would make Prometheus refuse all of it."""
    twice = [("0", Sample("trunkline_active_calls", (), 7)), ("0", Sample("trunkline_active_calls", (), 1))]
    text = choose_encoder("")[0](registry(twice)).decode()
    assert 'trunkline_active_calls{worker="0"} 8.0' in text


def test_names_follow_the_conventions() -> None:
    """https://prometheus.io/docs/practices/naming/"""
    assert len({family.name for family in FAMILIES}) == len(FAMILIES)
    for family in FAMILIES:
        assert re.fullmatch(r"trunkline(_[a-z]+)+", family.name)
        assert not family.name.endswith(("_total", "_count", "_sum", "_bucket"))
        assert family.help
        assert not family.help.endswith(".")
        if family.kind == "histogram":
            assert family.name.endswith("_seconds")
            assert list(family.bounds) == sorted(family.bounds)
