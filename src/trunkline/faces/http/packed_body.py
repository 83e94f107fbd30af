"""Requests whose body is compressed: what is behind here gets it as it was."""

from __future__ import annotations

from typing import cast

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from trunkline.core.errors import TrunklineError
from trunkline.faces.http.body_limit import BodyLimit
from trunkline.faces.http.errors import render
from trunkline.faces.unpacking import read_codings, unpack


class PackedBodyMiddleware:
    """Unpacks within ``limit``; what is compressed otherwise, or badly, is refused."""

    def __init__(self, app: ASGIApp, limit: BodyLimit) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        headers = Headers(scope=scope) if scope["type"] == "http" else None
        if headers is None or "content-encoding" not in headers:
            await self._app(scope, receive, send)
            return
        try:
            body = await self._read(scope, headers, receive)
        except TrunklineError as error:
            await render(error, scope)(scope, receive, send)
            return
        if body is None:
            return
        kept = [pair for pair in scope["headers"] if pair[0] not in {b"content-encoding", b"content-length"}]
        length = (b"content-length", b"%d" % len(body))
        given = False

        async def receive_again() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app({**scope, "headers": [*kept, length]}, receive_again, send)

    async def _read(self, scope: Scope, headers: Headers, receive: Receive) -> bytes | None:
        """The whole body, unpacked; None when the client went away."""
        codings = read_codings(value.encode("latin-1") for value in headers.getlist("content-encoding"))
        limit = self._limit.of(scope["path"])
        pieces: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            piece = cast("bytes", message.get("body", b""))
            size += len(piece)
            if size > limit:
                raise self._limit.error(limit)
            pieces.append(piece)
            if not message.get("more_body", False):
                break
        body = b"".join(pieces)
        return await unpack(body, codings, limit, lambda: self._limit.error(limit)) if body else body
