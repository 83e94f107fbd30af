"""The way of one call past its candidates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from trunkline.core.chat import Usage
from trunkline.core.errors import TrunklineError, UpstreamError
from trunkline.gateway.answer import Answer
from trunkline.gateway.exchanges.exchange import Exchange, Prepared
from trunkline.gateway.gates.pending_call import PendingCall
from trunkline.gateway.routing.candidate import Candidate, is_kept
from trunkline.gateway.routing.retry import falls_back, find_cause
from trunkline.gateway.routing.target import Target


class Ready(NamedTuple):
    """What a call goes to, and with what: prepared, or with the answer that a gate gave in the target's place."""

    candidate: Candidate
    target: Target
    prepared: Prepared | Answer


class CandidateQueue:
    """The candidates of one call, in order, and how far it has come with them. ``refusal`` is the first one's.

    Those that their route keeps for a failure stand apart until it has happened.
    """

    __slots__ = ("_kept", "_left", "_next", "began", "call", "candidates", "exchange", "prepared", "refusal", "unfit")

    def __init__(self, candidates: Sequence[Candidate], call: PendingCall, exchange: Exchange) -> None:
        self.candidates = self._left = candidates
        self._kept: Sequence[Candidate] = ()
        if candidates[0].route is not None:
            self._kept = [one for one in candidates if is_kept(one)]
            if self._kept:
                self._left = [one for one in candidates if not is_kept(one)]
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
        return self._next < len(self._left)

    def turns(self, error: UpstreamError) -> bool:
        """Whether the call may turn to another candidate after ``error``.

        To those that are kept for it where there are any, else to what is left, unless the request itself is at fault.
        """
        cause = find_cause(error) if self._kept else None
        kept = [one for one in self._kept if one.target is not None and one.target.fallback_for == cause]
        if cause is not None and kept:
            self._kept = [one for one in self._kept if one not in kept]
            self._left, self._next = kept, 0
            return True
        return self.more and falls_back(error)

    def estimate(self) -> Usage:
        """What a call that was cut off before its answer may have used."""
        return Usage() if self.prepared is None else self.prepared.estimate()

    def take(self) -> Candidate:
        """The next one."""
        self._next += 1
        return self._left[self._next - 1]
