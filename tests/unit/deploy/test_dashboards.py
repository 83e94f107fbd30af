"""What is shipped for Grafana and Prometheus asks for metrics and labels that there are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml

from trunkline.control.monitoring.families import FAMILIES

DEPLOY = Path(__file__).parents[3] / "deploy"
DASHBOARD = json.loads((DEPLOY / "grafana" / "trunkline.json").read_text())
RULES = yaml.safe_load((DEPLOY / "prometheus" / "trunkline.rules.yml").read_text())

FROM_PROMETHEUS = {"job", "instance"}
"""Labels that Prometheus itself adds to whatever it scrapes."""


def series() -> dict[str, set[str]]:
    """Every series that ``/metrics`` may show, with its labels."""
    found = {"up": set[str]()}
    for family in FAMILIES:
        labels = set(family.label_names)
        if family.kind == "histogram":
            found[f"{family.name}_bucket"] = labels | {"le"}
            found[f"{family.name}_sum"] = found[f"{family.name}_count"] = labels
        else:
            found[family.shown] = labels
    return found


SERIES = series()


def panels() -> list[dict[str, Any]]:
    return [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]


QUERIES = [
    *((panel["title"], target["expr"]) for panel in panels() for target in panel["targets"]),
    *((rule["alert"], rule["expr"]) for group in RULES["groups"] for rule in group["rules"]),
]


def parse(text: str) -> Any:
    """As Prometheus would, after Grafana has put in what its variables stand for."""
    return promql_parser.parse(text.replace("$__rate_interval", "1m").replace("$", ""))


def selectors(expression: Any) -> Iterator[Any]:
    match type(expression).__name__:
        case "VectorSelector":
            yield expression
        case "MatrixSelector":
            yield expression.vector_selector
        case "BinaryExpr":
            yield from selectors(expression.lhs)
            yield from selectors(expression.rhs)
        case "Call":
            for argument in expression.args:
                yield from selectors(argument)
        case "NumberLiteral" | "StringLiteral":
            return
        case _:
            yield from selectors(expression.expr)


def grouped(expression: Any) -> Iterator[tuple[str, set[str]]]:
    """Each label by which something is added up, with the labels that there are."""
    name = type(expression).__name__
    if name == "AggregateExpr":
        there = set[str]().union(*(given(inner) for inner in [expression.expr]))
        for label in expression.modifier.labels if expression.modifier is not None else ():
            yield label, there
    for inner in children(expression):
        yield from grouped(inner)


def children(expression: Any) -> list[Any]:
    match type(expression).__name__:
        case "BinaryExpr":
            return [expression.lhs, expression.rhs]
        case "Call":
            return list(expression.args)
        case "VectorSelector" | "MatrixSelector" | "NumberLiteral" | "StringLiteral":
            return []
        case _:
            return [expression.expr]


def given(expression: Any) -> set[str]:
    return FROM_PROMETHEUS.union(*(SERIES.get(one.name, set()) for one in selectors(expression)))


@pytest.mark.parametrize(("name", "text"), QUERIES)
def test_every_query_asks_for_what_there_is(name: str, text: str) -> None:
    expression = parse(text)
    for selector in selectors(expression):
        assert selector.name in SERIES, f"{name}: there is no metric {selector.name}"
        for matcher in selector.matchers.matchers:
            known = SERIES[selector.name] | FROM_PROMETHEUS
            assert matcher.name in known, f"{name}: {selector.name} has no label {matcher.name}"
    for label, there in grouped(expression):
        assert label in there, f"{name}: nothing there has a label {label}"


def test_a_query_for_what_there_is_not_would_be_found() -> None:
    with pytest.raises(AssertionError, match="no metric trunkline_call_total"):
        test_every_query_asks_for_what_there_is("a", "sum(rate(trunkline_call_total[5m]))")
    with pytest.raises(AssertionError, match="has no label modell"):
        test_every_query_asks_for_what_there_is("a", 'trunkline_calls_total{modell="x"}')
    with pytest.raises(AssertionError, match="has a label modell"):
        test_every_query_asks_for_what_there_is("a", "sum by (modell) (trunkline_calls_total)")


def test_legends_name_labels_that_are_left() -> None:
    for panel in panels():
        for target in panel["targets"]:
            named = set(re.findall(r"{{(\w+)}}", target["legendFormat"]))
            assert named <= given(parse(target["expr"])), panel["title"]


def test_variables_of_the_dashboard_ask_for_what_there_is() -> None:
    for variable in DASHBOARD["templating"]["list"]:
        if variable["type"] == "query":
            found = re.fullmatch(r"label_values\((\w+), (\w+)\)", variable["query"]["query"])
            assert found is not None
            assert found[2] in SERIES[found[1]]


def test_every_metric_is_on_the_dashboard() -> None:
    """But for those that are there to be joined, or for alerts alone."""
    shown = {selector.name for _, text in QUERIES for selector in selectors(parse(text))}
    shown = {re.sub(r"_(bucket|sum|count)$", "", name) for name in shown}
    assert {family.shown for family in FAMILIES} - shown <= {"trunkline_build_info", "trunkline_journal_backlog_bytes"}


def test_panels_have_places_of_their_own() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= 24
        taken |= cells
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
