"""A provider on this machine whose pace the test sets: each answer waits until it is told to go on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any


class Exchange:
    """One request that came, and its answer as far as the test has given it."""

    def __init__(self, body: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        self.body = body
        self.gone = asyncio.Event()
        """Set when the caller hangs up."""
        self.over = asyncio.Event()
        self._writer = writer
        self._headed = False

    async def say(self, *texts: str) -> None:
        """Send these texts, an event each."""
        for text in texts:
            await self.send({"choices": [{"index": 0, "delta": {"content": text}}]})

    async def send(self, event: dict[str, Any]) -> None:
        """Send any event of the wire."""
        if not self._headed:
            self._headed = True
            self._writer.write(
                b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
            )
        data = f"data: {json.dumps({'id': 'c', 'object': 'chat.completion.chunk', **event})}\n\n".encode()
        self._writer.write(b"%x\r\n%b\r\n" % (len(data), data))
        await self._writer.drain()

    async def end(self, *, given: int = 11, made: int = 7, reason: str = "stop", **more: Any) -> None:
        """Say why it ends and what it used, and end it."""
        await self.send({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
        usage = {"prompt_tokens": given, "completion_tokens": made, "total_tokens": given + made, **more}
        await self.send({"choices": [], "usage": usage})
        done = b"data: [DONE]\n\n"
        self._writer.write(b"%x\r\n%b\r\n0\r\n\r\n" % (len(done), done))
        await self._writer.drain()
        self.over.set()

    async def fail(self, status: int, message: str = "no", *, headers: str = "", **error: Any) -> None:
        """Answer with an error."""
        body = json.dumps({"error": {"message": message, "code": status, **error}}).encode()
        head = f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n{headers}\r\n"
        self._writer.write(head.encode() + body)
        await self._writer.drain()
        self.over.set()

    async def cut(self) -> None:
        """Break the connection."""
        self._writer.close()
        self.over.set()


class Upstream:
    """A running provider. ``next`` gives the exchanges in the order in which they came."""

    def __init__(self) -> None:
        self.url = ""
        self.count = 0
        self._came: asyncio.Queue[Exchange] = asyncio.Queue()

    async def next(self) -> Exchange:
        """The next request; waits for it."""
        async with asyncio.timeout(20):
            return await self._came.get()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, of one request after the other."""
        ahead = b""
        try:
            while True:
                head = (ahead + await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
                length = int(head.partition("content-length:")[2].partition("\r\n")[0])
                exchange = Exchange(json.loads(await reader.readexactly(length)), writer)
                self.count += 1
                self._came.put_nowait(exchange)
                watching = asyncio.ensure_future(reader.read(1))
                ending = asyncio.ensure_future(exchange.over.wait())
                await asyncio.wait({watching, ending}, return_when=asyncio.FIRST_COMPLETED)
                ending.cancel()
                if not exchange.over.is_set():
                    exchange.gone.set()
                    return
                ahead = await watching
                if not ahead:
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def start() -> AsyncIterator[Upstream]:
    """Run one until the block ends."""
    upstream = Upstream()
    server = await asyncio.start_server(upstream.serve, "127.0.0.1", 0)
    upstream.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield upstream
    finally:
        server.close()
