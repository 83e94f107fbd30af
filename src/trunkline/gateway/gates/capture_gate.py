"""Has the content of calls kept, where their workspace wants that. Refuses nothing and answers nothing."""

from __future__ import annotations

from collections.abc import Callable

from trunkline.core.actor import Actor
from trunkline.gateway.capture.capture import Capture
from trunkline.gateway.capture.capture_queue import CaptureQueue
from trunkline.gateway.capture.reading import read_exchange
from trunkline.gateway.gates.pending_call import PendingCall
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.routing.target import Target
from trunkline.gateway.snapshot import Snapshot


class CaptureGate:
    """Implements :class:`~trunkline.gateway.gates.gate.Gate`. The first of all gates: after one that answers none is
    asked. ``chance`` gives numbers from 0 to 1.
    """

    def __init__(self, queue: CaptureQueue, chance: Callable[[], float]) -> None:
        self._queue = queue
        self._chance = chance

    def concerns(self, snapshot: Snapshot, actor: Actor, candidate: Candidate) -> bool:
        """See :class:`~trunkline.gateway.gates.gate.Gate`."""
        return candidate.part.capture is not None

    async def enter(self, call: PendingCall) -> None:
        """See :class:`~trunkline.gateway.gates.gate.Gate`. What we ask ourselves has no content of the workspace's
        own."""
        part = call.snapshot.parts.get(call.actor.workspace_id)
        rule = None if part is None else part.capture
        if rule is None or call.operation is None or call.context.purpose is not None:
            return
        if self._chance() < rule.rate and (reading := read_exchange(call.exchange)) is not None:
            call.capturing = call.holds[self] = Capture(self._queue, rule, reading)

    async def admit(self, call: PendingCall, candidate: Candidate, target: Target) -> None:
        """See :class:`~trunkline.gateway.gates.gate.Gate`. From here on it is known which key must not be kept."""
        capture = call.holds.get(self)
        if isinstance(capture, Capture):
            capture.redaction = target.endpoint.redaction
