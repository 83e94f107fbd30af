"""What calls, tests and questions of our own make of a configuration's health."""

from __future__ import annotations

import pytest

from trunkline.core.health import CALM_US, DOWN_AFTER, Evidence, Health, HealthState, observe, worst

HEALTHY = Health(state="healthy", since=10, revision=1, checked_at=10)


def call(at: int, error: str | None = None, revision: int | None = 1) -> Evidence:
    return Evidence(at=at, source="traffic", revision=revision, error=error, message=error and f"It said {error}.")


def after(health: Health, *seen: Evidence) -> Health:
    for one in seen:
        health = observe(health, one)
    return health


@pytest.mark.parametrize("kind", ["server", "overloaded", "unreachable", "timeout", "malformed"])
def test_calls_that_fail_degrade_it_and_several_in_a_row_take_it_down(kind: str) -> None:
    some = after(HEALTHY, *(call(20 + at, kind) for at in range(DOWN_AFTER - 1)))
    assert (some.state, some.since, some.failures) == ("degraded", 20, DOWN_AFTER - 1)
    down = observe(some, call(90, kind))
    assert (down.state, down.since, down.error, down.message, down.error_at) == (
        "down", 90, kind, f"It said {kind}.", 90,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "state"), [("auth", "unauthorized"), ("no_credits", "unauthorized"), ("rate_limit", "rate_limited")]
)
def test_what_a_provider_says_of_the_account_counts_at_once(kind: str, state: HealthState) -> None:
    assert observe(HEALTHY, call(20, kind)).state == state


def test_a_call_that_went_well_ends_it_and_the_last_error_stays_known() -> None:
    health = after(HEALTHY, call(20, "auth"), call(30))
    assert (health.state, health.since, health.failures, health.error, health.error_at) == (
        "healthy",
        30,
        0,
        "auth",
        20,
    )


def test_calls_of_which_some_fail_stay_degraded_until_none_has_failed_for_a_minute() -> None:
    health = after(HEALTHY, call(20, "timeout"), call(30))
    assert (health.state, health.since, health.failures) == ("degraded", 20, 0)
    assert observe(health, call(20 + CALM_US)).state == "healthy"


def test_what_is_the_requests_own_fault_shows_that_the_provider_is_there() -> None:
    health = observe(Health(state="down", since=5, revision=1), call(20, "bad_request"))
    assert (health.state, health.error) == ("healthy", None)


@pytest.mark.parametrize("source", ["test", "probe"])
@pytest.mark.parametrize("kind", ["server", "not_found"])
def test_a_test_that_fails_takes_it_down_at_once(source: str, kind: str) -> None:
    seen = Evidence(at=20, source=source, revision=1, error=kind)  # type: ignore[arg-type] - one of them
    assert observe(HEALTHY, seen).state == "down"


@pytest.mark.parametrize(
    ("error", "state"),
    [("unreachable", "healthy"), ("auth", "healthy"), ("server", "down"), ("no_credits", "unauthorized")],
)
def test_a_list_of_models_refutes_only_what_it_needs_itself(error: str, state: HealthState) -> None:
    before: HealthState = "unauthorized" if error in ("auth", "no_credits") else "down"
    health = Health(state=before, since=5, revision=1, error=error, checked_at=5)
    assert observe(health, Evidence(at=20, source="probe", revision=1)).state == state
    assert observe(health, Evidence(at=20, source="test", revision=1)).state == "healthy"


def test_evidence_from_before_a_change_of_the_configuration_changes_nothing() -> None:
    renewed = Health(since=50, revision=2)
    assert observe(renewed, call(60, "auth", revision=1)) is renewed
    assert observe(renewed, call(60, "auth", revision=None)).state == "unauthorized"
    seen = observe(HEALTHY, call(60, "server", revision=5))
    assert (seen.revision, seen.failures) == (5, 1)


def test_evidence_that_is_late_changes_nothing() -> None:
    assert observe(HEALTHY, call(9, "auth")) is HEALTHY


def test_several_are_as_the_worst_that_is_known() -> None:
    assert worst([]) == "unknown"
    assert worst(["unknown", "healthy"]) == "healthy"
    assert worst(["unauthorized", "healthy", "down"]) == "unauthorized"
