"""What is held for a call until it is over."""

from __future__ import annotations

from typing import Protocol

from trunkline.core.usage_event import UsageEvent


class Hold(Protocol):
    """What a gate has taken for one call: a place among those that run at a time, money of a budget.

    Exactly one of the two is called, once. Neither waits or raises.
    """

    def settle(self, event: UsageEvent) -> None:
        """The call was made and is over; ``event`` is what is written down of it."""
        ...

    def void(self) -> None:
        """The call was refused, or answered without being made: all that was taken is given back."""
        ...
