"""A budget: how much the calls of somebody or something may cost in a period. Money is whole nano-dollars."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, Literal, get_args

import msgspec

from trunkline.core.chat import Usage
from trunkline.core.period import Period, PeriodKind, find_period
from trunkline.core.price import NANOS_PER_USD, Price, Rate
from trunkline.core.usage_event import UsageEvent

Subject = Literal["workspace", "application", "user", "key", "feature", "tag"]
"""What a budget is for. A feature is named by its slug, a tag by itself, everything else by its id."""

SUBJECTS: Final[tuple[Subject, ...]] = get_args(Subject)

LARGEST_AMOUNT: Final = 1_000_000_000 * NANOS_PER_USD
"""Nano-dollars of a budget: nine digits of dollars fit 64 bits, together with whatever is spent besides."""

LARGEST_RATE: Final = 10_000 * NANOS_PER_USD
"""Nano-dollars per million tokens of a default price."""


class DefaultPrice(msgspec.Struct, frozen=True):
    """What models without a known price count as: nano-dollars per million tokens."""

    input: int
    output: int

    def as_price(self) -> Price:
        """As any other price."""
        return Price(input=Rate(self.input), output=Rate(self.output), sound_as_text=True, source="budget")


class Budget(msgspec.Struct, frozen=True, kw_only=True):
    """A budget of a workspace. A ``hard`` one refuses what would go beyond ``amount``; all count what is spent.

    ``thresholds`` are per cent of the amount, ascending, at which somebody is to be told. ``since`` (microseconds since
    the epoch) is when a total begins. ``revision`` grows with each change.
    """

    id: str
    name: str
    workspace_id: str
    subject: Subject
    subject_id: str
    amount: int
    period: PeriodKind
    time_zone: str
    hard: bool = True
    thresholds: tuple[int, ...] = ()
    default_price: DefaultPrice | None = None
    since: int = 0
    revision: int = 1

    def covers(
        self,
        user_id: str,
        key_id: str | None,
        application_id: str | None,
        feature: str | None,
        tags: Collection[str],
    ) -> bool:
        """Whether a call of its workspace counts."""
        match self.subject:
            case "workspace":
                return True
            case "user":
                return user_id == self.subject_id
            case "key":
                return key_id == self.subject_id
            case "application":
                return application_id == self.subject_id
            case "feature":
                return feature == self.subject_id
            case "tag":
                return self.subject_id in tags

    def counts(self, event: UsageEvent) -> bool:
        """Whether a call of its workspace that was made counts."""
        return self.covers(event.user_id, event.key_id, event.application_id, event.feature, event.tags)

    def find_period(self, at: int) -> Period:
        """The period that holds ``at`` (microseconds since the epoch)."""
        return find_period(self.period, self.time_zone, at, self.since)

    def charge(self, event: UsageEvent) -> int:
        """What a call counts as: see :func:`charge`."""
        return charge(self.default_price, event.outcome, event.cost_nanos, event.held_nanos, event.usage)


def charge(price: DefaultPrice | None, outcome: str, cost: int | None, held: int | None, usage: Usage) -> int:
    """Nano-dollars that a call takes from a budget whose default price is ``price``.

    Its cost; where nobody knows that, the default price; and what was held for it where its process died under it, or
    nothing else is known: the most that it can have cost.
    """
    if cost is not None:
        return cost
    if outcome != "estimated" and price is not None and usage.total:
        return (usage.input * price.input + usage.output * price.output) // 1_000_000
    return held or 0
