"""The way of one call past its candidates."""

from __future__ import annotations

from collections.abc import Sequence

from trunkline.core.actor import Actor
from trunkline.core.errors import TrunklineError
from trunkline.gateway.context import CallContext
from trunkline.gateway.exchanges.exchange import Exchange
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.routing.target import Target
from trunkline.gateway.snapshot import Snapshot
from trunkline.outbound import OutgoingRequest

Ready = tuple[Candidate, Target, OutgoingRequest]
"""What a call goes to, and with what."""


class CandidateQueue:
    """The candidates of one call, in order, and how far it has come with them. ``refusal`` is the first one's."""

    __slots__ = (
        "_next",
        "actor",
        "began",
        "candidates",
        "context",
        "exchange",
        "refusal",
        "request_id",
        "snapshot",
        "unfit",
    )

    def __init__(
        self,
        candidates: Sequence[Candidate],
        snapshot: Snapshot,
        actor: Actor,
        exchange: Exchange,
        request_id: str,
        context: CallContext,
    ) -> None:
        self.candidates = candidates
        self.snapshot = snapshot
        self.actor = actor
        self.exchange = exchange
        self.request_id = request_id
        self.context = context
        self.began = False
        """Whether something was ready to be sent to."""
        self.refusal: TrunklineError | None = None
        self.unfit: Candidate | None = None
        """The first version that cannot be called as it is, for want of a key say: no fault of the request."""
        self._next = 0

    @property
    def more(self) -> bool:
        """Whether a candidate is left."""
        return self._next < len(self.candidates)

    def take(self) -> Candidate:
        """The next one."""
        self._next += 1
        return self.candidates[self._next - 1]
