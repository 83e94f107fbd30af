"""Ramps: step by step, only on their own conditions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from trunkline.control.experiments.ramp import advance, begin, stop
from trunkline.control.versions.experiment_settings import ExperimentSettings, RampStep, read_settings, write_settings

START = datetime(2026, 1, 1, tzinfo=UTC)
STEPS = (RampStep(percent=1, min_units=100), RampStep(percent=12.5, hours=2), RampStep(percent=50))


def test_a_step_lasts_until_enough_users_have_come() -> None:
    ramp = begin("v", STEPS, START)
    assert advance(ramp, {"v": 100}, 99, START + timedelta(days=9)) == ramp
    ahead = advance(ramp, {"v": 100}, 100, START + timedelta(minutes=1))
    assert (ahead.at, ahead.state, ahead.since) == (1, "running", START + timedelta(minutes=1))


def test_a_step_lasts_for_its_hours() -> None:
    ramp = advance(begin("v", STEPS, START), {"v": 100}, 100, START)
    assert advance(ramp, {"v": 1_250}, 10**6, START + timedelta(minutes=119)) == ramp
    assert advance(ramp, {"v": 1_250}, 0, START + timedelta(minutes=120)).at == 2


def test_it_is_done_at_its_last_step() -> None:
    ramp = advance(begin("v", STEPS, START), {"v": 100}, 100, START)
    last = advance(ramp, {"v": 1_250}, 0, START + timedelta(hours=2))
    assert last.state == "done"
    assert advance(last, {}, 0, START) == last
    assert begin("v", STEPS[2:], START).state == "done"


def test_it_stops_when_somebody_else_changes_the_share() -> None:
    ramp = begin("v", STEPS, START)
    assert advance(ramp, {"v": 200}, 0, START).state == "stopped"
    assert advance(ramp, {}, 0, START).state == "stopped"


def test_only_a_ramp_that_goes_on_can_be_stopped() -> None:
    ramp = begin("v", STEPS, START)
    stopped = stop(ramp)
    assert stopped is not None
    assert stopped.state == "stopped"
    assert stop(stopped) is stopped
    assert stop(None) is None


def test_it_is_stored_whole() -> None:
    settings = ExperimentSettings(ramp=begin("v", STEPS, START), slow_ms=2_000)
    assert read_settings(write_settings(settings)) == settings
    assert read_settings({}) == ExperimentSettings()
