"""Answers for HTTP/1.0, which knows no chunks: a body without a length ends with the connection.

https://www.rfc-editor.org/rfc/rfc9112#section-6.1: "A server MUST NOT send a response containing Transfer-Encoding
unless the corresponding request indicates HTTP/1.1".
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle


class OldClient:
    """Runs ``app`` for one request of HTTP/1.0, and writes what it sends."""

    def __init__(self, app: Callable[..., Awaitable[None]], cycle: RequestResponseCycle) -> None:
        self._app = app
        self._cycle = cycle

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """As ASGI has it, with a ``send`` of our own."""
        del send
        await self._app(scope, receive, self._send)

    async def _send(self, message: Any) -> None:
        cycle = self._cycle
        if cycle.flow.write_paused and not cycle.disconnected:
            await cycle.flow.drain()
        if cycle.disconnected:
            return
        if message["type"] == "http.response.start":
            cycle.response_started = True
            pieces = [STATUS_LINE[message["status"]]]
            for name, value in message.get("headers", ()):
                if name.lower() not in {b"transfer-encoding", b"connection"}:
                    pieces += (name, b": ", value, b"\r\n")
            pieces.append(b"connection: close\r\n\r\n")
            cycle.transport.write(b"".join(pieces))
            return
        if body := message.get("body", b"") if cycle.scope["method"] != "HEAD" else b"":
            cycle.transport.write(body)
        if not message.get("more_body", False):
            cycle.response_complete = True
            cycle.message_event.set()
            cycle.transport.close()
            cycle.on_response()
