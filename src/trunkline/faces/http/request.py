"""What every request gets before anything else: an id, its context, safe headers, and a look at its bare text."""

from __future__ import annotations

import re
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from trunkline.control.request_context import request_context
from trunkline.core.errors import InvalidInput
from trunkline.core.ids import new_id
from trunkline.faces.http.errors import render
from trunkline.faces.http.headers import SAFE_HEADERS

_SANE: Final = re.compile(r"[A-Za-z0-9._-]{1,128}")


class RequestMiddleware:
    """Gives a request its id (a sane ``x-request-id`` of the caller is kept), and answers their headers.

    ``scope["state"]["request_id"]`` has the id. A path or query with a NUL or a broken character is 400 at once: no
    name of ours has one, and databases refuse them in ways of their own.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _SANE.fullmatch(given) else new_id()
        scope.setdefault("state", {})["request_id"] = request_id

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = request_id
                for name, value in SAFE_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        client: tuple[str, int] | None = scope.get("client")
        with request_context(request_id, client[0] if client else None):
            if _is_broken(scope):
                error = InvalidInput("The address has a character that no name of ours has. Check its spelling.")
                await render(error, scope)(scope, receive, answer)
                return
            await self._app(scope, receive, answer)


def _is_broken(scope: Scope) -> bool:
    path: str = scope["path"]
    query: bytes = scope.get("query_string", b"")
    return "\0" in path or "\ufffd" in path or b"%00" in query or any("\ud800" <= char <= "\udfff" for char in path)
