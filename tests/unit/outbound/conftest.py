"""A server of bare bytes, so that a test says exactly what an upstream sends and sees exactly what it receives."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import uvloop

from trunkline.outbound import Client, Guard, Limits, LocalUpstreams, OutgoingRequest, Url


class Exchange:
    """One connection as the server sees it."""

    def __init__(self, server: RawServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._server = server
        self._reader = reader
        self._writer = writer
        self.number = server.connections

    async def request(self) -> bytes:
        """One whole request, or asyncio.IncompleteReadError when the client hangs up."""
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = 0
        for line in head.split(b"\r\n"):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        whole = head + await self._reader.readexactly(length)
        self._server.requests.append(whole)
        return whole

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def hung_up(self) -> None:
        """Returns when the client has closed."""
        with contextlib.suppress(ConnectionError):
            await self._reader.read()

    def reset(self) -> None:
        """Close with RST instead of FIN."""
        connection: socket.socket = self._writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()


Handler = Callable[[Exchange], Awaitable[None]]


class RawServer:
    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._tasks: set[asyncio.Task[None]] = set()
        self.connections = 0
        self.requests: list[bytes] = []
        self._closed = asyncio.Event()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        self.url = Url.parse(f"http://127.0.0.1:{self.port}/path?q=1")

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._handler(Exchange(self, reader, writer))
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()
            self._closed.set()

    async def until_closed(self) -> None:
        """Returns when a connection has ended; fails instead of hanging when none does."""
        async with asyncio.timeout(10):
            await self._closed.wait()

    def get(self, method: str = "GET", body: bytes = b"") -> OutgoingRequest:
        return OutgoingRequest(method, self.url, (("x-test", "1"),), body)

    async def stop(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


Serve = Callable[[Handler], Awaitable[RawServer]]
MakeClient = Callable[..., Client]


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Every test of this room runs on both loops: their transports differ in many small ways."""
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    servers: list[RawServer] = []

    async def start(handler: Handler) -> RawServer:
        server = RawServer(handler)
        await server.start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        await server.stop()


@pytest.fixture
async def answer(serve: Serve) -> Callable[[bytes], Awaitable[RawServer]]:
    """A server that gives the same bytes to every request and then keeps the connection open."""

    async def start(data: bytes) -> RawServer:
        async def handler(exchange: Exchange) -> None:
            while True:
                await exchange.request()
                await exchange.send(data)

        return await serve(handler)

    return start


@pytest.fixture
async def make_client() -> AsyncIterator[MakeClient]:
    clients: list[Client] = []

    def make(**limits: float) -> Client:
        client = Client(Guard(LocalUpstreams(loopback=True)), limits=Limits(**limits))
        clients.append(client)
        return client

    yield make
    for client in clients:
        await client.close()


@pytest.fixture
async def client(make_client: MakeClient) -> Client:
    return make_client()
