"""Asking a server for a WebSocket: the same guard, addresses and TLS as for every request, on a connection of its own.

https://www.rfc-editor.org/rfc/rfc6455#section-4.1
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final, NamedTuple, Protocol, runtime_checkable

from websockets.client import ClientProtocol
from websockets.datastructures import Headers as Fields
from websockets.http11 import Request
from websockets.typing import Subprotocol
from websockets.uri import WebSocketURI

from trunkline.outbound.dial import Dialer, Progress, out_of_time
from trunkline.outbound.errors import ClosedEarly, ProtocolViolation, TimedOut
from trunkline.outbound.headers import Headers
from trunkline.outbound.origin import Origin
from trunkline.outbound.request import OutgoingRequest, write_head
from trunkline.outbound.timeouts import Timeouts
from trunkline.outbound.web_socket import Ended, Patience, WebSocket

_MESSAGE_BYTES: Final = 4 * 1024 * 1024
"""Of one message of a server, which repeats what it was sent now and then."""


class Declined(NamedTuple):
    """The answer of a server that gives no WebSocket."""

    status: int
    headers: Headers
    body: bytes


@runtime_checkable
class SocketTransport(Protocol):
    """What opens WebSockets: :class:`~trunkline.outbound.Client`."""

    async def open_socket(
        self, request: OutgoingRequest, subprotocols: Sequence[str], timeouts: Timeouts
    ) -> WebSocket | Declined:
        """Ask for one as :meth:`.Transport.send` sends a request, and return when there is an answer.

        ``request`` is a GET without a body. Raises what :meth:`.Transport.send` raises.
        """
        ...


async def upgrade(
    dialer: Dialer, request: OutgoingRequest, subprotocols: Sequence[str], timeouts: Timeouts
) -> WebSocket | Declined:
    """See :meth:`SocketTransport.open_socket`. Cancelling it closes the connection."""
    write_head(request)  # which refuses what could change the meaning of a head
    origin = request.url.origin
    uri = WebSocketURI(origin.scheme == "https", origin.host, origin.port, request.url.target, "")
    offered = [Subprotocol(name) for name in subprotocols]
    progress = Progress()

    def make() -> WebSocket:
        # Each connection that is tried has its own: what becomes of one is nothing to the other.
        return WebSocket(ClientProtocol(uri, subprotocols=offered or None, max_size=_MESSAGE_BYTES), Patience())

    try:
        async with asyncio.timeout(timeouts.connect):
            socket = await dialer.dial(origin, make, progress)
    except TimeoutError:
        raise out_of_time(origin, progress.stage, timeouts.connect) from None
    frames = socket.frames
    assert isinstance(frames, ClientProtocol)
    try:
        frames.send_request(_write_request(frames, request))
        socket.flush()
        async with asyncio.timeout(timeouts.first_byte):
            response = await socket.shake_hands()
    except TimeoutError:
        socket.abort()
        message = f"No answer from {origin.authority} within {timeouts.first_byte:g} s of sending."
        raise TimedOut(message, origin=origin, stage="head", phase="first_byte") from None
    except Ended:
        raise _closed_early(origin) from None
    except BaseException:
        socket.abort()
        raise
    if response is None and isinstance(getattr(frames.handshake_exc, "__cause__", None), EOFError):
        socket.abort()
        raise _closed_early(origin)
    if response is None or (frames.handshake_exc is not None and response.status_code < 300):
        socket.abort()
        raise _odd(origin)
    if frames.handshake_exc is None:
        return socket
    socket.abort()
    pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers.raw_items()]
    return Declined(response.status_code, Headers(pairs), bytes(response.body or b""))


def _write_request(frames: ClientProtocol, request: OutgoingRequest) -> Request:
    asked = frames.connect()
    fields = Fields(asked.headers)
    del fields["Host"]
    fields["Host"] = request.url.origin.authority
    for name, value in request.headers:
        if name.lower() != "content-type":
            fields[name] = value
    return Request(asked.path, fields)


def _closed_early(origin: Origin) -> ClosedEarly:
    return ClosedEarly(f"{origin.authority} closed the connection without an answer.", origin=origin, stage="head")


def _odd(origin: Origin) -> ProtocolViolation:
    message = f"{origin.authority} does not answer as a server that speaks WebSocket does. Check the base URL."
    return ProtocolViolation(message, origin=origin, stage="head")
