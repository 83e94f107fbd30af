"""What a relay is given: the provider's body, and a call whose books are in memory."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import msgspec

from trunkline.core.actor import Actor
from trunkline.core.errors import UpstreamError
from trunkline.core.price import Price, Rate
from trunkline.core.usage_event import UsageEvent
from trunkline.gateway.call import Call, Ledger
from trunkline.gateway.metrics import CallCounters
from trunkline.gateway.routing.resolve import Candidate
from trunkline.gateway.snapshot import ConfigurationEntry, WorkspacePart
from trunkline.providers.registry import PROVIDERS

PRICE = Price(input=Rate(2_000_000_000), output=Rate(8_000_000_000), source="test")


class Books:
    def __init__(self) -> None:
        self.events: list[UsageEvent] = []
        self.fault: Exception | None = None

    def open(self, event_id: bytes, payload: bytes, template: object = None) -> None:
        pass

    def settle(self, event_id: bytes, payload: bytes) -> Awaitable[None]:
        self.events.append(msgspec.msgpack.decode(payload, type=UsageEvent))

        async def write() -> None:
            if self.fault is not None:
                raise self.fault

        return write()


class Prices:
    def __init__(self, price: Price) -> None:
        self.price = price

    def find(self, provider: object, model: str, terms: object = None) -> Price | None:
        return self.price


class Body:
    """The provider's answer: pieces, then its end or an error."""

    def __init__(self, pieces: Sequence[bytes], error: UpstreamError | None = None) -> None:
        self.pieces = list(pieces)
        self.error = error
        self.aborted = False

    async def next_chunk(self) -> bytes:
        if self.pieces:
            return self.pieces.pop(0)
        if self.error is not None:
            raise self.error
        return b""

    async def flow(self, sink: Callable[[bytes], bool]) -> None:
        while self.pieces and sink(self.pieces.pop(0)):
            pass

    def abort(self) -> None:
        self.aborted = True


def open_call(books: Books, price: Price = PRICE) -> Call:
    ledger = Ledger(books, Prices(price), (CallCounters(),), clock=lambda: 0.0, ticks=lambda: 0.0)
    entry = ConfigurationEntry(id="c", workspace_id="w", owner_id="u", name="c", provider="openai", model="m")
    part = WorkspacePart(id="w", revision=1)
    call = ledger.open(
        Actor(user_id="u", workspace_id="w", role="owner"),
        Candidate(entry, "m", part),
        "speech",
        request_id="r",
        requested_model="c",
        streamed=True,
    )
    call.provider = PROVIDERS["openai"]
    return call
