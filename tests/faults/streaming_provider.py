"""A provider for thousands of streams at once, which begin and then stand still."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from tests.e2e.server import Server


class StreamingProvider:
    """Speaks OpenAI's format. Each stream has its first piece, and goes on when ``rest`` is set.

    ``left`` says when (in monotonic seconds) who asked a question went away before that.
    """

    def __init__(self) -> None:
        self.url = ""
        self.begun = 0
        self.rest = asyncio.Event()
        self.left: dict[str, float] = {}

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One call; the connection ends with it."""
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        question = json.loads(await reader.readexactly(length))["messages"][-1]["content"]
        writer.write(
            b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: text/event-stream\r\n"
            b"transfer-encoding: chunked\r\n\r\n" + _write({"role": "assistant", "content": "Hello"})
        )
        self.begun += 1
        rest = asyncio.ensure_future(self.rest.wait())
        gone = asyncio.ensure_future(reader.read(1))
        await asyncio.wait({rest, gone}, return_when=asyncio.FIRST_COMPLETED)
        if gone.done():
            self.left[question] = time.monotonic()
        else:
            writer.write(_write({"content": " there."}) + _write({}, finish="stop") + _DONE)
            with contextlib.suppress(ConnectionError):
                await writer.drain()
        for task in (rest, gone):
            task.cancel()
        await asyncio.gather(rest, gone, return_exceptions=True)
        writer.close()


def _write(delta: dict[str, str], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    piece: dict[str, Any] = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4o-mini"}
    return _chunk(b"data: %b\n\n" % json.dumps({**piece, "choices": [choice]}).encode())


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


_DONE = _chunk(b"data: [DONE]\n\n") + _chunk(b"")


@asynccontextmanager
async def streaming_provider() -> AsyncGenerator[StreamingProvider]:
    """One that runs until the block ends."""
    provider = StreamingProvider()
    listener = await asyncio.start_server(provider.answer, "127.0.0.1", 0, backlog=1_000)
    provider.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/v1"
    try:
        yield provider
    finally:
        listener.close()


def configure(server: Server, provider: StreamingProvider) -> str:
    """Start ``server`` with a configuration ``mini`` for the provider. A key to call it with."""
    server.start()
    server.sign_in()
    body = {"name": "mini", "provider": "openai", "model": "gpt-4o-mini", "apiKey": "sk-x", "baseUrl": provider.url}
    status, made = server.ask("POST", "/api/configurations", body)
    assert status == 201, made
    return server.make_key()


async def begin(server: Server, key: str, name: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A call that asks ``name``, which has had its first piece."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    body = json.dumps({"model": "mini", "stream": True, "messages": [{"role": "user", "content": name}]})
    writer.write(
        f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\nx-request-id: {name}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n{body}".encode()
    )
    await reader.readuntil(b"Hello")
    return reader, writer
