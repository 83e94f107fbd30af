"""A strict provider of realtime sessions: aiohttp's WebSocket, and OpenAI's own types for each event of a client.

It says what OpenAI says, in the order in which OpenAI does; what a test wants otherwise stands in ``Plan``.
https://developers.openai.com/api/docs/guides/realtime-conversations
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pydantic
from aiohttp import WSMsgType, web  # noqa: TID251 - it serves here, and knows nothing of our own WebSocket
from openai.types.realtime import RealtimeClientEvent

KEY = "sk-realtime-abcdefghijklmnop-7Qd"
MODELS = ("gpt-realtime", "gpt-realtime-mini")
USAGE = {
    "total_tokens": 253,
    "input_tokens": 132,
    "output_tokens": 121,
    "input_token_details": {
        "text_tokens": 119,
        "audio_tokens": 13,
        "image_tokens": 0,
        "cached_tokens": 64,
        "cached_tokens_details": {"text_tokens": 60, "audio_tokens": 4, "image_tokens": 0},
    },
    "output_token_details": {"text_tokens": 30, "audio_tokens": 91},
}
"""As the guide has it: https://developers.openai.com/api/docs/guides/realtime-costs"""

SPEECH = "UklGRgAA"
"""Sound after which its provider has heard that somebody stopped talking."""

_events: pydantic.TypeAdapter[Any] = pydantic.TypeAdapter(RealtimeClientEvent)


@dataclass
class Plan:
    """How it behaves. ``stalls``: responses begin, say something and do not end by themselves."""

    status: int = 101
    stalls: bool = False
    silent: bool = False
    """Whether it tells nothing of usage when it is stopped."""
    drops: bool = False
    """Whether the connection breaks in the middle of a response."""
    floods: int = 0
    """Bytes that it sends at once when the session has begun."""


@dataclass
class Provider:
    """A running one. ``heads`` are the requests that came, ``events`` what clients said, ``closed`` how they left."""

    url: str = ""
    plan: Plan = field(default_factory=Plan)
    heads: list[dict[str, str]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    closed: list[int | None] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def wait(self, look: Any) -> None:
        """Wait until ``look`` is true of what has come."""
        with self.changed:
            assert self.changed.wait_for(look, 20), "it never came"

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One request for a session."""
        plan = self.plan
        with self.changed:
            self.heads.append({**request.headers, "target": request.path_qs})
            self.changed.notify_all()
        if request.headers.getall("authorization", []) != [f"Bearer {KEY}"] or "x-api-key" in request.headers:
            return web.json_response({"error": {"message": f"Incorrect API key provided: {KEY}"}}, status=401)
        if plan.status != 101:
            error = {"error": {"message": "The server had an error.", "type": "server_error"}}
            return web.json_response(error, status=plan.status)
        query = dict(request.query)
        if query != {"intent": "transcription"} and (set(query) != {"model"} or query["model"] not in MODELS):
            return web.json_response({"error": {"message": "unknown model", "code": "model_not_found"}}, status=404)
        socket = web.WebSocketResponse(max_msg_size=1 << 20, compress=False)
        await socket.prepare(request)
        await _Session(self, socket, query.get("model", "")).run()
        with self.changed:
            self.closed.append(socket.close_code)
            self.changed.notify_all()
        return socket


class _Session:
    def __init__(self, provider: Provider, socket: web.WebSocketResponse, model: str) -> None:
        self._provider = provider
        self._socket = socket
        self._number = 0
        self._running: str | None = None
        audio: dict[str, Any] = {
            "input": {"format": {"type": "audio/pcm", "rate": 24000}, "transcription": None},
            "output": {"format": {"type": "audio/pcm", "rate": 24000}, "voice": "marin"},
        }
        self._session: dict[str, Any] = {
            "type": "realtime" if model else "transcription", "id": "sess_1", "object": "realtime.session",
            "model": model, "output_modalities": ["audio"], "instructions": "", "max_output_tokens": "inf",
            "audio": audio,
        }  # fmt: skip

    async def run(self) -> None:
        await self._say("session.created", session=self._session)
        if self._provider.plan.floods:
            await self._say("rate_limits.updated", rate_limits=["x" * self._provider.plan.floods])
        async for message in self._socket:
            assert message.type is WSMsgType.TEXT, message
            event = json.loads(message.data)
            _events.validate_python(event)
            with self._provider.changed:
                self._provider.events.append(event)
                self._provider.changed.notify_all()
            await self._answer(event)

    async def _answer(self, event: dict[str, Any]) -> None:
        match event["type"]:
            case "session.update":
                given = event["session"]
                if given.get("model", self._session["model"]) != self._session["model"]:
                    await self._refuse(event, "The model of a session cannot be changed.")
                    return
                self._session = {**self._session, **given}
                await self._say("session.updated", session=self._session)
            case "conversation.item.create":
                await self._say("conversation.item.added", item={"id": "item_1", **event["item"]})
            case "input_audio_buffer.append" if event["audio"].endswith(SPEECH):
                await self._hear()
            case "response.create" if self._running is not None:
                await self._refuse(event, "Conversation already has an active response in progress.")
            case "response.create":
                await self._respond()
            case "response.cancel" if self._running is not None:
                usage = None if self._provider.plan.silent else USAGE
                await self._end("cancelled", usage, {"type": "cancelled", "reason": "client_cancelled"})
            case _:
                pass

    async def _hear(self) -> None:
        transcription = self._session["audio"]["input"].get("transcription")
        if transcription is not None:
            usage: dict[str, Any] = {
                "type": "tokens", "total_tokens": 22, "input_tokens": 13, "output_tokens": 9,
                "input_token_details": {"text_tokens": 0, "audio_tokens": 13},
            }  # fmt: skip
            if transcription["model"] == "whisper-1":
                usage = {"type": "duration", "seconds": 3}
            await self._say(
                "conversation.item.input_audio_transcription.completed",
                item_id="item_2", content_index=0, transcript="Hello", usage=usage,
            )  # fmt: skip
        if self._session["type"] == "realtime":
            await self._respond()

    async def _respond(self) -> None:
        self._number += 1
        self._running = f"resp_{self._number}"
        here = {"response_id": self._running, "item_id": "item_3", "output_index": 0, "content_index": 0}
        await self._say("response.created", response=self._write("in_progress", None, None))
        await self._say("response.output_audio_transcript.delta", delta="Hello there", **here)
        await self._say("response.output_audio.delta", delta="A" * 6_400, **here)
        if self._provider.plan.drops:
            transport = self._socket._req.transport  # type: ignore[union-attr]
            transport.abort()  # type: ignore[union-attr]
        elif not self._provider.plan.stalls:
            await self._end("completed", USAGE, None)

    async def _end(self, status: str, usage: Any, details: Any) -> None:
        done = self._write(status, usage, details)
        self._running = None
        await self._say("response.done", response=done)

    def _write(self, status: str, usage: Any, details: Any) -> dict[str, Any]:
        return {
            "object": "realtime.response", "id": self._running, "status": status, "status_details": details,
            "output": [], "conversation_id": "conv_1", "output_modalities": ["audio"], "usage": usage,
        }  # fmt: skip

    async def _refuse(self, event: dict[str, Any], words: str) -> None:
        error = {"type": "invalid_request_error", "code": "x", "message": words, "param": None}
        await self._say("error", error={**error, "event_id": event.get("event_id")})

    async def _say(self, kind: str, **fields: Any) -> None:
        await self._socket.send_str(json.dumps({"type": kind, "event_id": "event_x", **fields}))


@contextmanager
def start() -> Iterator[Provider]:
    """Run one until the block ends."""
    provider = Provider()
    loop = asyncio.new_event_loop()
    ready = threading.Event()
    stop = asyncio.Event()

    async def main() -> None:
        application = web.Application()
        application.router.add_get("/v1/realtime", provider.serve)
        runner = web.AppRunner(application, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        assert site._server is not None
        port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
        provider.url = f"http://127.0.0.1:{port}/v1"
        ready.set()
        await stop.wait()
        await runner.cleanup()

    thread = threading.Thread(target=lambda: loop.run_until_complete(main()), daemon=True)
    thread.start()
    assert ready.wait(20)
    try:
        yield provider
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(20)
