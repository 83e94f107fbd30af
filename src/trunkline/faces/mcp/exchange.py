"""One message of MCP over HTTP: what its request must look like, and how it is answered.

https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from trunkline.control.mcp.json_rpc import INVALID_REQUEST, Message, RpcError
from trunkline.core.chat import JsonObject, JsonValue
from trunkline.faces.http import event_stream
from trunkline.faces.http.event_stream import SentEvent, send_events
from trunkline.faces.http.until_gone import wait_until_gone

JSON: Final = "application/json"
EVENTS: Final = "text/event-stream"

PROGRESS_SECONDS: Final = 5.0
"""How often a client that asked for progress hears of a tool that is still at it."""


def check_request(request: Request) -> None:
    """Raises :class:`RpcError` for a body that is no JSON, and for a client that reads neither form of answer."""
    if _media_type(request.headers.get("content-type", "")) != JSON:
        raise RpcError(INVALID_REQUEST, f"Send Content-Type: {JSON}.", status=415)
    if not (reads(request, JSON) or reads(request, EVENTS)):
        raise RpcError(INVALID_REQUEST, f"Send Accept: {JSON}, {EVENTS}.", status=406)


def reads(request: Request, form: str) -> bool:
    """Whether the client takes answers of that media type. https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1"""
    given = ",".join(request.headers.getlist("accept")) or "*/*"
    kinds = {_media_type(each) for each in given.split(",") if "q=0" not in each.replace(" ", "").split(";")}
    return bool(kinds & {form, f"{form.partition('/')[0]}/*", "*/*"})


def send_message(request: Request, message: JsonObject, status: int = 200) -> Response:
    """An answer that is there: as JSON, or as the one event of a stream for who reads no other form."""
    if reads(request, JSON):
        return JSONResponse(message, status)
    return send_events(_tell_one(message))


async def send_when_done(request: Request, asked: Message, doing: asyncio.Future[JsonObject]) -> Response | None:
    """The answer that ``doing`` gives, as soon as it is there. None: the client went away, and ``doing`` is cancelled.

    Where that lasts, a client that reads streams gets one, with progress if it asked for that.
    """
    token = asked.meta.get("progressToken")
    token = None if isinstance(token, bool) or not isinstance(token, str | int) else token
    patience = event_stream.QUIET_SECONDS if token is None else PROGRESS_SECONDS
    if not await wait_until_gone(request, doing, patience if reads(request, EVENTS) else None):
        return None
    if doing.done():
        return send_message(request, await doing)
    return send_events(_tell(doing, token))


async def _tell_one(message: JsonObject) -> AsyncGenerator[SentEvent]:
    yield SentEvent("message", message)


async def _tell(doing: asyncio.Future[JsonObject], token: JsonValue) -> AsyncGenerator[SentEvent]:
    loop = asyncio.get_running_loop()
    begun = loop.time()
    try:
        while not doing.done():
            if token is not None:
                progress: JsonObject = {"progressToken": token, "progress": round(loop.time() - begun, 1)}
                params: JsonObject = {**progress, "message": "It is still running."}
                yield SentEvent("message", {"jsonrpc": "2.0", "method": "notifications/progress", "params": params})
            await asyncio.wait({doing}, timeout=None if token is None else PROGRESS_SECONDS)
        yield SentEvent("message", await doing)
    finally:
        # Who hangs up has cancelled the request.
        doing.cancel()
        await asyncio.gather(doing, return_exceptions=True)


def _media_type(value: str) -> str:
    return value.partition(";")[0].strip().lower()
