"""The API for scripts of other origins, where the installation lets them in."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from trunkline.faces.cors import Cors, is_preflight


class CorsMiddleware:
    """Answers browsers' questions by ``rules``, and marks every answer, errors and refusals too."""

    def __init__(self, app: ASGIApp, rules: Cors) -> None:
        self._app = app
        self._rules = rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        if scope["type"] != "http" or not self._rules:
            await self._app(scope, receive, send)
            return
        if is_preflight(scope["method"], scope["headers"]):
            allowed = self._rules.preflight(scope["headers"])
            # Without a word on origins the browser refuses; its console says why.
            headers = [(b"vary", b"origin")] if allowed is None else allowed
            await send({"type": "http.response.start", "status": 204, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        origin = next((value for name, value in scope["headers"] if name == b"origin"), None)

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if origin is None:
                    headers.add_vary_header("origin")
                else:
                    for name, value in self._rules.answer(origin):
                        if name == b"vary":
                            headers.add_vary_header(value.decode())
                        else:
                            headers[name.decode()] = value.decode()
            await send(message)

        await self._app(scope, receive, answer)
