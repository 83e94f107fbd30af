"""Whole answers, compressed for who asks for it."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from trunkline.faces.packing import SMALLEST, choose_coding, is_text, pack


class CompressionMiddleware:
    """Compresses bodies that come in one piece and shrink. What comes in several is a stream, and left alone."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        accepted = ",".join(Headers(scope=scope).getlist("accept-encoding"))
        coding = choose_coding(accepted.encode("latin-1")) if accepted else None
        start: Message | None = None

        async def answer(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            if start is not None:
                begun, start = start, None
                message = await _compress(begun, message, coding)
                await send(begun)
            await send(message)

        await self._app(scope, receive, answer)


async def _compress(start: Message, message: Message, coding: str | None) -> Message:
    """The body's first message, compressed where it is the only one; ``start`` is changed accordingly."""
    headers = MutableHeaders(scope=start)
    body: bytes = message.get("body", b"")
    kind = headers.get("content-type", "").encode("latin-1")
    if message.get("more_body") or len(body) < SMALLEST or not is_text(kind) or "content-encoding" in headers:
        return message
    headers.add_vary_header("accept-encoding")
    packed = None if coding is None else await pack(body, coding)
    if coding is None or packed is None:
        return message
    headers["content-encoding"] = coding
    headers["content-length"] = str(len(packed))
    etag = headers.get("etag", "")
    if etag.startswith('"'):
        # Other bytes of the same state: https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3.3
        headers["etag"] = f"W/{etag}"
    return {**message, "body": packed}
