from __future__ import annotations

import pytest

from trunkline.core.errors import UpstreamError
from trunkline.gateway.routing.retry import CAP_SECONDS, MAX_ATTEMPTS, RETRIABLE, RetryBudget, delay, find_cause
from trunkline.outbound import ForbiddenAddress, Origin


def error(kind: str, retry_after: float | None = None) -> UpstreamError:
    return UpstreamError("it failed", kind=kind, retry_after=retry_after)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", sorted(RETRIABLE))
def test_waits_grow_and_never_pass_their_ceiling(kind: str) -> None:
    for attempt, ceiling in ((1, 0.25), (2, 0.5)):
        waits = [delay(error(kind), attempt, 60) for _ in range(200)]
        assert all(wait is not None and 0 <= wait <= ceiling for wait in waits)
        assert len(set(waits)) > 100, "no jitter"


@pytest.mark.parametrize(
    "kind", ["auth", "bad_request", "timeout", "not_found", "malformed", "moderated", "no_credits"]
)
def test_what_would_fail_again_or_may_be_done_already_is_not_repeated(kind: str) -> None:
    assert delay(error(kind), 1, 60) is None


def test_what_the_instance_forbids_is_not_tried_again() -> None:
    forbidden = ForbiddenAddress("never", origin=Origin("http", "169.254.169.254", 80), stage="guard")
    assert forbidden.kind in RETRIABLE
    assert delay(forbidden, 1, 60) is None


def test_attempts_end() -> None:
    assert delay(error("server"), MAX_ATTEMPTS, 60) is None


def test_the_provider_says_how_long() -> None:
    wait = delay(error("rate_limit", 2.0), 1, 60)
    assert wait is not None
    assert 2.0 <= wait <= CAP_SECONDS
    assert delay(error("rate_limit", CAP_SECONDS), 1, 60) == CAP_SECONDS
    assert delay(error("rate_limit", CAP_SECONDS + 1), 1, 60) is None


def test_never_past_the_deadline() -> None:
    assert delay(error("rate_limit", 2.0), 1, 1.5) is None


def test_budget_is_a_fifth_of_the_calls_and_ten_a_second() -> None:
    now = [0.0]
    budget = RetryBudget(lambda: now[0])
    assert not budget.withdraw("w"), "nobody called yet"
    budget.deposit("w")
    assert sum(budget.withdraw("w") for _ in range(50)) == 10
    for _ in range(100):
        budget.deposit("w")
    assert sum(budget.withdraw("w") for _ in range(50)) == 20
    now[0] += 1
    assert sum(budget.withdraw("w") for _ in range(50)) == 10
    budget.deposit("other")
    assert budget.withdraw("other"), "places do not share"


def test_no_more_than_a_hundred_are_saved_up() -> None:
    now = [0.0]
    budget = RetryBudget(lambda: now[0])
    for _ in range(1_000):
        budget.deposit("w", "t")
    assert sum(budget.withdraw("w") for _ in range(500)) == 100
    now[0] += 60
    assert sum(budget.withdraw("w", "t") for _ in range(500)) == 10, "the target is not known before its first retry"
    for _ in range(1_000):
        budget.deposit("w", "t")
    assert sum(budget.withdraw("w", "t") for _ in range(500)) == 100
    now[0] += 60
    assert sum(budget.withdraw("w", "t") for _ in range(500)) == 100


def test_storm_is_never_amplified() -> None:
    now = [0.0]
    budget = RetryBudget(lambda: now[0])
    calls, retries = 10_000, 0
    for number in range(calls):
        now[0] = number / 1000
        budget.deposit("w")
        retries += budget.withdraw("w") + budget.withdraw("w")
    assert retries <= 0.2 * calls + 10 * now[0] + 10


def test_the_provider_says_that_it_is_of_no_use() -> None:
    failed = error("server")
    failed.final = True
    assert delay(failed, 1, 60) is None


def test_each_target_has_a_budget_of_its_own() -> None:
    now = 0.0
    budget = RetryBudget(lambda: now)
    for _ in range(1000):
        budget.deposit("w", "bad")
    assert [budget.withdraw("w", "bad") for _ in range(12)].count(True) == 10, "ten a second"
    assert budget.withdraw("w", "other"), "another one is not at fault"
    assert budget.withdraw("w"), "nor is turning to another one"
    for _ in range(5):
        budget.deposit("w", "bad")
    assert budget.withdraw("w", "bad"), "five calls are worth a retry"
    assert not budget.withdraw("w", "bad")


@pytest.mark.parametrize(
    ("kind", "cause"), [("moderated", "contentFilter"), ("too_large", "contextWindow"), ("server", None)]
)
def test_what_targets_are_kept_for(kind: str, cause: str | None) -> None:
    assert find_cause(error(kind)) == cause
