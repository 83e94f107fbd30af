"""A stream whose two sides speak the same dialect: bytes, with an ear on them."""

from __future__ import annotations

from trunkline.core.chat_events import Failure
from trunkline.core.errors import UpstreamError
from trunkline.dialects.passthrough import Passthrough, Tap
from trunkline.dialects.sse import EventReader
from trunkline.gateway.call import Call
from trunkline.gateway.estimate import Estimate
from trunkline.gateway.relays.relay import StreamRelay, mark
from trunkline.outbound import IncomingResponse


class PassthroughRelay(StreamRelay):
    """Relays one. ``strip_usage`` leaves out what only tells the usage, for a client that did not ask for it; ``older``
    is for one that asks in the older way of its wire."""

    __slots__ = ("_passthrough", "_tells", "refusal")

    def __init__(
        self,
        call: Call,
        response: IncomingResponse,
        estimate: Estimate,
        *,
        passthrough: Passthrough,
        strip_usage: bool,
        older: bool = False,
        tap: Tap | None = None,
    ) -> None:
        tap = passthrough.tap(strip_usage=strip_usage, older=older) if tap is None else tap
        super().__init__(call, response, estimate, tap)
        self._passthrough = passthrough
        self._tells = not strip_usage
        self.refusal = b""
        """The provider's own words for why there is no stream, where :meth:`start` raised for them."""

    async def start(self) -> None:
        """See :class:`~trunkline.gateway.relays.relay.StreamRelay`."""
        try:
            await super().start()
        except UpstreamError:
            events = EventReader().feed(self._tap.take_held())
            self.refusal = events[-1].data if events else b""
            raise

    def _write_failure(self, failure: Failure) -> bytes:
        return self._passthrough.write_failure(failure)

    async def _end(self, held: bytes) -> bytes:
        call, tap = self._call, self._tap
        if call.estimated and self._tells:
            opened = call.opened
            held = self._passthrough.tell_usage(held, mark(call.usage), opened.id, tap.model or opened.model)
        held = self._clean_end(held)
        return held if tap.done else held + self._passthrough.done
