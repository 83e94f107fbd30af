"""Made-up figures of versions."""

from __future__ import annotations

from trunkline.storage.experiment_units import Measure, Measured, Moments


def measured(
    units: int,
    *,
    errors: int = 0,
    cost: float = 1_000.0,
    ms: float = 100.0,
    unpriced: int = 0,
    stars: float | None = None,
) -> Measured:
    """Users with one call each; costs and times vary by a tenth."""

    def spread(mean: float) -> Moments:
        return Moments(units, units, units, units * mean, units * mean * mean * 1.01, units * mean)

    found: dict[Measure, Moments] = {
        "error": Moments(units, units, units, errors, errors, errors),
        "slow": Moments(units, units, units, 0, 0, 0),
        "duration_us": spread(ms * 1000),
        "tokens": spread(50),
        "cost_nanos": spread(cost),
    }
    if stars is not None:
        found["satisfaction"] = spread(stars)
    return Measured(units, units, unpriced, found)
