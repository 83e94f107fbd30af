"""Who grants leases, as a process that serves calls sees it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Protocol

import msgspec

from trunkline.core.period import Period


class Need(msgspec.Struct, frozen=True, array_like=True):
    """Nano-dollars: what would do for sure, and the least that is of any use."""

    want: int
    least: int


class LeaseQuestion(msgspec.Struct, frozen=True, array_like=True):
    """What the process ``holder`` asks at the moment ``at`` (microseconds since the epoch).

    ``granted`` says of its leases, by their ids, what it believes to have been granted in all: with less than the
    authority knows of, something is given back. ``needs`` are those of calls that wait, by budget.
    """

    holder: str
    at: int
    granted: dict[str, int] = {}
    needs: list[dict[str, Need]] = []


class LeaseTerms(msgspec.Struct, frozen=True, array_like=True):
    """A lease that was granted or grew: ``extra`` is for calls to come."""

    budget_id: str
    lease_id: str
    revision: int
    period: Period
    extra: int = 0


class Shortage(msgspec.Struct, frozen=True, array_like=True):
    """Which budget has too little. ``unspent`` is its amount less what was spent, ``left`` what nobody holds of it."""

    budget_id: str
    unspent: int
    left: int
    period: Period


class LeaseOutcome(msgspec.Struct, frozen=True, array_like=True):
    """For one call: what it gets, by budget, or why it gets nothing."""

    granted: dict[str, int] = {}
    shortage: Shortage | None = None


class LeaseAnswer(msgspec.Struct, frozen=True, array_like=True):
    """``outcomes`` are those of the calls, in their order."""

    leases: list[LeaseTerms] = []
    outcomes: list[LeaseOutcome] = []


class Authority(Protocol):
    """Grants leases."""

    async def lease(self, question: LeaseQuestion) -> LeaseAnswer:
        """Raises :class:`~trunkline.core.errors.Unavailable` where nobody can grant anything now."""
        ...


Recall = Callable[[str, Collection[str]], Awaitable[Mapping[str, int]]]
"""Has all processes but one give back what no call holds of some budgets: what was granted to each then, by lease."""
