"""One call on its way past the gates, before anything of it is sent."""

from __future__ import annotations

from typing import Protocol

from trunkline.core.actor import Actor
from trunkline.core.usage_event import Operation
from trunkline.gateway.answer import Answer, HeaderList
from trunkline.gateway.context import CallContext
from trunkline.gateway.exchanges.exchange import Inspectable
from trunkline.gateway.hold import Hold
from trunkline.gateway.snapshot import Snapshot


class Recording(Protocol):
    """What keeps the answer of one call."""

    def take(self, answer: Answer) -> Answer:
        """``answer`` for the client, which may be watched on its way."""
        ...


class PendingCall:
    """What gates look at. ``exchange`` is what somebody wants to send.

    ``operation`` is None for what costs nothing: counting the tokens of a text, asking about an answer that is kept.
    """

    __slots__ = (
        "actor",
        "capturing",
        "context",
        "exchange",
        "headers",
        "held_nanos",
        "holds",
        "leases",
        "opened",
        "operation",
        "output_bound",
        "recording",
        "request_id",
        "snapshot",
    )

    def __init__(
        self,
        snapshot: Snapshot,
        actor: Actor,
        operation: Operation | None,
        exchange: Inspectable,
        request_id: str,
        context: CallContext,
    ) -> None:
        self.snapshot = snapshot
        self.actor = actor
        self.operation = operation
        self.exchange = exchange
        self.request_id = request_id
        self.context = context
        self.headers: HeaderList = []
        """Fields of the response that gates add, be it an answer or a refusal."""
        self.holds: dict[object, Hold] = {}
        """What each gate holds, by the gate. Who is asked for another candidate finds its own here."""
        self.recording: Recording | None = None
        """What keeps the answer, where it is to be kept."""
        self.capturing: Recording | None = None
        """What keeps the content of the call, where its workspace wants that."""
        self.leases: dict[str, str] = {}
        self.held_nanos: int | None = None
        """What budgets hold for it, as the books keep it (:class:`~trunkline.core.usage_event.Opened`)."""
        self.output_bound: int | None = None
        """The most tokens that each of its answers may have; None: as it asks."""
        self.opened = False
        """Whether it is in the books: then its end settles what is held."""

    def add_headers(self, answer: Answer) -> Answer:
        """``answer`` with what gates tell beside it; it is kept where that was asked for."""
        if self.recording is not None and not answer.cached:
            answer = self.recording.take(answer)
        if self.capturing is not None:
            answer = self.capturing.take(answer)
        if self.headers:
            answer.headers.extend(self.headers)
        return answer

    def void(self) -> None:
        """Nothing was sent."""
        holds, self.holds = self.holds, {}
        for hold in holds.values():
            hold.void()
