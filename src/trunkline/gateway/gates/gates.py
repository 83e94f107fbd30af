"""All gates of a process, in their order."""

from __future__ import annotations

from collections.abc import Sequence

from trunkline.gateway.answer import Answer
from trunkline.gateway.gates.gate import Gate
from trunkline.gateway.gates.pending_call import PendingCall
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.routing.target import Target


class Gates(tuple[Gate, ...]):
    """Asks those that a call concerns. Empty where there is nothing to pass."""

    __slots__ = ()

    async def enter(self, call: PendingCall, candidates: Sequence[Candidate]) -> None:
        """Let the call in, or raise what the gate that refuses it raises."""
        for gate in self:
            if any(gate.concerns(call.snapshot, call.actor, one) for one in candidates):
                await gate.enter(call)

    async def admit(self, call: PendingCall, candidate: Candidate, target: Target) -> Answer | None:
        """Let the call go to ``candidate``: as :meth:`enter`, and an answer is one in the provider's place."""
        for gate in self:
            if gate.concerns(call.snapshot, call.actor, candidate):
                answer = await gate.admit(call, candidate, target)
                if answer is not None:
                    return answer
        return None
