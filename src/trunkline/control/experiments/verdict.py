"""The verdict of an experiment: one plain sentence, and what it advises."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from trunkline.control.experiments.comparison import Comparison, Contender, Metric
from trunkline.control.experiments.statistics import LEAST_UNITS, Difference

Advice = Literal["ship", "revert", "decide", "wait", "check", "none"]

_CERTAIN: Final = "(95 % certain)"

_LESS_IS_BETTER: Final[tuple[Metric, ...]] = ("errorRate", "avgCostUSD", "avgLatencyMs")
_JUDGED: Final[tuple[Metric, ...]] = ("errorRate", "satisfaction", "avgCostUSD", "avgLatencyMs")


class Verdict(msgspec.Struct, frozen=True):
    """``sentence`` is for people, ``advice`` and the version that it is about for programs."""

    advice: Advice
    sentence: str
    version_id: str | None = None


def judge(comparison: Comparison) -> Verdict:
    """What the figures say, in the order of what matters: the split, winners, losers, mixed ones, patience."""
    control, challengers = comparison.control, comparison.challengers
    if control is None or not any(each.weight for each in comparison.contenders):
        return Verdict("none", "No version is active: the configuration serves itself.")
    if not challengers or control.weight == 0:
        only = next(each for each in comparison.contenders if each.weight > 0)
        if len([each for each in comparison.contenders if each.weight > 0]) == 1:
            return Verdict("none", f"Only {only.name} gets traffic: give another version a share to compare them.")
        return Verdict(
            "none", f"The control {control.name} gets no traffic: give it a share to compare others with it."
        )
    if not comparison.arrives_as_split:
        return _tell_split(comparison)
    told = [_tell(each, control, comparison.differences.get(each.version_id, {})) for each in challengers]
    order: tuple[Advice, ...] = ("ship", "revert", "decide")
    for advice in order:
        for verdict in told:
            if verdict is not None and verdict.advice == advice:
                return verdict
    return _tell_patience(comparison, control)


def _tell(version: Contender, control: Contender, differences: Mapping[Metric, Difference]) -> Verdict | None:
    """What is certain about one version; None when nothing is."""
    better: list[str] = []
    worse: list[str] = []
    for metric in _JUDGED:
        difference = differences.get(metric)
        if difference is not None and difference.significant:
            good = (difference.estimate < 0) == (metric in _LESS_IS_BETTER)
            (better if good else worse).append(_phrase(metric, difference.estimate, control.ratio(metric).value or 0.0))
    if better and worse:
        sentence = f"{' and '.join(better)} than {control.name}, but {' and '.join(worse)} {_CERTAIN}"
        return Verdict(
            "decide", f"Version {version.name} {sentence}: weigh the one against the other.", version.version_id
        )
    if better:
        sentence = f"{' and '.join(better)} than {control.name} {_CERTAIN}: ship it."
        return Verdict("ship", f"Version {version.name} {sentence}", version.version_id)
    if worse:
        sentence = f"{' and '.join(worse)} than {control.name} {_CERTAIN}: revert it."
        return Verdict("revert", f"Version {version.name} {sentence}", version.version_id)
    return None


def _phrase(metric: Metric, difference: float, control: float) -> str:
    """A difference in words that "than …" follows."""
    more = "more" if difference > 0 else "less"
    if metric == "satisfaction":
        return f"is rated {abs(difference):.1f} points {'higher' if difference > 0 else 'lower'}"
    if metric == "errorRate":
        if abs(difference) > 10 * control:
            return f"fails in {_percent(difference)} {more} of its requests"
        return f"answers with {_percent(difference / control)} {'more' if difference > 0 else 'fewer'} errors"
    amount = f"{_percent(difference / control)} {more}" if control > 0 else more
    return f"costs {amount}" if metric == "avgCostUSD" else f"takes {amount} time"


def _percent(part: float) -> str:
    percent = abs(part) * 100
    return f"{percent:.0f} %" if percent >= 10 else f"{percent:.1f} %"


def _tell_split(comparison: Comparison) -> Verdict:
    weights = sum(each.weight for each in comparison.contenders)
    units = sum(each.measured.units for each in comparison.contenders)

    def stray(each: Contender) -> float:
        return each.measured.units / units - each.weight / weights

    worst = max(comparison.contenders, key=lambda each: abs(stray(each)))
    return Verdict(
        "check",
        f"Traffic does not arrive as split: {worst.name} should have {100 * worst.weight / weights:.1f} % of the users"
        f" and has {100 * worst.measured.units / units:.1f} %. Find out why before trusting any difference.",
        worst.version_id,
    )


def _tell_patience(comparison: Comparison, control: Contender) -> Verdict:
    compared = (control, *comparison.challengers)
    fewest = min(compared, key=lambda each: each.measured.units)
    if fewest.measured.units < LEAST_UNITS:
        return Verdict(
            "wait",
            f"Too early to tell: {fewest.name} has been seen by {fewest.measured.units} users, and with fewer than"
            f" {LEAST_UNITS} nothing can be said.",
        )
    users = sum(each.measured.units for each in compared)
    version = max(comparison.challengers, key=lambda each: each.measured.units)
    sentence = f"No difference between {version.name} and {control.name} is certain yet, after {users:,} users"
    errors = comparison.differences.get(version.version_id, {}).get("errorRate")
    if errors is None:
        return Verdict("wait", f"{sentence}.")
    return Verdict(
        "wait",
        f"{sentence}: the error rate of {version.name} is between {-100 * errors.low:.2f} points below and"
        f" {100 * errors.high:.2f} points above that of {control.name}.",
    )
