"""How a configuration is: what its calls, its connection tests and our own questions to its provider say, in one word.

It is the same record for all who ask, so that a rejected key is rejected everywhere.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

import msgspec

HealthState = Literal["unknown", "healthy", "degraded", "rate_limited", "down", "unauthorized"]

HEALTH_STATES: Final[tuple[HealthState, ...]] = get_args(HealthState)
"""The worse, the later."""

Source = Literal["traffic", "test", "probe"]
"""A call, a connection test that somebody asked for, or a question of our own that costs nothing."""

DOWN_AFTER: Final = 5
"""Failed calls in a row."""

CALM_US: Final = 60_000_000
"""How long after its last failure (microseconds) a configuration whose calls go well again is healthy."""

FAILURES: Final = frozenset({"server", "overloaded", "unreachable", "timeout", "malformed"})
"""Kinds of errors that say that a provider does not serve."""

REJECTIONS: Final = frozenset({"auth", "no_credits"})
"""Kinds that say that it does not serve whoever has this credential."""

_SEEN_BY_CALLS_ALONE: Final = frozenset({"server", "overloaded", "malformed", "no_credits", "rate_limit"})
"""Kinds that a list of models, which answers, does not refute."""


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened at ``at`` (microseconds since the epoch).

    ``revision`` is the configuration's, None where that is not known.

    ``error`` is the kind of failure, None where the provider answered; ``message`` a sentence for people.
    """

    at: int
    source: Source
    revision: int | None = None
    error: str | None = None
    message: str | None = None


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """``since`` when it is in this ``state``; ``failures`` in a row; ``error``, ``message`` and ``error_at`` are of
    the last failure. ``checked_at`` is of the last evidence. Times are microseconds since the epoch, 0 for never.
    """

    state: HealthState = "unknown"
    since: int = 0
    revision: int = 0
    source: Source = "traffic"
    checked_at: int = 0
    failures: int = 0
    error: str | None = None
    message: str | None = None
    error_at: int = 0


def observe(health: Health, seen: Evidence) -> Health:
    """What ``health`` becomes. Evidence that is older than another, or of an older revision, changes nothing.

    A failed test says at once that a configuration is down, and so does a failed question; of calls it takes several. A
    failure that is the request's own shows that the provider is there.
    """
    revision = health.revision if seen.revision is None else seen.revision
    if revision < health.revision or seen.at < health.checked_at:
        return health
    if revision > health.revision:
        health = Health(since=health.since, state=health.state)
    state, failures = _judge(health, seen)
    told = seen.error is not None and (_is_failure(seen) or seen.error in REJECTIONS or seen.error == "rate_limit")
    return msgspec.structs.replace(
        health,
        state=state,
        since=health.since if state == health.state and health.since else seen.at,
        revision=revision,
        source=seen.source,
        checked_at=seen.at,
        failures=failures,
        error=seen.error if told else health.error,
        message=seen.message if told else health.message,
        error_at=seen.at if told else health.error_at,
    )


def worst(states: list[HealthState]) -> HealthState:
    """The word for several together: the worst of those that are known."""
    return HEALTH_STATES[max((HEALTH_STATES.index(state) for state in states), default=0)]


def _is_failure(seen: Evidence) -> bool:
    return seen.error in FAILURES or (seen.error is not None and seen.source != "traffic")


def _judge(health: Health, seen: Evidence) -> tuple[HealthState, int]:
    if seen.error in REJECTIONS:
        return "unauthorized", health.failures + 1
    if seen.error == "rate_limit":
        return "rate_limited", health.failures
    if _is_failure(seen):
        failures = health.failures + 1
        sure = seen.source != "traffic" or failures >= DOWN_AFTER or health.state in ("down", "unauthorized")
        return ("down" if sure else "degraded"), failures
    if seen.source == "probe" and health.state not in ("unknown", "healthy") and health.error in _SEEN_BY_CALLS_ALONE:
        return health.state, health.failures
    if seen.source == "traffic" and health.state == "degraded" and seen.at - health.error_at < CALM_US:
        return "degraded", 0
    return "healthy", 0
