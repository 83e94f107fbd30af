"""The verdict of an experiment: one plain sentence, and what it advises."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import ceil, floor
from typing import Final, Literal

import msgspec

from trunkline.control.experiments.comparison import Comparison, Contender, Metric
from trunkline.control.experiments.statistics import LEAST_UNITS, Difference

Advice = Literal["ship", "revert", "decide", "wait", "check", "none"]

_CERTAIN: Final = "(95 % certain)"

TOLERATED: Final = 0.01
"""One more failure in a hundred requests: what must be ruled out at the least before a version is to be shipped."""

_LESS_IS_BETTER: Final[tuple[Metric, ...]] = ("errorRate", "avgCostUSD", "avgLatencyMs")
_JUDGED: Final[tuple[Metric, ...]] = ("errorRate", "satisfaction", "avgCostUSD", "avgLatencyMs")


class Verdict(msgspec.Struct, frozen=True):
    """``sentence`` is for people, ``advice`` and the version that it is about for programs."""

    advice: Advice
    sentence: str
    version_id: str | None = None


def judge(comparison: Comparison, error_limit: float | None = None) -> Verdict:
    """What the figures say, in the order of what matters: the split, winners, losers, mixed ones, patience.

    A version is only to be shipped when its error rate certainly is not higher than the control's by more than
    ``error_limit``, the guardrail; without one, or with a smaller one, by more than :data:`TOLERATED`.
    """
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
    tolerated = max(error_limit or 0.0, TOLERATED)
    told = [_tell(each, control, comparison.differences.get(each.version_id, {}), tolerated) for each in challengers]
    order: tuple[Advice, ...] = ("ship", "revert", "decide", "wait")
    for advice in order:
        fitting = [each for each in told if each is not None and each.verdict.advice == advice]
        if fitting:
            return max(fitting, key=lambda each: each.gain).verdict
    return _tell_patience(comparison, control)


class _Told(msgspec.Struct, frozen=True):
    """A verdict on one version. ``gain`` adds up what it certainly is better by, each metric as a part of its scale."""

    verdict: Verdict
    gain: float


def _tell(
    version: Contender, control: Contender, differences: Mapping[Metric, Difference], tolerated: float
) -> _Told | None:
    """What is certain about one version; None when nothing is."""
    better: list[str] = []
    worse: list[str] = []
    gain = 0.0
    for metric in _JUDGED:
        difference = differences.get(metric)
        if difference is not None and difference.significant:
            good = (difference.estimate < 0) == (metric in _LESS_IS_BETTER)
            (better if good else worse).append(_phrase(metric, difference))
            gain += _size(metric, difference) if good else 0.0

    def tell(advice: Advice, sentence: str) -> _Told:
        return _Told(Verdict(advice, f"Version {version.name} {sentence}", version.version_id), gain)

    if better and worse:
        sentence = f"{' and '.join(better)} than {control.name}, but {' and '.join(worse)} {_CERTAIN}"
        return tell("decide", f"{sentence}: weigh the one against the other.")
    if better:
        sentence = f"{' and '.join(better)} than {control.name} {_CERTAIN}"
        errors = differences.get("errorRate")
        if errors is None or errors.high > tolerated:
            harm = (
                "cannot be told yet" if errors is None else f"may still be {write_points(errors.high, up=True)} higher"
            )
            patience = f"wait until a rise of more than {write_points(tolerated)} is ruled out"
            return tell("wait", f"{sentence}, but its error rate {harm}: {patience}.")
        return tell("ship", f"{sentence}: ship it.")
    if worse:
        return tell("revert", f"{' and '.join(worse)} than {control.name} {_CERTAIN}: revert it.")
    return None


def _phrase(metric: Metric, difference: Difference) -> str:
    """The end of the interval that is nearer to no difference, in words that "than …" follows."""
    up = difference.estimate > 0
    least = difference.low if up else -difference.high
    if metric == "satisfaction":
        return f"is rated at least {_floor(least)} points {'higher' if up else 'lower'}"
    if metric == "errorRate":
        return f"has an error rate at least {write_points(least)} {'higher' if up else 'lower'}"
    part = difference.low_part if up else difference.high_part
    more = "more" if up else "less"
    amount = f"at least {_floor(100 * abs(part))} % {more}" if part is not None else more
    return f"costs {amount}" if metric == "avgCostUSD" else f"takes {amount} time"


def _size(metric: Metric, difference: Difference) -> float:
    """What is certain of a difference, as a part: of the control's figure, of all requests, of the scale of ratings."""
    nearest = min(abs(difference.low), abs(difference.high))
    if metric == "errorRate":
        return nearest
    if metric == "satisfaction":
        return nearest / 4
    return min(abs(difference.low_part or 0.0), abs(difference.high_part or 0.0))


def write_points(share: float, *, up: bool = False) -> str:
    """A difference of shares in percentage points, rounded down for "at least", and ``up`` for "at most"."""
    number = _ceiling(100 * share) if up else _floor(100 * share)
    return f"{number} {'point' if number == '1' else 'points'}"


def _floor(number: float) -> str:
    """Rounded down, so that "at least" stays true: whole from 10 on, else one decimal, two below a tenth."""
    return _round(number, floor)


def _ceiling(number: float) -> str:
    return _round(number, ceil)


def _round(number: float, towards: Callable[[float], int]) -> str:
    decimals = 0 if number >= 10 else 1 if number >= 0.1 else 2
    # What is a whole number but for the last bit of a float is that number.
    rounded = towards(round(number * 10**decimals, 6)) / 10**decimals
    return f"{rounded:.{decimals}f}".removesuffix(".0")


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
            f"Too early to tell: {fewest.name} has been seen by {_users(fewest.measured.units)}, and with fewer than"
            f" {LEAST_UNITS} nothing can be said.",
        )
    users = sum(each.measured.units for each in compared)
    version = max(comparison.challengers, key=lambda each: each.measured.units)
    sentence = f"No difference between {version.name} and {control.name} is certain yet, after {_users(users)}"
    errors = comparison.differences.get(version.version_id, {}).get("errorRate")
    if errors is None:
        return Verdict("wait", f"{sentence}.")
    return Verdict(
        "wait",
        f"{sentence}: the error rate of {version.name} is between {-100 * errors.low:.2f} points below and"
        f" {100 * errors.high:.2f} points above that of {control.name}.",
    )


def _users(count: int) -> str:
    return f"{count:,} {'user' if count == 1 else 'users'}"
