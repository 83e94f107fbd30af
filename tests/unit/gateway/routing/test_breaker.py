from __future__ import annotations

from typing import Any

import pytest

from trunkline.core.errors import UpstreamError
from trunkline.gateway.routing.breaker import (
    LEAST_CALLS,
    LIMIT,
    LONGEST_SECONDS,
    OPEN_SECONDS,
    PAUSE_SECONDS,
    REJECTED_SECONDS,
    WINDOW_SECONDS,
    Breakers,
)
from trunkline.gateway.snapshot import ConfigurationEntry
from trunkline.vault.stored_secret import StoredSecret


def secret(text: str) -> StoredSecret:
    return StoredSecret("s", "user:u", "apiKey", "d", ("https://a:443",), text.encode())


def entry(**fields: Any) -> ConfigurationEntry:
    given = {"id": "c", "provider": "openai", "secrets": (secret("one"),), "credential_id": "k", **fields}
    return ConfigurationEntry(workspace_id="w", owner_id="u", name="c", **given)


def error(kind: str, retry_after: float | None = None) -> UpstreamError:
    return UpstreamError("no", kind=kind, retry_after=retry_after)  # type: ignore[arg-type] - given by tests


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breakers(clock: Clock) -> Breakers:
    return Breakers(clock)


def fail(breakers: Breakers, times: int = LIMIT, kind: str = "server") -> None:
    for _ in range(times):
        breakers.failed(entry(), error(kind))


@pytest.mark.parametrize("kind", ["server", "overloaded", "unreachable", "timeout", "malformed"])
def test_five_failures_in_a_row_open_it(breakers: Breakers, clock: Clock, kind: str) -> None:
    fail(breakers, LIMIT - 1, kind)
    assert breakers.enter(entry())
    fail(breakers, 1, kind)
    assert not breakers.enter(entry())
    assert breakers.closed_at(entry()) == clock.now + OPEN_SECONDS


def test_an_answer_between_begins_the_count_anew(breakers: Breakers) -> None:
    fail(breakers, LIMIT - 1)
    breakers.succeeded(entry())
    fail(breakers, LIMIT - 1)
    assert breakers.enter(entry())


@pytest.mark.parametrize("kind", ["bad_request", "not_found", "permission", "too_large", "moderated"])
def test_what_is_wrong_with_a_request_is_no_failure(breakers: Breakers, kind: str) -> None:
    fail(breakers, 100, kind)
    assert breakers.enter(entry())
    fail(breakers, LIMIT - 1)
    fail(breakers, 1, kind)
    fail(breakers, 1)
    assert breakers.enter(entry()), "it was there in between"


def test_one_call_probes_and_its_answer_closes_it(breakers: Breakers, clock: Clock) -> None:
    fail(breakers)
    clock.now += OPEN_SECONDS
    assert breakers.closed_at(entry()) == 0
    assert breakers.enter(entry())
    assert not breakers.enter(entry()), "one probe at a time"
    breakers.succeeded(entry())
    assert breakers.enter(entry())
    assert breakers.enter(entry())


def test_each_opening_is_longer_up_to_five_minutes(breakers: Breakers, clock: Clock) -> None:
    fail(breakers)
    waits = []
    for _ in range(12):
        wait = breakers.closed_at(entry()) - clock.now
        waits.append(wait)
        clock.now += wait
        assert breakers.enter(entry())
        breakers.failed(entry(), error("server"))
    assert waits == [min(OPEN_SECONDS * number, LONGEST_SECONDS) for number in range(1, 13)]


def test_a_probe_that_never_tells_is_followed_by_another(breakers: Breakers, clock: Clock) -> None:
    fail(breakers)
    clock.now += OPEN_SECONDS
    assert breakers.enter(entry())
    clock.now += OPEN_SECONDS
    assert breakers.enter(entry())


def test_calls_that_were_under_way_open_it_no_longer_and_close_it_not(breakers: Breakers, clock: Clock) -> None:
    fail(breakers)
    until = breakers.closed_at(entry())
    fail(breakers, 50)
    breakers.succeeded(entry())
    assert breakers.closed_at(entry()) == until == clock.now + OPEN_SECONDS


def test_a_rate_limit_lasts_as_long_as_the_provider_says(breakers: Breakers, clock: Clock) -> None:
    breakers.failed(entry(), error("rate_limit", 12))
    assert breakers.closed_at(entry()) == clock.now + 12
    breakers.failed(entry(), error("rate_limit"))
    assert breakers.closed_at(entry()) == clock.now + 12, "the longer one counts"
    clock.now += 12
    assert breakers.enter(entry())
    assert breakers.enter(entry()), "it needs no probe"
    breakers.failed(entry(), error("rate_limit"))
    assert breakers.closed_at(entry()) == clock.now + PAUSE_SECONDS
    breakers.failed(entry(), error("rate_limit", 1e9))
    assert breakers.closed_at(entry()) == clock.now + LONGEST_SECONDS


@pytest.mark.parametrize("kind", ["auth", "no_credits"])
def test_a_rejected_credential_rests_until_it_changes(breakers: Breakers, clock: Clock, kind: str) -> None:
    breakers.failed(entry(), error(kind))
    assert breakers.closed_at(entry()) == clock.now + REJECTED_SECONDS
    assert breakers.enter(entry(id="other"))
    assert not breakers.enter(entry()), "another object of the same state"
    assert breakers.enter(entry(secrets=(secret("two"),)))
    breakers.failed(entry(), error(kind))
    assert breakers.enter(entry(revision=2))
    breakers.failed(entry(), error(kind))
    clock.now += REJECTED_SECONDS
    assert breakers.enter(entry())
    assert not breakers.enter(entry()), "one tries whether it is good again"


def test_memory_is_bounded(breakers: Breakers) -> None:
    for number in range(Breakers.MAX_STATES + 10):
        breakers.failed(entry(id=str(number)), error("server"))
    assert len(breakers._states) <= Breakers.MAX_STATES  # type: ignore[reportPrivateUsage] - what the test is about


def play(breakers: Breakers, outcomes: str) -> None:
    """``x`` is a failure, ``.`` an answer."""
    for outcome in outcomes:
        if outcome == "x":
            breakers.failed(entry(), error("server"))
        else:
            breakers.succeeded(entry())


def test_half_of_enough_calls_are_too_many_failures() -> None:
    breakers = Breakers(Clock())
    play(breakers, "x." * ((LEAST_CALLS - 2) // 2))
    assert breakers.enter(entry()), "too few to tell"
    play(breakers, "x.x")
    assert not breakers.enter(entry())


def test_half_of_just_enough_calls_is_as_many() -> None:
    breakers = Breakers(Clock())
    play(breakers, "x." * (LEAST_CALLS // 2 - 1) + ".")
    assert breakers.enter(entry())
    play(breakers, "x")
    assert not breakers.enter(entry())


def test_less_than_half_is_borne() -> None:
    breakers = Breakers(Clock())
    play(breakers, "x.." * LEAST_CALLS)
    assert breakers.enter(entry())


def test_what_was_long_ago_does_not_count() -> None:
    clock = Clock()
    breakers = Breakers(clock)
    play(breakers, "x." * ((LEAST_CALLS - 2) // 2))
    clock.now += WINDOW_SECONDS + 5
    play(breakers, "x.x")
    assert breakers.enter(entry())


@pytest.mark.parametrize(("begin", "later", "opens"), [(0, 29.9, True), (0, 30, False), (9, 25, True)])
def test_the_edge_of_the_window(begin: float, later: float, opens: bool) -> None:
    """It is 30 seconds by a clock that began with a slice, and less by at most the slice in which a call came."""
    clock = Clock()
    breakers = Breakers(clock)
    clock.now += begin
    play(breakers, "x." * (LEAST_CALLS // 2 - 1) + ".")
    clock.now += later
    play(breakers, "x")
    assert breakers.enter(entry()) is not opens


def test_a_pause_never_ends_a_longer_one(breakers: Breakers, clock: Clock) -> None:
    breakers.pause(entry(), 100)
    breakers.pause(entry(), 5)
    assert breakers.closed_at(entry()) == clock.now + 100


def test_what_another_process_says_counts_besides_and_never_for_longer_than_a_rest(
    breakers: Breakers, clock: Clock
) -> None:
    place = ("c", "openai", "k", entry().revision)
    breakers.hear(place, 60)
    assert breakers.closed_at(entry()) == clock.now + 60
    fail(breakers)
    assert breakers.closed_at(entry()) == clock.now + max(60, OPEN_SECONDS)
    assert [one.configuration_id for one in breakers.read()] == ["c"], "told once"
    breakers.hear(place, 10_000)
    assert breakers.closed_at(entry()) == clock.now + LONGEST_SECONDS


def test_a_key_that_is_rejected_again_makes_no_longer_rests_of_later_failures(breakers: Breakers, clock: Clock) -> None:
    breakers.reject(entry())
    breakers.reject(entry())
    clock.now += REJECTED_SECONDS
    assert breakers.enter(entry())
    fail(breakers, 1)
    assert breakers.closed_at(entry()) == clock.now + 2 * OPEN_SECONDS


def test_failures_that_are_over_leave_nothing_behind() -> None:
    clock = Clock()
    breakers = Breakers(clock)
    play(breakers, "x.")
    assert breakers._states  # pyright: ignore[reportPrivateUsage]
    clock.now += WINDOW_SECONDS + 5
    play(breakers, ".")
    assert not breakers._states  # pyright: ignore[reportPrivateUsage]


def test_its_whole_life() -> None:
    """Well, failing, open, probed in vain, open for longer, probed with success, well."""
    clock = Clock()
    breakers = Breakers(clock)
    play(breakers, "....")
    play(breakers, "x" * (LIMIT - 1))
    assert breakers.enter(entry())
    play(breakers, "x")
    assert breakers.closed_at(entry()) == clock.now + OPEN_SECONDS
    clock.now += OPEN_SECONDS
    assert breakers.enter(entry()), "one probes"
    assert not breakers.enter(entry()), "one alone"
    play(breakers, "x")
    assert breakers.closed_at(entry()) == clock.now + 2 * OPEN_SECONDS
    for opening in range(3, 12):
        clock.now = breakers.closed_at(entry())
        assert breakers.enter(entry())
        play(breakers, "x")
        assert breakers.closed_at(entry()) == clock.now + min(opening * OPEN_SECONDS, LONGEST_SECONDS)
    clock.now = breakers.closed_at(entry())
    assert breakers.enter(entry())
    play(breakers, ".")
    assert breakers.enter(entry())
    assert breakers.enter(entry()), "all may again"
    play(breakers, "x" * (LIMIT - 1))
    assert breakers.enter(entry()), "it begins anew"
