"""A line in the log for each call, for installations that want it."""

from __future__ import annotations

from typing import Final

from trunkline.core.errors import TrunklineError
from trunkline.core.price import NANOS_PER_USD
from trunkline.core.usage_event import Opened, UsageEvent
from trunkline.gateway.journal.template import PlainEnd
from trunkline.logs import get_logger

_log: Final = get_logger(__name__)


class CallLog:
    """Implements :class:`~trunkline.gateway.call_observer.CallObserver`. Writes ids and figures, and no content."""

    def opened(self, opened: Opened) -> None:
        """See the protocol."""

    def settled(self, event: UsageEvent) -> None:
        """See the protocol."""
        if event.part == "look":
            return
        usage, nanos = event.usage, event.cost_nanos
        _log.info(
            "call",
            request_id=event.request_id,
            call_id=event.id,
            workspace_id=event.workspace_id,
            key_id=event.key_id,
            operation=event.operation,
            provider=event.provider,
            model=event.model,
            requested_model=event.requested_model,
            outcome=event.outcome,
            status=event.status,
            error=event.error,
            streamed=event.streamed,
            attempts=len(event.attempts) + (event.outcome != "error"),
            duration_ms=event.duration_us // 1_000,
            first_token_ms=None if event.first_token_us is None else event.first_token_us // 1_000,
            input_tokens=usage.input,
            output_tokens=usage.output,
            cost_usd=None if nanos is None else nanos / NANOS_PER_USD,
            cached=event.cached,
        )

    def settled_plainly(self, common: UsageEvent, identity: bytes, end: PlainEnd) -> None:
        """See the protocol."""
        self.settled(end.complete(common, identity))

    def refused(self, error: TrunklineError, request_id: str) -> None:
        """A call was refused before anything was sent. What the error says may quote the request, so it is not told."""
        _log.info("call_refused", request_id=request_id, error=error.code)
