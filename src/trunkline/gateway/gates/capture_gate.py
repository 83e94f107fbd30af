"""Has the content of calls kept, where their workspace wants that. Refuses nothing and answers nothing."""

from __future__ import annotations

from collections.abc import Callable

from trunkline.core.actor import Actor
from trunkline.dialects.dialect import Dialect
from trunkline.dialects.openai_operations.json_body import JsonBody
from trunkline.gateway.capture.capture import Capture
from trunkline.gateway.capture.capture_queue import CaptureQueue
from trunkline.gateway.exchanges.chat import Chat
from trunkline.gateway.exchanges.embeddings import Embeddings
from trunkline.gateway.exchanges.exchange import Inspectable
from trunkline.gateway.exchanges.operation import OperationCall
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
        said = _read(call.exchange)
        if said is not None and self._chance() < rule.rate:
            body, dialect = said
            call.capturing = call.holds[self] = Capture(self._queue, rule, dialect, body)

    async def admit(self, call: PendingCall, candidate: Candidate, target: Target) -> None:
        """See :class:`~trunkline.gateway.gates.gate.Gate`. From here on it is known which key must not be kept."""
        capture = call.holds.get(self)
        if isinstance(capture, Capture):
            capture.redaction = target.endpoint.redaction


def _read(exchange: Inspectable) -> tuple[bytes, Dialect | None] | None:
    """What was sent, and the format that puts a stream of answers together; None for what nobody could read: forms with
    sounds and pictures, sounds as an answer, and streams of which no format is known."""
    match exchange:
        case Chat():
            return exchange.body, exchange.dialect
        case Embeddings():
            return exchange.body, None
        case OperationCall(body=JsonBody() as body, streams=False):
            return body.raw, None
        case _:
            return None
