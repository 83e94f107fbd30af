"""What decides whether a call may go on, in one place for all: policies, and whatever else sets bounds.

Gates stand in an order, which the composition root says. A call passes each of them once as a whole (``enter``), and
once more for each candidate that it may go to (``admit``), until one can be sent to. Each may refuse, answer in the
place of a provider, add headers to the response, and hold something until the call is over (see
:class:`~trunkline.gateway.gates.pending_call.PendingCall`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

from trunkline.core.actor import Actor
from trunkline.gateway.answer import Answer
from trunkline.gateway.gates.immediate_call import ImmediateCall
from trunkline.gateway.gates.pending_call import PendingCall
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.routing.target import Target
from trunkline.gateway.snapshot import Snapshot

AdmitNow = Callable[[ImmediateCall], bool]
"""See :meth:`ImmediateGate.bind`."""


class Gate(Protocol):
    """One of them. One object serves all calls of the process at once."""

    def concerns(self, snapshot: Snapshot, actor: Actor, candidate: Candidate) -> bool:
        """Whether calls of ``actor`` to ``candidate`` must pass here at all, as long as ``snapshot`` is current.

        Must be the same for every such call: it is asked once for many of them, and False leaves the gate out. It costs
        a microsecond at most where nothing is concerned, never waits and never raises.
        """
        ...

    async def enter(self, call: PendingCall) -> None:
        """Let the call in, as a whole. Asked once, if the gate concerns one of its candidates.

        Raises any error of :mod:`trunkline.core.errors` but UpstreamError to refuse it; TooMany and BudgetSpent say
        when to come back.
        """
        ...

    async def admit(self, call: PendingCall, candidate: Candidate, target: Target) -> Answer | None:
        """Let the call go to ``candidate``, whose ``target`` is ready; an answer serves it in the provider's place.

        Asked for each candidate that is tried, where the gate concerns it. Raises as :meth:`enter` does, and the next
        candidate is tried; the first refusal is told where none is left. A call that is answered here is written down
        as one that used nothing.
        """
        ...


@runtime_checkable
class ImmediateGate(Gate, Protocol):
    """A gate that mostly decides without waiting, so that plain calls may pass it (:mod:`trunkline.gateway.plain`).

    A call that a gate without :meth:`bind` concerns is never a plain one.
    """

    def bind(self, actor: Actor, candidate: Candidate, target: Target) -> AdmitNow:
        """What does for a call of ``actor``, which has no other candidate and no tags, what :meth:`enter` and
        :meth:`admit` would do, at once. Asked once for all such calls, as long as a snapshot and the target last.

        It gives True: the call may be sent, with what is in ``call.holds`` and ``call.lines``. False, or an error as
        they raise it: not here. Then nothing is told to the client. All holds are voided, lines are dropped, and the
        call begins anew on the general way, where ``enter`` and ``admit`` refuse it, answer it or wait. So whoever
        counts refusals counts them there.
        """
        ...


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
