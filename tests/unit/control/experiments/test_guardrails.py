"""Guardrails and the breaker: what has to be taken back, and what has not."""

from __future__ import annotations

from itertools import pairwise
from math import isclose

from tests.unit.control.experiments.figures import measured

from trunkline.control.experiments.comparison import Contender, put_side_by_side
from trunkline.control.experiments.guardrails import GuardrailReading, is_broken, read_guardrails
from trunkline.control.experiments.rollback import roll_back
from trunkline.control.versions.experiment_settings import Guardrails
from trunkline.storage.experiment_units import Measured


def readings(guardrails: Guardrails, control: Measured, *versions: Measured) -> list[GuardrailReading]:
    rows = [
        Contender(version_id=f"id{at}", name=f"v{at}", weight=1_000, measured=each)
        for at, each in enumerate((control, *versions), 1)
    ]
    return read_guardrails(guardrails, put_side_by_side(rows, "id1"))


def test_errors_are_watched_unless_somebody_says_otherwise() -> None:
    good, bad = measured(1_000, errors=10), measured(1_000, errors=60)
    (reading,) = readings(Guardrails(), good, bad)
    assert reading.tripped
    assert isclose(reading.increase or 0, 0.05)
    assert 0 < (reading.at_least or 0) < 0.05
    assert not readings(Guardrails(), bad, good)[0].tripped
    assert readings(Guardrails(error_rate=None), good, bad) == []


def test_what_is_allowed_is_allowed() -> None:
    good, bad = measured(1_000, errors=10), measured(1_000, errors=60)
    assert not readings(Guardrails(error_rate=0.05), good, bad)[0].tripped


def test_costs_are_parts_of_the_control() -> None:
    cheap, dear = measured(1_000, cost=1_000), measured(1_000, cost=1_300)
    (reading,) = readings(Guardrails(error_rate=None, cost=0.2), cheap, dear)
    assert isclose(reading.increase or 0, 0.3)
    assert reading.tripped
    assert 0.2 < (reading.at_least or 0) < 0.3
    assert not readings(Guardrails(error_rate=None, cost=0.3), cheap, dear)[0].tripped


def test_costs_that_are_not_known_trip_nothing() -> None:
    cheap, unknown = measured(1_000, cost=1_000), measured(1_000, cost=9_000, unpriced=3)
    (reading,) = readings(Guardrails(error_rate=None, cost=0.0), cheap, unknown)
    assert not reading.tripped
    assert reading.increase is None


def test_more_that_is_watched_needs_more_evidence() -> None:
    good, bad = measured(1_000, errors=10), measured(1_000, errors=60)
    bounds = [
        readings(rails, good, bad)[0].at_least or 0
        for rails in (Guardrails(), Guardrails(slow_share=0), Guardrails(slow_share=0, cost=0))
    ]
    assert all(sooner > later for sooner, later in pairwise(bounds))


def test_few_users_trip_nothing() -> None:
    assert not readings(Guardrails(), measured(29), measured(29, errors=29))[0].tripped


def test_the_breaker_needs_twenty_calls_and_half_of_them_failed() -> None:
    assert is_broken([(20, 10), (50, 1)])
    assert not is_broken([(19, 19), (50, 1)])
    assert not is_broken([(100, 49), (50, 1)])
    assert is_broken([(20, 20), (0, 0)])


def test_the_breaker_leaves_a_version_alone_when_the_control_fails_too() -> None:
    assert not is_broken([(20, 20), (20, 10)])


def test_what_is_taken_back_goes_to_the_control_and_the_others_keep_theirs() -> None:
    assert roll_back({"a": 5_000, "b": 3_000, "c": 2_000}, ["b"], "a") == {"a": 8_000, "c": 2_000}
    assert roll_back({"a": 5_000, "b": 3_000, "c": 2_000}, ["b", "c"], "a") == {"a": 10_000}
    assert roll_back({"b": 6_000, "c": 4_000, "a": 0}, ["b"], "a") == {"c": 4_000, "a": 6_000}
