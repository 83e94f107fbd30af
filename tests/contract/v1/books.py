"""A journal in memory."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from functools import partial

import msgspec

from trunkline.core.errors import Unavailable
from trunkline.core.usage_event import Opened, UsageEvent
from trunkline.gateway.journal.syncer import Waiter
from trunkline.gateway.journal.template import RecordTemplate, TemplateReader


class Books:
    """A journal in memory, with a switch for a full disk."""

    def __init__(self) -> None:
        self.process = "here"
        self.fault: Exception | None = None
        self.write_fault: Unavailable | None = None
        """What is in the way of writing what was taken."""
        self.waiting: list[Callable[[], None]] | None = None
        """Where it waits to be written, if it does."""
        self.settle_fault: Exception | None = None
        self.opened: list[Opened] = []
        self.short = 0
        """Calls whose records name a template."""
        self.events: list[UsageEvent] = []
        self._templates = TemplateReader()
        self.settled = threading.Condition()

    def open(self, event_id: bytes, payload: bytes, template: RecordTemplate | None = None) -> None:
        if self.fault is not None:
            raise self.fault
        if template is None:
            self.opened.append(msgspec.msgpack.decode(payload, type=Opened))
        else:
            self.short += 1
            self._templates.learn(template.frame[25:], template.frame[9:25])
            self.opened.append(self._templates.read_opened(payload, event_id))

    def start_after(self, starter: Waiter) -> None:
        """As the real one, which writes at the end of the loop's turn."""
        fault = self.write_fault
        tell = partial(starter.set_result, None) if fault is None else partial(starter.set_exception, fault)
        if self.waiting is None:
            asyncio.get_running_loop().call_soon(tell)
        else:
            self.waiting.append(tell)

    async def written(self) -> None:
        if self.write_fault is not None:
            raise self.write_fault

    async def settle(self, event_id: bytes, payload: bytes) -> None:
        await self._settle(msgspec.msgpack.decode(payload, type=UsageEvent))

    async def _settle(self, event: UsageEvent) -> None:
        with self.settled:
            self.events.append(event)
            self.settled.notify_all()
        if self.settle_fault is not None:
            raise self.settle_fault

    def settle_then(
        self, event_id: bytes, payload: bytes, waiter: Waiter, template: RecordTemplate | None = None
    ) -> None:
        """As the real one, which writes in the loop's next turn."""
        if template is None:
            task = asyncio.ensure_future(self.settle(event_id, payload))
        else:
            task = asyncio.ensure_future(self._settle(self._templates.read_end(payload, event_id)))

        def tell(done: asyncio.Task[None]) -> None:
            fault = done.exception()
            if isinstance(fault, Unavailable):
                waiter.set_exception(fault)
            else:
                waiter.set_result(None)

        task.add_done_callback(tell)

    def last(self, request_id: str | None = None) -> UsageEvent:
        """The event of a request (default: the newest); waits for it."""

        def find() -> UsageEvent | None:
            return next((event for event in reversed(self.events) if request_id in (None, event.request_id)), None)

        with self.settled:
            assert self.settled.wait_for(lambda: find() is not None, 10), "the call was never settled"
            event = find()
        assert event is not None
        return event
