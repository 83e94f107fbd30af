"""Who hears of calls: counters, the health of providers, and whatever else adds them up in this process."""

from __future__ import annotations

from typing import Protocol

from trunkline.core.usage_event import Opened, UsageEvent
from trunkline.gateway.journal.template import PlainEnd


class CallObserver(Protocol):
    """One of them. Is told at once, on the event loop: never waits, never raises."""

    def opened(self, opened: Opened) -> None:
        """A call is in the books, and is sent now. ``opened`` may lack its ids and its time."""
        ...

    def settled(self, event: UsageEvent) -> None:
        """It is over. ``event.part`` is ``look`` for one whose end was asked for and has not come yet."""
        ...

    def settled_plainly(self, common: UsageEvent, identity: bytes, end: PlainEnd) -> None:
        """The same of a plain call: what it has in ``common`` with others, its id, and what is its own.

        ``end.complete`` makes one event of them, which most calls need not be made for.
        """
        ...
