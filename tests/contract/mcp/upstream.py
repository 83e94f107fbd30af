"""MCP servers of the test's own: one of the reference SDK, and one that answers what it is told to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from mcp.server.mcpserver import Context, MCPServer


@asynccontextmanager
async def serve(application: Any, lifespan: Any = "on") -> AsyncIterator[str]:
    """Its base URL, on a free port."""
    config = uvicorn.Config(
        application, host="127.0.0.1", port=0, log_level="error", lifespan=lifespan, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined] - the test's process has its own
    serving = asyncio.ensure_future(server.serve())
    while not server.started and not serving.done():
        await asyncio.sleep(0)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


@dataclass
class Reference:
    """``came`` has the headers of each request."""

    url: str = ""
    came: list[dict[str, str]] = field(default_factory=list)


@asynccontextmanager
async def serve_reference() -> AsyncIterator[Reference]:
    """The SDK's server, with sessions for those that shake hands."""
    server = MCPServer("weather", instructions="Ask for the weather.")

    @server.tool()
    def forecast(place: str) -> str:
        """Tell the weather."""
        return f"Sun in {place}."

    @server.tool()
    async def count(to: int, ctx: Context) -> str:
        """Count, and tell how far it is."""
        for number in range(to):
            await ctx.report_progress(number, to)
        return "done"

    @server.tool()
    def flood() -> str:
        """Do harm."""
        raise ValueError("The dam is closed.")

    application = server.streamable_http_app()
    reference = Reference()

    async def listen(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            headers = {name.decode(): value.decode() for name, value in scope["headers"]}
            reference.came.append({":method": scope["method"], **headers})
        await application(scope, receive, send)

    async with serve(listen) as url:
        reference.url = f"{url}/mcp"
        yield reference


Send = Callable[[Any], Awaitable[None]]


@dataclass
class Scripted:
    """``answer`` gets each message (None: no JSON) and ``send`` of ASGI; ``came`` has headers and bodies."""

    url: str = ""
    answer: Callable[[Any, Send], Awaitable[None]] | None = None
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@asynccontextmanager
async def serve_scripted() -> AsyncIterator[Scripted]:
    """One that does whatever the test wants."""
    scripted = Scripted()

    async def application(scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        scripted.came.append(({":path": scope["path"], **headers}, body))
        assert scripted.answer is not None
        try:
            given = json.loads(body)
        except ValueError:
            given = None
        await scripted.answer(given, send)

    async with serve(application, "off") as url:
        scripted.url = url
        yield scripted


async def send_whole(send: Send, body: Any, status: int = 200, media: str = "application/json", **headers: str) -> None:
    """An answer in one piece."""
    await begin(send, status, media, **headers)
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    await send({"type": "http.response.body", "body": sent})


async def begin(send: Send, status: int = 200, media: str = "text/event-stream", **headers: str) -> None:
    """The head of one."""
    pairs = [(b"content-type", media.encode())]
    pairs += [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})


async def push(send: Send, body: bytes) -> None:
    """A piece of a stream."""
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _serve_for_ever() -> None:
    async with serve_reference() as running:
        print(running.url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve_for_ever())
