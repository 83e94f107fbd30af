"""Runs as server-sent events, begun when the answer begins, or when it has not begun for long."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from trunkline.control.conversations.answer_errors import explain
from trunkline.control.feature_runs.run import Run, Vectors
from trunkline.core.errors import TrunklineError
from trunkline.faces.http.event_stream import SentEvent, send_events


class RunStream(Response):
    """Sends a run, and stops its provider however the sending ends."""

    def __init__(self, run: Run) -> None:
        super().__init__()
        self._run = run

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        try:
            await send_events(_tell(self._run))(scope, receive, send)
        finally:
            # Also when the client went away before the first event was asked for.
            await self._run.leave()


class LateStream(Response):
    """Sends an answer to ``slug`` that has not begun yet; what fails is told as an ``error`` event then."""

    def __init__(self, asking: asyncio.Future[Run | Vectors], slug: str) -> None:
        super().__init__()
        self._asking = asking
        self._slug = slug

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        try:
            await send_events(self._tell())(scope, receive, send)
        finally:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)
            if not self._asking.cancelled() and self._asking.exception() is None:
                answer = self._asking.result()
                if isinstance(answer, Run):
                    await answer.leave()

    async def _tell(self) -> AsyncGenerator[SentEvent]:
        try:
            answer = await asyncio.shield(self._asking)
        except TrunklineError as error:
            yield SentEvent("error", explain(error).record(), 0)
            return
        events = show_vectors(answer, self._slug) if isinstance(answer, Vectors) else _tell(answer)
        try:
            async for event in events:
                yield event
        finally:
            await events.aclose()


async def show_vectors(vectors: Vectors, slug: str) -> AsyncGenerator[SentEvent]:
    """Vectors where events are awaited: their length, and the beginning of the first."""
    yield SentEvent("start", {"requestId": vectors.request_id, "feature": slug, "model": vectors.model}, 0)
    first = list(vectors.embeddings[0][:8]) if vectors.embeddings else []
    yield SentEvent("vector", {"dimensions": vectors.dimensions, "first": [*first]}, 1)
    yield SentEvent("done", {"finishReason": "stop", "usage": vectors.usage, "costUSD": vectors.cost_usd}, 2)


async def _tell(run: Run) -> AsyncGenerator[SentEvent]:
    events = run.events()
    try:
        async for event in events:
            yield SentEvent(event.event, event.data, event.id)
    finally:
        await events.aclose()
