"""Asks an application in this process: as little as a client can be, so that what it costs is the server's."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

Application = Callable[[Any, Any, Any], Awaitable[None]]


class AsgiClient:
    """``headers`` go with every request."""

    def __init__(self, application: Application, headers: dict[str, str]) -> None:
        self._application = application
        self.headers = headers

    async def ask(self, method: str, path: str, body: object = None, expected: int = 200, **headers: str) -> bytes:
        """The answer's body, unread: that is no work of the server's. RuntimeError when it is not ``expected``."""
        path, _, query = path.partition("?")
        sent = {**self.headers, "content-type": "application/json", **headers}
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "scheme": "http",
            "headers": [(name.lower().encode(), value.encode()) for name, value in sent.items()],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8700),
        }
        messages = [{"type": "http.request", "body": b"" if body is None else json.dumps(body).encode()}]
        status, pieces = 0, list[bytes]()

        async def receive() -> Any:
            # The client stays: it hangs up when it has its answer.
            return messages.pop() if messages else await asyncio.Event().wait()

        async def send(message: Any) -> None:
            nonlocal status
            status = message.get("status", status)
            pieces.append(message.get("body", b""))

        await self._application(scope, receive, send)
        text = b"".join(pieces)
        if status != expected:
            raise RuntimeError(f"{method} {path}: {status} {text[:300]!r}")
        return text
