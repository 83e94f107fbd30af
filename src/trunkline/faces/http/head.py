"""``HEAD`` wherever ``GET`` is: the same headers, and no body (https://www.rfc-editor.org/rfc/rfc9110#section-9.3.2)."""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class HeadMiddleware:
    """Asks the application as if for the body, and sends all but that. A stream is told that nobody listens."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return
        enough = asyncio.Event()
        asked = False

        async def receive_once() -> Message:
            nonlocal asked
            if not asked:
                asked = True
                return await receive()
            await enough.wait()
            return {"type": "http.disconnect"}

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.start":
                await send(message)
                await send({"type": "http.response.body", "body": b""})
                enough.set()

        # By its older version the protocol lets who streams learn from `receive` that nobody listens.
        asgi = {**scope.get("asgi", {}), "spec_version": "2.3"}
        await self._app({**scope, "method": "GET", "asgi": asgi}, receive_once, send_head)
