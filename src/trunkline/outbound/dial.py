"""Makes connections: resolve, judge, connect to the judged address, check the peer, then TLS."""

from __future__ import annotations

import asyncio
import ssl
from asyncio import get_running_loop
from collections.abc import Callable
from functools import partial
from ipaddress import ip_address
from itertools import zip_longest
from time import perf_counter
from typing import Final, TypeVar

import msgspec

from trunkline.outbound.address import Address, unwrap
from trunkline.outbound.connection import Connection
from trunkline.outbound.errors import ConnectFailed, Stage, TimedOut, TlsFailed
from trunkline.outbound.guard import Guard
from trunkline.outbound.origin import Origin
from trunkline.outbound.race import race
from trunkline.outbound.resolver import Resolver
from trunkline.outbound.timing import Timing
from trunkline.outbound.web_socket import WebSocket

_MOST_ADDRESSES: Final = 8
_STAGGER: Final = 0.25
"""Seconds, as RFC 8305, section 5, recommends."""
_TLS_GOODBYE: Final = 1.0
"""Seconds that a closing TLS connection waits for the other side's farewell."""


Made = TypeVar("Made", Connection, WebSocket)


class Progress(msgspec.Struct):
    """How far a dial got, for the message when its time runs out in the middle."""

    stage: Stage = "pool"
    dns_ms: float | None = None
    connect_ms: float | None = None
    tls_ms: float | None = None


class Dialer:
    """Makes connections that the guard allows.

    Without ``ssl_context``, one with the system's trust store is made when it is first needed.
    """

    def __init__(self, guard: Guard, resolver: Resolver, ssl_context: ssl.SSLContext | None) -> None:
        self._guard = guard
        self._resolver = resolver
        self._ssl_context = ssl_context

    async def dial(self, origin: Origin, make: Callable[[], Made], progress: Progress) -> Made:
        """Connect to ``origin``. Raises ResolveFailed, ForbiddenAddress, ConnectFailed or TlsFailed; has no timeout."""
        progress.stage = "dns"
        started = perf_counter()
        addresses = await self._resolver.resolve(origin)
        resolved = perf_counter()
        progress.dns_ms = (resolved - started) * 1000
        progress.stage = "guard"
        self._guard.judge(origin, addresses)
        progress.stage = "tcp"
        transport, connection, address = await self._connect_any(origin, addresses, make)
        progress.connect_ms = (perf_counter() - resolved) * 1000
        try:
            self._check_peer(origin, transport, address)
            if origin.scheme == "https":
                progress.stage = "tls"
                connected = perf_counter()
                transport = await self._start_tls(origin, transport, connection)
                progress.tls_ms = (perf_counter() - connected) * 1000
        except BaseException:
            transport.abort()
            raise
        host = f"[{address}]" if address.version == 6 else str(address)
        made = Timing(progress.dns_ms, progress.connect_ms, progress.tls_ms)
        connection.attach(transport, f"{host}:{origin.port}", made)
        return connection

    async def judge(self, origin: Origin) -> None:
        """Judge the addresses of ``origin`` as :meth:`dial` does. Raises ResolveFailed or ForbiddenAddress."""
        self._guard.judge(origin, await self._resolver.resolve(origin))

    async def _connect_any(
        self, origin: Origin, addresses: tuple[Address, ...], make: Callable[[], Made]
    ) -> tuple[asyncio.Transport, Made, Address]:
        async def connect(address: Address) -> tuple[asyncio.Transport, Made, Address]:
            transport, connection = await get_running_loop().create_connection(make, str(address), origin.port)
            return transport, connection, address

        try:
            return await race(
                [partial(connect, address) for address in interleave(addresses)[:_MOST_ADDRESSES]],
                _STAGGER,
                lambda late: late[0].abort(),
            )
        except OSError as error:
            raise ConnectFailed(_why(origin, error), origin=origin, stage="tcp") from error

    def _check_peer(self, origin: Origin, transport: asyncio.Transport, address: Address) -> None:
        """The last word: where the socket really leads must be the judged address, and still be allowed."""
        peer = ip_address(transport.get_extra_info("peername")[0])
        self._guard.judge(origin, (peer,))
        if unwrap(peer)[0] != unwrap(address)[0]:
            raise ConnectFailed(
                f"The connection to {origin.authority} ended at another address than it was made to.",
                origin=origin,
                stage="tcp",
            )

    async def _start_tls(
        self, origin: Origin, transport: asyncio.Transport, connection: asyncio.BaseProtocol
    ) -> asyncio.Transport:
        loop = get_running_loop()
        try:
            secure = await loop.start_tls(
                transport,
                connection,
                self._context(),
                server_hostname=origin.host,
                ssl_shutdown_timeout=_TLS_GOODBYE,
            )
        except ssl.SSLCertVerificationError as error:
            message = f"The TLS certificate of {origin.authority} is not trusted: {error.verify_message}."
            raise TlsFailed(message, origin=origin, stage="tls") from error
        except (OSError, ssl.SSLError) as error:
            message = f"{origin.authority} does not speak TLS as it should. Does its URL start with http:// instead?"
            raise TlsFailed(message, origin=origin, stage="tls") from error
        if secure is None:
            message = f"{origin.authority} closed the connection during the TLS handshake."
            raise TlsFailed(message, origin=origin, stage="tls")
        return secure

    def _context(self) -> ssl.SSLContext:
        if self._ssl_context is None:
            self._ssl_context = ssl.create_default_context()
            self._ssl_context.set_alpn_protocols(["http/1.1"])
        return self._ssl_context


def interleave(addresses: tuple[Address, ...]) -> list[Address]:
    """The same addresses, the two families by turns, so that one that is broken costs one delay at most.

    https://www.rfc-editor.org/rfc/rfc8305#section-4
    """
    first = [address for address in addresses if address.version == addresses[0].version]
    second = [address for address in addresses if address.version != addresses[0].version]
    return [address for pair in zip_longest(first, second) for address in pair if address is not None]


def _why(origin: Origin, error: OSError) -> str:
    where = f"{origin.host}:{origin.port}" if ":" not in origin.host else f"[{origin.host}]:{origin.port}"
    if isinstance(error, ConnectionRefusedError):
        return f"Nothing is listening at {where}."
    return f"There is no way to {where}: {error.strerror or 'it cannot be reached'}."


def out_of_time(origin: Origin, stage: Stage, seconds: float) -> TimedOut:
    """What to raise when a dial, or the wait before it, took longer than ``seconds``."""
    where = origin.authority
    message = {
        "pool": f"All connections to {where} were busy for {seconds:g} s.",
        "dns": f"The name {origin.host} was not resolved within {seconds:g} s.",
        "tls": f"{where} accepted the connection but did not complete TLS within {seconds:g} s.",
    }.get(stage, f"No connection to {where} within {seconds:g} s: it does not react.")
    return TimedOut(message, origin=origin, stage=stage, phase="connect")
