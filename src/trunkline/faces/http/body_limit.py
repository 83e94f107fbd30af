"""How large a body may be, whether its length is declared or not."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final, cast

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from trunkline.core.errors import TooLarge
from trunkline.faces.http.errors import render

_MESSAGE: Final = "The body is too large: requests to the management API have at most 1 MiB."


class BodyLimitMiddleware:
    """Refuses a body over ``limit`` bytes with 413: at once when its length is declared, else when it grows over it."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and int(declared) > self._limit:
            await render(TooLarge(_MESSAGE), scope["state"]["request_id"])(scope, receive, send)
            return
        taken = 0

        async def receive_some() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(cast("bytes", message.get("body", b"")))
            if taken > self._limit:
                # The framework takes any other error here for a body that it cannot parse.
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _MESSAGE)
            return message

        await self._app(scope, receive_some, send)
