"""What OpenAI answers in its responses dialect, and how callers ask for it."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import openai

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import KEY
from tests.upstreams.scripted import Scripted

OTHER = "tl-key-of-an-application"
SECRET = "sk-proj-0123456789abcdefXYZ"
USAGE = {
    "input_tokens": 21,
    "input_tokens_details": {"cached_tokens": 0},
    "output_tokens": 9,
    "output_tokens_details": {"reasoning_tokens": 4},
    "total_tokens": 30,
}
OUTPUT: list[dict[str, Any]] = [
    {"id": "rs_1", "type": "reasoning", "summary": []},
    {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "status": "completed",
        "phase": "commentary",
        "content": [{"type": "output_text", "text": "Looking.", "annotations": []}],
    },
    {
        "id": "fc_1",
        "type": "function_call",
        "call_id": "call_1",
        "name": "f",
        "namespace": "ns",
        "arguments": "{}",
        "status": "completed",
    },
]


def response(identity: str = "resp_1", status: str = "completed", **fields: Any) -> dict[str, Any]:
    """An answer as OpenAI gives it."""
    return {
        "id": identity,
        "object": "response",
        "created_at": 1,
        "status": status,
        "model": "gpt-5.4",
        "output": OUTPUT if status == "completed" else [],
        "parallel_tool_calls": True,
        "service_tier": "flex",
        "tool_choice": "auto",
        "tools": [],
        "usage": USAGE if status == "completed" else None,
        **fields,
    }


def body(**fields: Any) -> bytes:
    return json.dumps(response(**fields)).encode()


def event(kind: str, number: int, **fields: Any) -> bytes:
    data = {"type": kind, "sequence_number": number, **fields}
    return f"event: {kind}\ndata: {json.dumps(data)}\n\n".encode()


EVENTS = (
    event("response.created", 0, response=response(status="in_progress")),
    event("response.output_item.added", 1, output_index=0, item={"id": "ws_1", "type": "web_search_call"}),
    event("response.web_search_call.searching", 2, output_index=0, item_id="ws_1"),
    event(
        "response.output_text.delta", 3, output_index=1, content_index=0, item_id="msg_1", delta="hi", logprobs=[],
        obfuscation="x",
    ),
    event("response.completed", 4, response=response()),
)  # fmt: skip


def stranger(bare: CallServer) -> openai.OpenAI:
    """Another caller, who reaches the same shared configuration."""
    return openai.OpenAI(base_url=f"{bare.url}/v1", api_key=OTHER, max_retries=0)


def sent(upstream: Scripted, place: int = -1) -> dict[str, Any]:
    return json.loads(upstream.asked[place].body)


def post(bare: CallServer, **fields: Any) -> httpx2.Response:
    return httpx2.post(f"{bare.url}/v1/responses", json=fields, headers={"authorization": f"Bearer {KEY}"})
