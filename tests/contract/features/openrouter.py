"""OpenRouter on the loopback interface, as its documentation has it, at a pace that a test sets.

https://openrouter.ai/docs/api-reference/overview
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

KEY = "sk-or-v1-0123456789abcdef0123456789abcdef0123456789abcdef"
OTHER_KEY = "sk-or-v1-fedcba9876543210fedcba9876543210fedcba9876543210"
BAD_KEY = "sk-or-v1-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="


def model(name: str, **about: Any) -> dict[str, Any]:
    """An entry of ``/models``."""
    architecture = {
        "input_modalities": about.get("inputs", ["text"]),
        "output_modalities": about.get("outputs", ["text"]),
        "tokenizer": "GPT",
        "instruct_type": None,
    }
    return {
        "id": name,
        "canonical_slug": f"{name}-2024-07-18",
        "name": about.get("title", name),
        "created": 1721260800,
        "description": "A model.",
        "context_length": about.get("context", 128000),
        "architecture": architecture,
        "pricing": about.get("pricing", {"prompt": "0.00000015", "completion": "0.0000006"}),
        "top_provider": {"context_length": 128000, "max_completion_tokens": about.get("most"), "is_moderated": True},
        "per_request_limits": None,
        "supported_parameters": about.get("parameters", ["tools", "temperature"]),
    }


MODELS = [
    model("openai/gpt-4o-mini", title="OpenAI: GPT-4o-mini", most=16384, inputs=["text", "image"]),
    model(
        "openai/gpt-4o", title="OpenAI: GPT-4o", most=16384, pricing={"prompt": "0.0000025", "completion": "0.00001"}
    ),
    model("anthropic/claude-sonnet-4.5", title="Anthropic: Claude Sonnet 4.5", most=64000, context=1000000),
    model("anthropic/claude-haiku-4.5", title="Anthropic: Claude Haiku 4.5", most=64000, context=200000),
    model("google/gemma-2-27b-it", title="Google: Gemma 2 27B", context=8192),
    model("google/gemini-2.5-flash-image", title="Google: Nano Banana", outputs=["image", "text"]),
    model("black-forest-labs/flux.2-pro", title="FLUX.2 Pro", outputs=["image"]),
    model("openai/text-embedding-3-small", title="OpenAI: Text Embedding 3 Small", outputs=["embeddings"]),
    model("openrouter/auto", title="Auto", pricing={"prompt": "-1", "completion": "-1"}),
]


def chunk(delta: dict[str, Any], finish: str | None = None, **more: Any) -> dict[str, Any]:
    """One piece of a streamed answer."""
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"id": "gen-1", "object": "chat.completion.chunk", "model": "served", "choices": [choice], **more}


USAGE = {"prompt_tokens": 12, "completion_tokens": 5, "total_tokens": 17, "cost": 0.00042}


@dataclass
class UpstreamRequest:
    """One request that came."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class OpenRouter:
    """What it answers can be set; what was asked can be read."""

    url: str = ""
    good: set[str] = field(default_factory=lambda: {KEY, OTHER_KEY})
    models: list[dict[str, Any]] = field(default_factory=lambda: list(MODELS))
    pieces: Sequence[Any] = ()
    """Of a streamed answer: chunks, and events to wait for."""
    failure: tuple[int, dict[str, Any], dict[str, str]] | None = None
    """What calls are answered with instead."""
    down: bool = False
    """Whether it fails at everything."""
    asked: list[UpstreamRequest] = field(default_factory=list)
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a client leaves while it is being answered."""

    @property
    def calls(self) -> list[UpstreamRequest]:
        return [asked for asked in self.asked if asked.method == "POST"]

    def count(self, path: str) -> int:
        return sum(asked.path == path for asked in self.asked)

    def fail(self, status: int, message: str = "no", **headers: str) -> None:
        self.failure = (status, {"error": {"code": status, "message": message}}, headers)

    def say(self, *texts: str) -> None:
        self.pieces = [*(chunk({"content": text}) for text in texts), chunk({}, "stop"), last()]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, target, _ = head[0].split(" ")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:-2])}
            raw = await reader.readexactly(int(headers.get("content-length", 0)))
            asked = UpstreamRequest(
                method, target.partition("?")[0].removeprefix("/api/v1"), headers, json.loads(raw or b"null")
            )
            self.asked.append(asked)
            await self._answer(asked, reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, asked: UpstreamRequest, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        key = asked.headers.get("authorization", "").removeprefix("Bearer ")
        if self.down:
            _send(writer, 503, {"error": {"code": 503, "message": "down"}})
        elif asked.path == "/models":
            _send(writer, 200, {"data": self.models})
        elif asked.path not in ("/key", "/chat/completions", "/embeddings"):
            _send(writer, 404, {"error": {"code": 404, "message": "nothing here"}})
        elif key not in self.good:
            _send(writer, 401, {"error": {"code": 401, "message": "No auth credentials found"}})
        elif asked.path == "/key":
            _send(writer, 200, {"data": {"label": "k", "usage": 1.5, "limit": 10, "limit_remaining": 8.5}})
        elif self.failure is not None:
            _send(writer, *self.failure)
        elif asked.path == "/embeddings":
            texts = asked.body["input"] if isinstance(asked.body["input"], list) else [asked.body["input"]]
            vectors = [{"object": "embedding", "index": at, "embedding": [0.5, -0.25, at]} for at in range(len(texts))]
            usage = {"prompt_tokens": 7, "total_tokens": 7, "cost": 0.0000001}
            _send(writer, 200, {"object": "list", "model": asked.body["model"], "data": vectors, "usage": usage})
        else:
            await self._stream(reader, writer)

    async def _stream(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n")
        writer.write(b": OPENROUTER PROCESSING\n\n")
        leaving = asyncio.ensure_future(reader.read(1))
        for piece in self.pieces:
            if isinstance(piece, asyncio.Event):
                waiting = asyncio.ensure_future(piece.wait())
                await asyncio.wait({waiting, leaving}, return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()
                if leaving.done():
                    self.hung_up.set()
                    return
                continue
            writer.write(b"data: " + json.dumps(piece).encode() + b"\n\n")
            await writer.drain()
        writer.write(b"data: [DONE]\n\n")
        await writer.drain()
        leaving.cancel()


def last() -> dict[str, Any]:
    """The last piece, with the usage."""
    return {"id": "gen-1", "object": "chat.completion.chunk", "model": "served", "choices": [], "usage": USAGE}


def _send(writer: asyncio.StreamWriter, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
    raw = json.dumps(body).encode()
    fields = {"content-type": "application/json", "content-length": str(len(raw)), "connection": "close"}
    fields |= {name.replace("_", "-"): value for name, value in (headers or {}).items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    writer.write(f"HTTP/1.1 {status} X\r\n{head}\r\n".encode() + raw)


@asynccontextmanager
async def start() -> AsyncIterator[OpenRouter]:
    """One on a free port. Its address has OpenRouter's path."""
    router = OpenRouter()
    router.say("Hello", " there")
    server = await asyncio.start_server(router.serve, "127.0.0.1", 0)
    router.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/api/v1"
    async with server:
        yield router
