"""Versions that are the same, at unequal shares and with heavy tails: rarely told apart, however often one looks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from trunkline.control.experiments.comparison import Contender, put_side_by_side
from trunkline.control.experiments.guardrails import read_guardrails
from trunkline.control.experiments.statistics import ALPHA, alpha_of_phase
from trunkline.control.experiments.verdict import judge
from trunkline.control.versions.experiment_settings import Guardrails
from trunkline.storage.experiment_units import Measure, Measured, Moments

Floats = NDArray[np.float64]

RUNS = 100
USERS = 1_000
PEEKS = 40
MEASURES: tuple[Measure, ...] = ("cost_nanos", "duration_us", "tokens", "error", "slow")

SHARES = [
    pytest.param((0.5, 0.5), id="50/50"),
    pytest.param((0.9, 0.1), id="90/10"),
    pytest.param((0.1, 0.9), id="10/90"),
    pytest.param((0.7, 0.1, 0.1, 0.1), id="70/10/10/10"),
]


def draw(
    seed: int, shares: Sequence[float], sigma: float, calls: int, factor: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], dict[Measure, Floats]]:
    """Arms of users, who calls, and what was measured of each call. ``factor`` is what the second version costs."""
    rng = np.random.default_rng(seed)
    arm = rng.choice(len(shares), size=USERS, p=shares)
    if calls == USERS:
        who, between = np.arange(USERS), 0.0
    else:
        # Few users make most of the calls, and one user's calls resemble each other.
        weights = np.exp(rng.normal(0, 1, USERS))
        who, between = rng.choice(USERS, size=calls, p=weights / weights.sum()), sigma / np.sqrt(2)
    within = np.sqrt(sigma**2 - between**2)
    own = rng.normal(0, between, USERS)
    values: dict[Measure, Floats] = {
        name: np.exp(own[who] + rng.normal(0, within, calls)) * 1e6 for name in MEASURES[:3]
    }
    values["cost_nanos"] *= np.where(arm[who] == 1, factor, 1.0)
    values["error"] = (rng.random(calls) < 0.02).astype(float)
    values["slow"] = (rng.random(calls) < 0.05).astype(float)
    return arm, who, values


def look(
    arm: NDArray[np.int64], count: Floats, sums: dict[Measure, Floats], shares: Sequence[float]
) -> list[Contender]:
    found: list[Contender] = []
    for version, share in enumerate(shares):
        seen = (count > 0) & (arm == version)
        n = count[seen]
        moments: dict[Measure, Moments] = {}
        for name, total in sums.items():
            y = total[seen]
            moments[name] = Moments(n.size, float(n.sum()), float(n @ n), float(y.sum()), float(y @ y), float(n @ y))
        measured = Measured(n.size, int(n.sum()), 0, moments)
        found.append(
            Contender(version_id=f"id{version}", name=f"v{version}", weight=round(share * 10_000), measured=measured)
        )
    return found


def play(seed: int, shares: Sequence[float], sigma: float, calls: int, factor: float = 1.0) -> tuple[set[str], bool]:
    """The advice that was given at any of the looks, and whether a guardrail took a version back."""
    arm, who, values = draw(seed, shares, sigma, calls, factor)
    count, sums = np.zeros(USERS), {name: np.zeros(USERS) for name in values}
    advice: set[str] = set()
    tripped = False
    rails = Guardrails(error_rate=0.0, slow_share=0.0, cost=0.0)
    for part in np.split(np.arange(calls), np.geomspace(60, calls, PEEKS).astype(int)[:-1]):
        np.add.at(count, who[part], 1)
        for name, value in values.items():
            np.add.at(sums[name], who[part], value[part])
        comparison = put_side_by_side(look(arm, count, sums, shares), "id0")
        verdict = judge(comparison)
        advice.add("better or worse" if verdict.version_id and verdict.advice == "wait" else verdict.advice)
        tripped = tripped or any(reading.tripped for reading in read_guardrails(rails, comparison))
    return advice, tripped


@pytest.mark.parametrize("shares", SHARES)
@pytest.mark.parametrize("sigma", [1.0, 2.0])
@pytest.mark.parametrize("calls", [USERS, 6 * USERS], ids=["a call a user", "clustered users"])
def test_versions_that_are_the_same_are_told_apart_in_one_experiment_of_twenty_at_most(
    shares: tuple[float, ...], sigma: float, calls: int
) -> None:
    played = [play(seed, shares, sigma, calls) for seed in range(RUNS)]
    told = sum(bool(advice & {"ship", "revert", "decide", "better or worse"}) for advice, _ in played)
    assert told <= ALPHA * RUNS
    assert sum(tripped for _, tripped in played) <= ALPHA * RUNS


@pytest.mark.parametrize("shares", SHARES[:3])
def test_a_version_that_costs_a_quarter_is_found_cheaper(shares: tuple[float, ...]) -> None:
    found = [play(seed, shares, 1.0, USERS, factor=0.25)[0] for seed in range(20)]
    assert sum(bool(advice & {"ship", "better or worse"}) for advice in found) >= 18


def test_all_phases_of_an_experiment_together_spend_what_may_be_wrong() -> None:
    assert sum(map(alpha_of_phase, range(1, 5_000))) == pytest.approx(ALPHA, rel=1e-3)
    assert alpha_of_phase(1) > alpha_of_phase(2) > alpha_of_phase(3) > 0


def test_later_phases_are_harder_to_convince() -> None:
    arm, who, values = draw(1, (0.5, 0.5), 1.0, USERS, 0.25)
    count, sums = np.zeros(USERS), {name: np.zeros(USERS) for name in values}
    np.add.at(count, who, 1)
    for name, value in values.items():
        np.add.at(sums[name], who, value)
    contenders = look(arm, count, sums, (0.5, 0.5))
    widths = [put_side_by_side(contenders, "id0", phase).differences["id1"]["avgCostUSD"] for phase in (1, 2, 10)]
    assert [each.high - each.low for each in widths] == sorted(each.high - each.low for each in widths)
    assert widths[0].high - widths[0].low < widths[2].high - widths[2].low
