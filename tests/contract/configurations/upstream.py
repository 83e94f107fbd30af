"""A provider on the loopback interface that answers what a test tells it to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class UpstreamRequest:
    """One request that came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Answer:
    """What to answer. ``body`` is bytes as they are, or what becomes JSON."""

    status: int = 200
    body: Any = b""
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)

    def encode(self) -> bytes:
        body = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        fields = {"content-type": self.kind, "content-length": str(len(body)), "connection": "close", **self.headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        return f"HTTP/1.1 {self.status} X\r\n{head}\r\n".encode() + body


Handler = Callable[[UpstreamRequest], Answer]


@dataclass
class Upstream:
    """A running provider: ``answers`` by method and path (without query); 404 for all else."""

    url: str
    answers: dict[str, Answer | Handler] = field(default_factory=dict)
    asked: list[UpstreamRequest] = field(default_factory=list)

    def answer(self, route: str, body: Any = b"", status: int = 200, **rest: Any) -> None:
        self.answers[route] = Answer(status, body, **rest)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, target, _ = head[0].split(" ")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:-2])}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            asked = UpstreamRequest(method, target, headers, body)
            self.asked.append(asked)
            found = self.answers.get(f"{method} {target.partition('?')[0]}", Answer(404, {"error": {"message": "no"}}))
            writer.write((found(asked) if callable(found) else found).encode())
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def start() -> AsyncIterator[Upstream]:
    upstream = Upstream("")
    server = await asyncio.start_server(upstream.serve, "127.0.0.1", 0)
    upstream.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield upstream


def openai_stream(text: str = "ok") -> Answer:
    """A streamed chat answer of OpenAI's wire."""
    events = [
        {"id": "c", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": text}}]},
        {"id": "c", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
        {"id": "c", "choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 1, "total_tokens": 6}},
    ]
    body = "".join(f"data: {json.dumps(event)}\n\n" for event in events) + "data: [DONE]\n\n"
    return Answer(200, body.encode(), "text/event-stream")


def anthropic_stream() -> Answer:
    """A streamed answer of Anthropic's wire."""
    events = [
        {
            "type": "message_start",
            "message": {
                "id": "m",
                "type": "message",
                "role": "assistant",
                "model": "claude-x",
                "content": [],
                "stop_reason": None,
                "stop_sequence": None,
                "usage": {"input_tokens": 5, "output_tokens": 1},
            },
        },
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "ok"}},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 1}},
        {"type": "message_stop"},
    ]
    body = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events)
    return Answer(200, body.encode(), "text/event-stream")


def gemini_stream() -> Answer:
    """A streamed answer of Gemini's wire."""
    event = {
        "candidates": [{"content": {"role": "model", "parts": [{"text": "ok"}]}, "finishReason": "STOP", "index": 0}],
        "usageMetadata": {"promptTokenCount": 5, "candidatesTokenCount": 1, "totalTokenCount": 6},
    }
    return Answer(200, f"data: {json.dumps(event)}\r\n\r\n".encode(), "text/event-stream")


def ollama_stream() -> Answer:
    """A streamed answer of Ollama's wire."""
    lines = [
        {
            "model": "llama3.2",
            "created_at": "2025-01-01T00:00:00Z",
            "message": {"role": "assistant", "content": "ok"},
            "done": False,
        },
        {
            "model": "llama3.2",
            "created_at": "2025-01-01T00:00:00Z",
            "message": {"role": "assistant", "content": ""},
            "done": True,
            "done_reason": "stop",
            "prompt_eval_count": 5,
            "eval_count": 1,
        },
    ]
    return Answer(200, "".join(json.dumps(line) + "\n" for line in lines).encode(), "application/x-ndjson")
