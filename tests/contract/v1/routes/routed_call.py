"""A call along a route, and what its providers answer."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import httpx2

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import KEY, configuration
from tests.upstreams.scripted import Script, whole

SECRET = "sk-secret-abcdefghijklmnop-7Qd"
MESSAGES = [{"role": "user", "content": "hello"}]
GOOD = json.dumps(
    {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "gpt-4o-mini",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "hi"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4},
    }
).encode()
CLAUDE = json.dumps(
    {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-x",
        "content": [{"type": "text", "text": "hi"}],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 3, "output_tokens": 1},
    }
).encode()


def sse(kind: str, **fields: Any) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n".encode()


STREAM = (
    (
        b'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":'
        b'{"role":"assistant","content":"hi"},"finish_reason":null}]}\n\n'
    ),
    (
        b'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},'
        b'"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":1,"total_tokens":4}}\n\n'
    ),
    b"data: [DONE]\n\n",
)
CLAUDE_STREAM = (
    sse(
        "message_start",
        message={
            "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-x", "content": [],
            "stop_reason": None, "usage": {"input_tokens": 3, "output_tokens": 0},
        },
    ),
    sse("content_block_start", index=0, content_block={"type": "text", "text": ""}),
    sse("content_block_delta", index=0, delta={"type": "text_delta", "text": "hi"}),
    sse("content_block_stop", index=0),
    sse("message_delta", delta={"stop_reason": "end_turn"}, usage={"output_tokens": 1}),
    sse("message_stop"),
)  # fmt: skip


def fails(status: str, code: str = "x", more: str = "") -> Script:
    return whole(json.dumps({"error": {"message": f"no: {code}", "code": code}}).encode(), status=status, more=more)


def ask(bare: CallServer, model: str = "both", *, key: str = KEY, headers: dict[str, str] | None = None, **fields: Any):
    body = {"model": model, "messages": MESSAGES, **fields}
    given = {"Authorization": f"Bearer {key}", **(headers or {})}
    return httpx2.post(f"{bare.url}/v1/chat/completions", json=body, headers=given, timeout=20, trust_env=False)


def text_of(answer: httpx2.Response) -> str:
    if not answer.headers["content-type"].startswith("text/event-stream"):
        return answer.json()["choices"][0]["message"]["content"]
    pieces = [json.loads(line[6:]) for line in answer.text.splitlines() if line.startswith("data: {")]
    return "".join(choice["delta"].get("content") or "" for piece in pieces for choice in piece.get("choices", ()))


def demos(*names: str) -> list[Any]:
    return [configuration(name, "demo", model="demo-chat", shared=True) for name in names]


def count(bare: CallServer, calls: int, model: str = "r") -> Counter[str]:
    return Counter(ask(bare, model).headers["x-trunkline-configuration"].removeprefix("id-") for _ in range(calls))
