"""Who hears of calls: counters, the health of providers, and whatever else adds them up in this process."""

from __future__ import annotations

from typing import Protocol

from trunkline.core.usage_event import Opened, UsageEvent


class CallObserver(Protocol):
    """One of them. Is told at once, on the event loop: never waits, never raises."""

    def opened(self, opened: Opened) -> None:
        """A call is in the books, and is sent now. ``opened`` may lack its ids and its time."""
        ...

    def settled(self, event: UsageEvent) -> None:
        """It is over. ``event.part`` is ``look`` for one whose end was asked for and has not come yet."""
        ...
