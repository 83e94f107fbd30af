"""How a call is told that a budget has too little left for it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from trunkline.core.budget import Budget
from trunkline.core.errors import BudgetSpent, Forbidden
from trunkline.core.time_zone import find_zone
from trunkline.gateway.answer import write_usd
from trunkline.gateway.budgets.authority import Need, Shortage

NEAR_SECONDS: Final = 3_600.0
"""An end of a period that is nearer is said as ``retry-after``."""

AT_ONCE_SECONDS: Final = 60.0
"""One that is nearer than this is worth waiting for."""

_NAMES: Final = {"day": "today", "week": "this week", "month": "this month", "total": "in all"}


def refuse(budget: Budget, need: Need, shortage: Shortage, now: float) -> BudgetSpent:
    """Names the budget, what it has left, and until when. ``now`` is seconds since the epoch."""
    amount, when = write_dollars(budget.amount), _NAMES[budget.period]
    least = write_dollars(need.least)
    if need.least <= shortage.unspent:
        return BudgetSpent(
            f'The budget "{budget.name}" ({amount} {when}) has {write_dollars(max(shortage.left, 0))} left beside what'
            f" is held for calls that run now; this call needs at least {least}. Try again when they have ended.",
            retry_after=1.0,
            soon=True,
        )
    left = write_dollars(max(shortage.unspent, 0))
    words = f'The budget "{budget.name}" ({amount} {when}) has {left} left; this call needs at least {least}.'
    end = shortage.period.end
    if end is None:
        return BudgetSpent(f"{words} Ask an admin of the workspace to raise it.")
    wait = end / 1_000_000 - now
    return BudgetSpent(
        f"{words} It starts anew on {_write_moment(end, budget.time_zone)}.",
        retry_after=wait if wait <= NEAR_SECONDS else None,
        soon=wait <= AT_ONCE_SECONDS,
    )


def _write_moment(at: int, zone_name: str) -> str:
    """``1 December 2026, 00:00 Europe/Berlin``, for microseconds since the epoch."""
    zone = find_zone(zone_name)
    moment = datetime.fromtimestamp(at / 1_000_000, zone or UTC)
    return f"{moment.day} {moment:%B %Y, %H:%M} {'UTC' if zone is None else zone_name}"


def refuse_unpriced(budget: Budget, model: str, what: str) -> Forbidden:
    """For a call of which nobody knows what it can cost."""
    return Forbidden(
        f'The budget "{budget.name}" is a hard one, and the price of {what} {model!r} is not known. Give the budget a'
        " default price, or call a model whose price is known.",
        code="unpriced_model",
    )


def write_dollars(nanos: int) -> str:
    """``$0.000114``: exact, without zeros at the end."""
    return f"${write_usd(nanos).decode()}"
