"""Guardrails: when a version is certainly worse than is allowed, or plainly broken, and has to be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Final, Literal

import msgspec

from trunkline.control.experiments.comparison import Comparison, Contender, Metric
from trunkline.control.experiments.statistics import ALPHA, least_excess
from trunkline.control.versions.experiment_settings import Guardrails

Rail = Literal["errorRate", "slowShare", "cost"]

RECENT: Final = 100
"""The breaker looks at so many of a version's newest calls."""

_BREAKER_CALLS: Final = 20

_METRICS: Final[dict[Rail, Metric]] = {"errorRate": "errorRate", "slowShare": "slowShare", "cost": "avgCostUSD"}


class GuardrailReading(msgspec.Struct, frozen=True, kw_only=True):
    """One guardrail on one version. ``increase`` is what it is over the control now; ``at_least`` what it certainly is.

    Both are None as long as nothing can be said. For ``cost`` they are parts of the control's cost.
    """

    rail: Rail
    version_id: str
    max_increase: float
    increase: float | None
    at_least: float | None

    @property
    def tripped(self) -> bool:
        """Whether the version is certainly worse than is allowed."""
        return self.at_least is not None and self.at_least > self.max_increase


def read_guardrails(guardrails: Guardrails, comparison: Comparison) -> list[GuardrailReading]:
    """How every version stands to every guardrail that is set; nothing without a control that gets traffic.

    The chance that any version is taken back though it is not worse than allowed is at most 5 % in a phase, however
    often this is asked.
    """
    limits: dict[Rail, float | None] = {
        "errorRate": guardrails.error_rate,
        "slowShare": guardrails.slow_share,
        "cost": guardrails.cost,
    }
    watched: dict[Rail, float] = {rail: limit for rail, limit in limits.items() if limit is not None}
    control = comparison.control
    if control is None or control.weight == 0 or not watched or not comparison.challengers:
        return []
    alpha = ALPHA / (len(watched) * len(comparison.challengers))
    return [
        _read(rail, limit, each, control, alpha) for each in comparison.challengers for rail, limit in watched.items()
    ]


def is_broken(recent: Sequence[tuple[int, int]]) -> bool:
    """Whether a version plainly fails: half of at least 20 recent calls, while the control's do not.

    ``recent`` are the counts of calls and errors of the version and of the control. When both fail it is something else
    that is broken, and taking the version back would mend nothing.
    """
    version, control = recent
    return _fails(version) and not (control[0] > 0 and 2 * control[1] >= control[0])


def _fails(counts: tuple[int, int]) -> bool:
    calls, errors = counts
    return calls >= _BREAKER_CALLS and 2 * errors >= calls


def _read(rail: Rail, limit: float, version: Contender, control: Contender, alpha: float) -> GuardrailReading:
    theirs, ours = version.ratio(_METRICS[rail]), control.ratio(_METRICS[rail])
    increase = at_least = None
    if rail == "cost":
        # Relative to the control, whose own uncertainty then counts too: v > (1 + limit) c, at least by what is over.
        if theirs.value is not None and ours.value:
            increase = theirs.value / ours.value - 1
            at_least = limit + least_excess(theirs, ours, alpha=alpha, factor=1 + limit) / ours.value
    elif theirs.value is not None and ours.value is not None:
        increase = theirs.value - ours.value
        at_least = least_excess(theirs, ours, alpha=alpha)
    if at_least is not None and not isfinite(at_least):
        at_least = None
    return GuardrailReading(
        rail=rail, version_id=version.version_id, max_increase=limit, increase=increase, at_least=at_least
    )
