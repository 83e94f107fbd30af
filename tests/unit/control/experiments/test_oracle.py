"""The figures beside those of GrowthBook's gbstats, which are written by other people from the same papers."""

from __future__ import annotations

import numpy as np
import pytest

from trunkline.control.experiments.statistics import ALPHA, TUNED_TO, compare, ratio
from trunkline.storage.experiment_units import Moments

pytest.importorskip("gbstats", reason="gbstats has no packages for Python 3.12 and newer")

from gbstats.frequentist.tests import SequentialConfig, SequentialTwoSidedTTest
from gbstats.models.statistics import RatioStatistic, SampleMeanStatistic


def theirs(moments: Moments) -> RatioStatistic:
    return RatioStatistic(
        n=moments.units,
        m_statistic=SampleMeanStatistic(n=moments.units, sum=moments.y, sum_squares=moments.yy),
        d_statistic=SampleMeanStatistic(n=moments.units, sum=moments.n, sum_squares=moments.nn),
        m_d_sum_of_products=moments.ny,
    )


def draw(seed: int, units: int, rate: float) -> Moments:
    rng = np.random.default_rng(seed)
    n = rng.poisson(4, units) + 1.0
    # Users differ, so that the variance is more than that of independent requests, which is a floor under it.
    y = rng.binomial(n.astype(int), rng.beta(4 * rate, 4 * (1 - rate), units)).astype(float)
    return Moments(units, float(n.sum()), float(n @ n), float(y.sum()), float(y @ y), float(n @ y))


@pytest.mark.parametrize(("units", "rate"), [(400, 0.3), (1_500, 0.2), (20_000, 0.25)])
def test_bounds_are_those_of_the_oracle(units: int, rate: float) -> None:
    # The smaller arm varies more, so that no floor under its variance has anything to raise.
    version, control = draw(1, units, rate), draw(2, 2 * units, rate - 0.1)
    ours = compare(ratio(version, is_share=True), ratio(control, is_share=True), alpha=ALPHA)
    assert ours is not None
    config = SequentialConfig(alpha=ALPHA, sequential_tuning_parameter=TUNED_TO, difference_type="absolute")
    found = SequentialTwoSidedTTest(theirs(control), theirs(version), config).compute_result()
    assert ours.estimate == pytest.approx(found.expected)
    assert [ours.low, ours.high] == pytest.approx(found.ci, rel=1e-6)


def test_the_variance_is_that_of_the_oracle() -> None:
    moments = draw(3, 800, 0.2)
    assert ratio(moments).variance == pytest.approx(theirs(moments).variance / moments.units)
