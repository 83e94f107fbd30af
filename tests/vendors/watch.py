"""Looks at every request that leaves for a provider in the process of the tests, whichever test sends it."""

from __future__ import annotations

from typing import Any

from tests.vendors import check
from trunkline.gateway.routing.target import Target
from trunkline.outbound import OutgoingRequest
from trunkline.outbound.transport import DirectTransport, IncomingResponse, Transport
from trunkline.providers import exchange, probe
from trunkline.providers.endpoint import Endpoint

REFUSALS: list[str] = []
"""What a vendor would have refused since a test began."""


class Watched:
    """A transport that notes what the vendor would refuse, and sends."""

    def __init__(self, provider: str, transport: Transport) -> None:
        self._provider = provider
        self._transport = transport

    async def send(self, request: OutgoingRequest, *more: Any) -> IncomingResponse:
        note(self._provider, request.url.target, bytes(request.body))
        return await self._transport.send(request, *more)


class WatchedDirect(Watched):
    """The same of one that also tells by calls what comes."""

    _transport: DirectTransport

    def take(self, *given: Any) -> Any:
        return self._transport.take(*given)

    def give_back(self, *given: Any) -> Any:
        return self._transport.give_back(*given)

    def begin(self, connection: Any, head: bytes, body: bytes, *more: Any) -> Any:
        note(self._provider, head.split(b" ")[1].decode(), body)
        return self._transport.begin(connection, head, body, *more)

    async def resume(self, *given: Any) -> Any:
        return await self._transport.resume(*given)


def watch(provider: str, transport: Transport) -> Watched:
    """``transport`` watched, and still what it is."""
    return (WatchedDirect if isinstance(transport, DirectTransport) else Watched)(provider, transport)


def note(provider: str, path: str, raw: bytes) -> None:
    """Keep what the vendor would refuse."""
    refused = check(provider, path, raw)
    if refused:
        REFUSALS.append(f"{provider or 'a vendor'} would refuse {path}: " + "; ".join(refused) + f"\n{raw[:4000]!r}")


def install() -> None:
    """Put it before the transport of every target that is made from now on."""
    make = Target.__init__

    def watched(self: Target, entry: Any, provider: Any, endpoint: Any, transport: Any, *more: Any) -> None:
        make(self, entry, provider, endpoint, watch(provider.id, transport) if transport else transport, *more)

    Target.__init__ = watched  # type: ignore[method-assign]
    _install_at_connection_tests()


def _install_at_connection_tests() -> None:
    """A test of a connection sends without a target."""
    send = exchange.dispatch

    async def watched(endpoint: Endpoint, transport: Transport, request: OutgoingRequest, *more: Any) -> Any:
        note(endpoint.provider.id, request.url.target, bytes(request.body))
        return await send(endpoint, transport, request, *more)

    exchange.dispatch = probe.dispatch = watched  # type: ignore[assignment]
