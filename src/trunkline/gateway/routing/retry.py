"""When a failed attempt is tried again, and how long to wait before."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

from trunkline.core.errors import (
    BudgetSpent,
    CannotOpen,
    Forbidden,
    InvalidInput,
    NotFound,
    TooLarge,
    TooMany,
    Unavailable,
    UpstreamError,
)
from trunkline.core.strategy import Cause
from trunkline.outbound import ForbiddenAddress, Timeouts

RETRIABLE: Final = frozenset({"unreachable", "overloaded", "rate_limit", "server"})
"""Kinds after which the provider has not done the work. A time-out is none: the provider may be at it still."""

_OF_THE_REQUEST: Final = frozenset({"bad_request", "too_large", "moderated"})
"""Kinds that tell of the request: another target would say the same, or would say less than it should."""

REFUSALS: Final = (InvalidInput, Forbidden, NotFound, CannotOpen, TooLarge, TooMany, BudgetSpent, Unavailable)
"""What keeps a call from one candidate before anything is sent, while another may serve it."""

MAX_ATTEMPTS: Final = 3
"""At one target."""
BASE_SECONDS: Final = 0.25
CAP_SECONDS: Final = 4.0


class RetryBudget:
    """Lets retries be at most a fifth of the calls, and ten a second besides, so that a storm is never amplified.

    A token bucket for each workspace and each target: every call puts 0.2 in, time puts 10 a second in, a retry takes
    1. That of a target is there from its first retry on, so that one that is well costs nothing.
    """

    __slots__ = ("_buckets", "_clock", "_targets")

    SHARE: Final = 0.2
    PER_SECOND: Final = 10.0
    MAX_BUCKETS: Final = 10_000

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._buckets: dict[str, list[float]] = {}
        self._targets: dict[str, list[float]] = {}

    def deposit(self, place: str, target: str | None = None) -> None:
        """A call of the workspace ``place`` to ``target`` began."""
        if self._targets and target is not None and (own := self._targets.get(target)) is not None:
            own[0] = min(own[0] + self.SHARE, 100.0)
        bucket = self._buckets.get(place)
        if bucket is None:
            if len(self._buckets) >= self.MAX_BUCKETS:
                self._buckets.clear()
            self._buckets[place] = [self.PER_SECOND, self._clock()]
        elif bucket[0] < 100.0:
            bucket[0] = min(bucket[0] + self.SHARE, 100.0)

    def withdraw(self, place: str, target: str | None = None) -> bool:
        """Whether one more attempt of the workspace ``place`` is within the budget; takes it when it is.

        ``target`` is what is tried again, whose own budget counts too; None where a call turns to another one.
        """
        bucket = self._buckets.get(place)
        if bucket is None:
            return False
        now = self._clock()
        buckets = [bucket]
        if target is not None:
            own = self._targets.get(target)
            if own is None:
                if len(self._targets) >= self.MAX_BUCKETS:
                    self._targets.clear()
                own = self._targets[target] = [self.PER_SECOND, now]
            buckets.append(own)
        for each in buckets:
            each[0] = min(each[0] + (now - each[1]) * self.PER_SECOND, 100.0)
            each[1] = now
        if any(each[0] < 1 - 1e-9 for each in buckets):  # five fifths are one
            return False
        for each in buckets:
            each[0] -= 1
        return True


def delay(error: UpstreamError, attempt: int, left: float) -> float | None:
    """Seconds to wait before attempt ``attempt + 1``, or None when there shall be none.

    None too where the provider's words tell a cause that no waiting cures. Else exponential with full jitter
    (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/), but never shorter
    than the provider asks for. ``left`` is what remains of the call's time.
    """
    if error.kind not in RETRIABLE or attempt >= MAX_ATTEMPTS or isinstance(error, ForbiddenAddress):
        return None
    if error.final or error.at_fault in {"request", "target"}:
        return None
    ceiling = min(CAP_SECONDS, BASE_SECONDS * 2 ** (attempt - 1))
    wait = random.uniform(0, ceiling)  # noqa: S311 - jitter, not a secret
    if error.retry_after is not None:
        if error.retry_after > CAP_SECONDS:
            return None
        wait = max(wait, error.retry_after)
    return wait if wait < left else None


def falls_back(error: UpstreamError) -> bool:
    """Whether another target of a route may serve what this one did not: not where the request itself is at fault.

    What the provider's words tell counts more than its status: a picture is no fault of the request where only this
    server cannot see.
    """
    if error.at_fault is not None:
        return error.at_fault != "request"
    return error.kind not in _OF_THE_REQUEST


def find_cause(error: UpstreamError) -> Cause | None:
    """What a route may keep targets for, where ``error`` is that."""
    if error.kind == "moderated":
        return "contentFilter"
    return "contextWindow" if error.kind == "too_large" else None


def grant(timeouts: Timeouts, left: float, *, more: bool) -> Timeouts:
    """The time for an attempt at an answer in one piece, where the call has ``left`` seconds.

    Nothing comes of it before all of it is there, so no silence means anything: the attempt may take all that is left,
    or half of it while there is ``more`` to turn to.
    """
    silence = max(left / 2, timeouts.first_byte) if more else left
    return Timeouts(connect=timeouts.connect, first_byte=silence, between=silence, total=left)
