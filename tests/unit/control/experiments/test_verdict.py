"""The verdict: one sentence for each way that an experiment can stand."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.control.experiments.figures import measured

from trunkline.control.experiments.comparison import Contender, put_side_by_side
from trunkline.control.experiments.statistics import ALPHA, compare, ratio
from trunkline.control.experiments.verdict import Verdict, judge
from trunkline.storage.experiment_units import Measured


def verdict(control: Measured, *versions: Measured, **more: Any) -> Verdict:
    count = 1 + len(versions)
    contenders = [
        Contender(version_id=f"id{at}", name=f"v{at}", weight=10_000 // count, measured=each)
        for at, each in enumerate((control, *versions), 1)
    ]
    return judge(put_side_by_side(contenders, more.get("control_id", "id1")))


def test_without_versions_the_configuration_serves_itself() -> None:
    assert judge(put_side_by_side([], None)).sentence == "No version is active: the configuration serves itself."


def test_one_version_has_nothing_to_be_compared_with() -> None:
    lone = [
        Contender(version_id="a", name="v1", weight=10_000, measured=measured(50)),
        Contender(version_id="b", name="v2", weight=0),
    ]
    found = judge(put_side_by_side(lone, "a"))
    assert found == Verdict("none", "Only v1 gets traffic: give another version a share to compare them.")


def test_a_control_without_traffic_is_named() -> None:
    rows = [
        Contender(version_id="a", name="v1", weight=0),
        Contender(version_id="b", name="v2", weight=5_000, measured=measured(50)),
        Contender(version_id="c", name="v3", weight=5_000, measured=measured(50)),
    ]
    assert "The control v1 gets no traffic" in judge(put_side_by_side(rows, "a")).sentence


def test_too_few_users_are_too_early() -> None:
    found = verdict(measured(31), measured(29, errors=29))
    assert found.advice == "wait"
    assert found.sentence == (
        "Too early to tell: v2 has been seen by 29 users, and with fewer than 30 nothing can be said."
    )


def test_patience_says_between_which_bounds_the_truth_is() -> None:
    found = verdict(measured(600, errors=30), measured(640, errors=32))
    assert found.advice == "wait"
    assert found.sentence.startswith("No difference between v2 and v1 is certain yet, after 1,240 users: ")
    assert "points below and" in found.sentence
    assert "points below and" in verdict(measured(600), measured(640)).sentence


def test_fewer_errors_are_shipped() -> None:
    found = verdict(measured(2_000, errors=400), measured(2_000, errors=200))
    assert found == Verdict(
        "ship", "Version v2 has an error rate at least 5.3 points lower than v1 (95 % certain): ship it.", "id2"
    )


def test_more_errors_are_reverted_also_where_the_control_has_none() -> None:
    found = verdict(measured(2_000, errors=100), measured(2_000, errors=220))
    assert (
        found.sentence == "Version v2 has an error rate at least 2.6 points higher than v1 (95 % certain): revert it."
    )
    found = verdict(measured(2_000), measured(2_000, errors=100))
    assert found.sentence == "Version v2 has an error rate at least 3 points higher than v1 (95 % certain): revert it."
    assert found.advice == "revert"


def test_what_is_better_in_one_and_worse_in_another_is_for_people_to_decide() -> None:
    found = verdict(measured(2_000, cost=1_000, ms=200), measured(2_000, cost=2_000, ms=100))
    assert found.advice == "decide"
    assert found.sentence == (
        "Version v2 takes at least 49 % less time than v1, but costs at least 96 % more (95 % certain): weigh the one"
        " against the other."
    )


def test_ratings_count() -> None:
    found = verdict(measured(900, stars=3.0), measured(900, stars=4.0))
    assert found.sentence == "Version v2 is rated at least 0.9 points higher than v1 (95 % certain): ship it."


def test_a_better_version_waits_until_harm_is_ruled_out() -> None:
    found = verdict(measured(500, errors=5, cost=1_000), measured(500, errors=6, cost=500))
    assert (found.advice, found.version_id) == ("wait", "id2")
    assert "costs at least 4" in found.sentence
    assert "but its error rate may still be" in found.sentence
    assert found.sentence.endswith("points higher: wait until a rise of more than 1 point is ruled out.")


def test_a_guardrail_that_allows_more_is_the_harm_that_must_be_ruled_out() -> None:
    rows = [
        Contender(version_id="a", name="v1", weight=5_000, measured=measured(500, errors=5, cost=1_000)),
        Contender(version_id="b", name="v2", weight=5_000, measured=measured(500, errors=6, cost=500)),
    ]
    comparison = put_side_by_side(rows, "a")
    assert judge(comparison, 0.0).advice == "wait"
    assert judge(comparison, 0.05).advice == "ship"


def test_of_several_winners_the_one_that_wins_most_is_shipped() -> None:
    found = verdict(measured(3_000, cost=1_000), measured(3_000, cost=800), measured(3_000, cost=400))
    assert (found.advice, found.version_id) == ("ship", "id3")
    assert "costs at least 5" in found.sentence


def test_what_is_at_least_is_rounded_down_and_one_is_no_plural() -> None:
    found = verdict(measured(31), measured(1))
    assert "has been seen by 1 user, and" in found.sentence
    found = verdict(measured(60_000, errors=6_000), measured(60_000, errors=4_900))
    assert "at least 1.1 points lower" in found.sentence


def test_a_cost_that_is_not_known_is_not_compared() -> None:
    found = verdict(measured(2_000, cost=1_000), measured(2_000, cost=10, unpriced=1))
    assert found.advice == "wait"


def test_a_winner_goes_before_a_loser() -> None:
    found = verdict(measured(2_000, errors=200), measured(2_000, errors=400), measured(2_000, errors=20))
    assert (found.advice, found.version_id) == ("ship", "id3")


def test_a_split_that_is_not_as_told_goes_before_everything() -> None:
    found = verdict(measured(2_000, errors=400), measured(2_000), measured(1_500))
    assert found.advice == "check"
    assert found.sentence.startswith(
        "Traffic does not arrive as split: v3 should have 33.3 % of the users and has 27.3 %."
    )


def test_the_error_is_shared_out_over_all_that_is_compared() -> None:
    def width(versions: int) -> float:
        rows = [
            Contender(version_id=f"id{at}", name=f"v{at}", weight=1_000, measured=measured(500, errors=50))
            for at in range(versions + 1)
        ]
        found = put_side_by_side(rows, "id0").differences["id1"]["errorRate"]
        return found.high - found.low

    alone = compare(*[ratio(measured(500, errors=50).moments["error"], is_share=True)] * 2, alpha=ALPHA)
    assert alone is not None
    assert alone.high - alone.low < width(1) < width(2) < width(5)


@pytest.mark.parametrize("metric", ["errorRate", "avgCostUSD", "avgLatencyMs", "avgTokensUsed"])
def test_all_metrics_are_compared_in_the_units_of_the_wire(metric: Any) -> None:
    rows = [
        Contender(version_id="a", name="v1", weight=5_000, measured=measured(500, errors=50, cost=2e6, ms=300)),
        Contender(version_id="b", name="v2", weight=5_000, measured=measured(500, errors=25, cost=1e6, ms=150)),
    ]
    found = put_side_by_side(rows, "a")
    expected = {"errorRate": -0.05, "avgCostUSD": -0.001, "avgLatencyMs": -150.0, "avgTokensUsed": 0.0}
    assert found.differences["b"][metric].estimate == pytest.approx(expected[metric])
    assert found.contenders[1].figures["avgCostUSD"] == pytest.approx(0.001)
