"""How large a body may be, whether its length is declared or not."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Final, cast

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from trunkline.core.errors import TooLarge
from trunkline.faces.http.errors import render

MEDIA_LIMIT: Final = 32 << 20
"""Bytes of a body that may hold pictures: one of the largest that are kept, in base64, and some text."""

_MEDIA: Final = re.compile(r"/api/(pictures|conversations/[^/]+/messages|features/[^/]+/(run|test))")
"""The paths of such bodies."""


MESSAGE_LIMIT: Final = 4 << 20
"""Bytes of a message to an MCP server of somebody's, which may have a file in it."""

_MESSAGE: Final = re.compile(r"/mcp/[^/]+")


class BodyLimit:
    """``usual`` bytes; where pictures are sent, :data:`MEDIA_LIMIT` instead."""

    def __init__(self, usual: int) -> None:
        self._usual = usual

    def of(self, path: str) -> int:
        """Bytes of a body that is sent to ``path``."""
        if _MESSAGE.fullmatch(path):
            return MESSAGE_LIMIT
        return MEDIA_LIMIT if _MEDIA.fullmatch(path) else self._usual

    def error(self, limit: int) -> TooLarge:
        """For a body over ``limit``."""
        return TooLarge(f"The body is too large: requests here have at most {limit >> 20} MiB.")


class BodyLimitMiddleware:
    """Refuses a body over ``limit`` with 413: at once when its length is declared, else when it grows over it."""

    def __init__(self, app: ASGIApp, limit: BodyLimit) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._limit.of(scope["path"])
        error = self._limit.error(limit)
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and int(declared) > limit:
            await render(error, scope)(scope, receive, send)
            return
        taken = 0

        async def receive_some() -> Message:
            nonlocal taken
            received = await receive()
            taken += len(cast("bytes", received.get("body", b"")))
            if taken > limit:
                # The framework takes any other error here for a body that it cannot parse.
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, error.message)
            return received

        await self._app(scope, receive_some, send)
