"""An Ollama as strict as the real one: it refuses what that refuses, knows no forced tool, and answers in the form that
``format`` gives. https://docs.ollama.com/api/chat
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.vendors import check

Json = dict[str, Any]


def _fill(schema: Json, root: Json) -> Any:
    """A value that fits a schema, as far as the schemas of these programs go."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return _fill((root.get("$defs") or root.get("definitions") or {})[name], root)
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return _fill(schema["anyOf"][0], root)
    match schema.get("type"):
        case "object":
            return {name: _fill(one, root) for name, one in (schema.get("properties") or {}).items()}
        case "array":
            return [_fill(schema.get("items") or {}, root)]
        case "integer" | "number":
            return 21
        case "boolean":
            return True
        case _:
            return "Köln"


def _answer(body: Json) -> Json:
    """The message: in the form that was asked for; else a call of the first tool, once; else a text."""
    wanted = body.get("format")
    if isinstance(wanted, dict):
        return {"role": "assistant", "content": json.dumps(_fill(wanted, wanted), ensure_ascii=False)}
    answered = body["messages"][-1]["role"] == "tool"
    if body.get("tools") and not answered:
        function = body["tools"][0]["function"]
        arguments = _fill(function.get("parameters") or {"type": "object"}, function.get("parameters") or {})
        return {
            "role": "assistant",
            "content": "",
            "tool_calls": [{"function": {"name": function["name"], "arguments": arguments}}],
        }
    return {"role": "assistant", "content": "It is 21 degrees in Köln."}


class FakeOllama:
    """``refused`` is what it answered 400 to, with the reason."""

    def __init__(self) -> None:
        self.url = ""
        self.refused: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        try:
            while True:
                lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                length = next(
                    (int(line.split(":")[1]) for line in lines if line.lower().startswith("content-length:")), 0
                )
                raw = await reader.readexactly(length)
                writer.write(self._reply(lines[0].split(" ")[1], raw))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _reply(self, path: str, raw: bytes) -> bytes:
        wrong = check("ollama", path, raw)
        if path == "/api/tags":
            return _written({"models": [{"name": "llama3.2", "model": "llama3.2"}]})
        if path != "/api/chat":
            return _written({"error": "not found"}, status="404 Not Found")
        if wrong:
            self.refused += wrong
            return _written({"error": "; ".join(wrong)}, status="400 Bad Request")
        body = json.loads(raw)
        message = _answer(body)
        head = {"model": body["model"], "created_at": "2026-01-01T00:00:00Z"}
        end = {"done": True, "done_reason": "stop", "prompt_eval_count": 21, "eval_count": 9, "total_duration": 1}
        if body.get("stream") is False:
            return _written({**head, "message": message, **end})
        pieces = [message]
        if message["content"]:
            half = len(message["content"]) // 2
            pieces = [{**message, "content": piece} for piece in (message["content"][:half], message["content"][half:])]
        told = [{**head, "message": piece, "done": False} for piece in pieces]
        told.append({**head, "message": {"role": "assistant", "content": ""}, **end})
        return _written(*told, kind="application/x-ndjson")


def _written(*documents: Json, status: str = "200 OK", kind: str = "application/json") -> bytes:
    body = "\n".join(json.dumps(document, ensure_ascii=False) for document in documents).encode() + b"\n"
    return f"HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body


@contextmanager
def start() -> Iterator[FakeOllama]:
    """Run one until the block ends."""
    fake = FakeOllama()
    loop = asyncio.new_event_loop()
    ready = threading.Event()
    stop = asyncio.Event()

    async def main() -> None:
        server = await asyncio.start_server(fake.serve, "127.0.0.1", 0)
        fake.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        ready.set()
        await stop.wait()
        server.close()

    thread = threading.Thread(target=loop.run_until_complete, args=(main(),), daemon=True)
    thread.start()
    if not ready.wait(10):
        raise RuntimeError("the fake Ollama did not start")
    try:
        yield fake
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
