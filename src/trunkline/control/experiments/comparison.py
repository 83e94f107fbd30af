"""An experiment's versions side by side: figures of each, and how each differs from the control."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal

import msgspec

from trunkline.control.experiments.statistics import (
    RATIO_LIMIT,
    Difference,
    Ratio,
    alpha_of_phase,
    compare,
    ratio,
    sample_ratio,
)
from trunkline.storage.experiment_units import Measure, Measured, Moments

Metric = Literal["errorRate", "satisfaction", "avgCostUSD", "avgLatencyMs", "avgTokensUsed", "slowShare"]


class _Definition(msgspec.Struct, frozen=True):
    measure: Measure
    scale: float
    is_share: bool = False


_METRICS: Final[Mapping[Metric, _Definition]] = {
    "errorRate": _Definition("error", 1.0, is_share=True),
    "satisfaction": _Definition("satisfaction", 1.0),
    "avgCostUSD": _Definition("cost_nanos", 1e-9),
    "avgLatencyMs": _Definition("duration_us", 1e-3),
    "avgTokensUsed": _Definition("tokens", 1.0),
    "slowShare": _Definition("slow", 1.0, is_share=True),
}

COMPARED: Final[tuple[Metric, ...]] = ("errorRate", "satisfaction", "avgCostUSD", "avgLatencyMs", "avgTokensUsed")
"""The metrics whose differences are told. The share of slow requests is for guardrails."""

NOTHING: Final = Measured(0, 0, 0, {})


class Contender(msgspec.Struct, frozen=True, kw_only=True):
    """A version that gets traffic, or did: ``weight`` in hundredths of a percent, and what it did in the phase."""

    version_id: str
    name: str
    weight: int
    measured: Measured = NOTHING

    def ratio(self, metric: Metric) -> Ratio:
        """The figure of a metric with its variance, in the unit of the wire."""
        definition = _METRICS[metric]
        if metric == "avgCostUSD" and self.measured.unpriced:
            return Ratio(None, 0.0, 0)
        moments = self.measured.moments.get(definition.measure, Moments())
        found = ratio(moments, is_share=definition.is_share)
        if found.value is None:
            return found
        scale = definition.scale
        return Ratio(found.value * scale, found.variance * scale**2, found.units, found.is_share)

    @property
    def figures(self) -> dict[Metric, float | None]:
        """All metrics; None where there is nothing, and the cost as long as the price of any request is unknown."""
        return {metric: self.ratio(metric).value for metric in _METRICS}


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """All of a phase. ``differences`` are by version, and only of those whose bounds are known yet."""

    contenders: tuple[Contender, ...]
    control: Contender | None
    differences: Mapping[str, Mapping[Metric, Difference]]
    e_value: float

    @property
    def arrives_as_split(self) -> bool:
        """Whether nothing speaks against the units being split as the weights say."""
        return self.e_value < RATIO_LIMIT

    @property
    def challengers(self) -> tuple[Contender, ...]:
        """Those that get traffic and are not the control."""
        return tuple(each for each in self.contenders if each.weight > 0 and each is not self.control)


def put_side_by_side(contenders: Sequence[Contender], control_id: str | None, phase: int = 1) -> Comparison:
    """Compare all versions of a phase, by its number, that get traffic with the control.

    What may be wrong in a phase, :func:`alpha_of_phase`, is shared out evenly over all versions and metrics, so that it
    holds for all that is said at once.
    """
    control = next((each for each in contenders if each.version_id == control_id), None)
    challengers = [each for each in contenders if each.weight > 0 and each is not control]
    differences: dict[str, dict[Metric, Difference]] = {}
    if control is not None and control.weight > 0 and challengers:
        alpha = alpha_of_phase(phase) / (len(challengers) * len(COMPARED))
        for each in challengers:
            known = differences[each.version_id] = {}
            for metric in COMPARED:
                difference = compare(each.ratio(metric), control.ratio(metric), alpha=alpha)
                if difference is not None:
                    known[metric] = difference
    return Comparison(
        contenders=tuple(contenders),
        control=control,
        differences=differences,
        e_value=sample_ratio(
            {each.version_id: each.measured.units for each in contenders if each.weight > 0 or each.measured.units},
            {each.version_id: each.weight for each in contenders},
        ),
    )
