"""Server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any, Final, TypeVar

import msgspec
from starlette.responses import StreamingResponse

from trunkline.core.chat import JsonValue
from trunkline.faces.http.provider_failures import PROVIDER_FAILURES
from trunkline.faces.http.wire import ResponseBody

_Change = TypeVar("_Change")

QUIET_SECONDS: Final = 15.0
"""After which a comment keeps the stream open through proxies."""

STREAM_SECONDS: Final = 900
"""After which a stream of changes ends, so that whoever may no longer read it does not."""

COMMENT: Final = b": still here\n\n"

_BREAKS: Final = tuple((char.encode(), b"\\u%04x" % ord(char)) for char in "\x85\u2028\u2029")
"""What JSON leaves as it is, and many readers of lines (Python's, say) take for the end of one."""

_EVENT: Final = {
    "type": "object",
    "required": ["event", "data"],
    "properties": {
        "id": {"type": "string"},
        "event": {"type": "string"},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
}

EVENTS: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {"text/event-stream": {"schema": _EVENT}}, "description": "Server-sent events."}
}
"""What a route of such a stream says of its answer, for the description of the API."""

ANSWERS: Final = {**EVENTS, **PROVIDER_FAILURES}
"""The same for a route that a model answers, with what only a provider can do wrong."""


class SentEvent(msgspec.Struct, frozen=True):
    """One event: its kind, its data, and the ``id`` after which a client can go on that lost the connection."""

    event: str
    data: JsonValue
    id: int | str | None = None

    def encode(self) -> bytes:
        """As it is sent: the data is one line of JSON, whatever a model says."""
        data = msgspec.json.encode(self.data)
        for raw, escaped in _BREAKS:
            if raw in data:
                data = data.replace(raw, escaped)
        lead = b"" if self.id is None else b"id: %b\n" % str(self.id).encode()
        return b"%bevent: %b\ndata: %b\n\n" % (lead, self.event.encode(), data)


def send_events(events: AsyncGenerator[SentEvent]) -> StreamingResponse:
    """The response that sends ``events``, with comments while there are none. It closes them when the client goes."""
    return StreamingResponse(
        _write(events),
        media_type="text/event-stream",
        # nginx would otherwise collect the stream before it passes it on.
        headers={"cache-control": "no-cache, no-store", "x-accel-buffering": "no"},
    )


async def tell_changes(
    changes: AsyncGenerator[_Change | None], seconds: int, event: str, write: Callable[[_Change], ResponseBody]
) -> AsyncGenerator[SentEvent]:
    """What a stream tells for ``seconds``: ``ready`` for None, which says that nothing is missed from then on, and an
    ``event`` for each change.
    """
    end = asyncio.get_running_loop().time() + seconds
    async with aclosing(changes):
        while True:
            try:
                # Around one step alone: the next one may be another task's.
                async with asyncio.timeout_at(end):
                    change = await anext(changes)
            except (TimeoutError, StopAsyncIteration):
                return
            if change is None:
                yield SentEvent("ready", {})
            else:
                yield SentEvent(event, write(change).model_dump(mode="json", by_alias=True))


async def _write(events: AsyncGenerator[SentEvent]) -> AsyncGenerator[bytes]:
    waiting: asyncio.Task[SentEvent | None] | None = None
    try:
        while True:
            waiting = waiting or asyncio.ensure_future(_next(events))
            done, _ = await asyncio.wait([waiting], timeout=QUIET_SECONDS)
            if not done:
                yield COMMENT
                continue
            event, waiting = waiting.result(), None
            if event is None:
                return
            yield event.encode()
    finally:
        if waiting is not None:
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        await events.aclose()


async def _next(events: AsyncGenerator[SentEvent]) -> SentEvent | None:
    return await anext(events, None)
