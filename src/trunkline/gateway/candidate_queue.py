"""The way of one call past its candidates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from trunkline.core.chat import Usage
from trunkline.core.errors import TrunklineError
from trunkline.gateway.answer import Answer
from trunkline.gateway.exchanges.exchange import Exchange, Prepared
from trunkline.gateway.gates.pending_call import PendingCall
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.routing.target import Target


class Ready(NamedTuple):
    """What a call goes to, and with what: prepared, or with the answer that a gate gave in the target's place."""

    candidate: Candidate
    target: Target
    prepared: Prepared | Answer


class CandidateQueue:
    """The candidates of one call, in order, and how far it has come with them. ``refusal`` is the first one's."""

    __slots__ = ("_next", "began", "call", "candidates", "exchange", "prepared", "refusal", "unfit")

    def __init__(self, candidates: Sequence[Candidate], call: PendingCall, exchange: Exchange) -> None:
        self.candidates = candidates
        self.call = call
        self.exchange = exchange
        self.began = False
        """Whether something was ready to be sent to."""
        self.refusal: TrunklineError | None = None
        self.unfit: Candidate | None = None
        """The first version that cannot be called as it is, for want of a key say: no fault of the request."""
        self.prepared: Prepared | None = None
        """What was sent last."""
        self._next = 0

    @property
    def more(self) -> bool:
        """Whether a candidate is left."""
        return self._next < len(self.candidates)

    def estimate(self) -> Usage:
        """What a call that was cut off before its answer may have used."""
        return Usage() if self.prepared is None else self.prepared.estimate()

    def take(self) -> Candidate:
        """The next one."""
        self._next += 1
        return self.candidates[self._next - 1]
