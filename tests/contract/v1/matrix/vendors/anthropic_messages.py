"""Anthropic: https://platform.claude.com/docs/en/api/messages"""

from __future__ import annotations

import json
from typing import Any

from tests.contract.v1.matrix.said import (
    Ask,
    Call,
    Fault,
    Item,
    Json,
    Picture,
    Reply,
    Result,
    Stop,
    Thought,
    Turn,
    Words,
    tool_schema,
)
from tests.contract.v1.matrix.vendors.vendor import Failing, Vendor, event, known, name_results

NAMES = {
    "max_tokens": "max_tokens",
    "temperature": "temperature",
    "top_p": "top_p",
    "top_k": "top_k",
    "stop_sequences": "stop",
}
STOPS: dict[Stop, str] = {
    "stop": "end_turn",
    "length": "max_tokens",
    "stop_sequence": "stop_sequence",
    "tools": "tool_use",
    "filtered": "refusal",
}


def hear(body: Json, streamed: bool) -> Ask:
    known(body, "model", "messages", "system", "stream", "tools", "tool_choice", "thinking", "output_config", *NAMES)
    assert bool(body.get("stream")) == streamed
    assert body["max_tokens"] > 0
    turns: list[Turn] = []
    calls: dict[str, str] = {}
    for message in body["messages"]:
        items = [_item(block, calls) for block in _blocks(message["content"])]
        assert not turns or turns[-1].role != message["role"], "roles take turns"
        turns.append(Turn(message["role"], tuple(items)))
    thinking = (body.get("thinking") or {"type": "disabled"})["type"] != "disabled"
    if thinking and body["thinking"]["type"] == "enabled":
        assert 1024 <= body["thinking"]["budget_tokens"] < body["max_tokens"]
    tools = body.get("tools") or ()
    assert all(tool["input_schema"] == tool_schema() for tool in tools)
    choice = body.get("tool_choice") or {}
    wanted = (body.get("output_config") or {}).get("format")
    return Ask(
        name_results(turns, calls),
        system="".join(block["text"] for block in _blocks(body.get("system", ()))),
        tools=tuple(tool["name"] for tool in tools),
        forced=choice["name"] if choice.get("type") == "tool" else "",
        schema=wanted["schema"] if wanted else None,
        thinks=thinking,
        options={neutral: body[name] for name, neutral in NAMES.items() if name in body},
    )


def _blocks(content: Any) -> Any:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def _item(block: Json, calls: dict[str, str]) -> Item:
    match block["type"]:
        case "text":
            return Words(block["text"])
        case "image":
            assert block["source"]["media_type"] == "image/png"
            return Picture(block["source"]["data"])
        case "thinking":
            return Thought(block["thinking"], block["signature"])
        case "tool_use":
            calls[block["id"]] = block["name"]
            return Call(block["name"], block["input"], block["id"])
        case _:
            assert block["type"] == "tool_result", block
            return Result("", "".join(part["text"] for part in _blocks(block["content"])), block["tool_use_id"])


def _content(item: Item) -> Json:
    match item:
        case Words():
            return {"type": "text", "text": item.text}
        case Thought():
            return {"type": "thinking", "thinking": item.text, "signature": item.signature}
        case Call():
            return {"type": "tool_use", "id": item.id, "name": item.name, "input": item.arguments}
        case _:
            raise TypeError(item)


def answer(reply: Reply) -> Json:
    usage: Json = {
        "input_tokens": reply.spent.input - reply.spent.cached,
        "cache_read_input_tokens": reply.spent.cached,
        "cache_creation_input_tokens": 0,
        "output_tokens": reply.spent.output,
        "output_tokens_details": {"thinking_tokens": reply.spent.thought},
    }
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-4-20250514",
        "content": [_content(item) for item in reply.items],
        "stop_reason": STOPS[reply.stop],
        "stop_sequence": "END" if reply.stop == "stop_sequence" else None,
        "usage": usage,
    }


def stream(reply: Reply) -> list[bytes]:
    whole = answer(reply)
    usage = whole["usage"]
    begun = {**whole, "content": [], "stop_reason": None, "stop_sequence": None, "usage": {**usage, "output_tokens": 1}}
    out = [_event("message_start", message=begun), _event("ping")]
    for index, item in enumerate(reply.items):
        block = _content(item)
        match item:
            case Words():
                empty = {**block, "text": ""}
                deltas = [{"type": "text_delta", "text": text} for text in (item.text[:3], item.text[3:])]
            case Thought():
                empty = {**block, "thinking": "", "signature": ""}
                deltas = [{"type": "thinking_delta", "thinking": text} for text in (item.text[:5], item.text[5:])]
                deltas.append({"type": "signature_delta", "signature": item.signature})
            case _:
                empty = {**block, "input": {}}
                text = json.dumps(block["input"])
                deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in ("", text[:4], text[4:])]
        out.append(_event("content_block_start", index=index, content_block=empty))
        out += [_event("content_block_delta", index=index, delta=delta) for delta in deltas]
        out.append(_event("content_block_stop", index=index))
    delta = {"stop_reason": whole["stop_reason"], "stop_sequence": whole["stop_sequence"]}
    out.append(_event("message_delta", delta=delta, usage=usage))
    return [*out, _event("message_stop")]


def _event(kind: str, **fields: Any) -> bytes:
    return event({"type": kind, **fields}, kind)


def _failing(status: str, kind: str, message: str, **headers: str) -> Failing:
    body = {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}
    return Failing(status, body, tuple((name.replace("_", "-"), text) for name, text in headers.items()))


# https://platform.claude.com/docs/en/api/errors
FAULTS: dict[Fault, Failing] = {
    "401": _failing("401 Unauthorized", "authentication_error", "invalid x-api-key"),
    "404": _failing("404 Not Found", "not_found_error", "model: claude-x"),
    "429": _failing("429 Too Many Requests", "rate_limit_error", "Slow down.", retry_after="30"),
    "500": _failing("500 Internal Server Error", "api_error", "Internal server error", retry_after="30"),
    "overloaded": _failing("529 Overloaded", "overloaded_error", "Overloaded", retry_after="30"),
}

VENDOR = Vendor(
    name="anthropic_messages",
    title="Anthropic messages",
    provider="anthropic",
    model="claude-sonnet-4-20250514",
    path=lambda model, streamed: "/v1/messages",
    hear=hear,
    answer=answer,
    stream=stream,
    faults=FAULTS,
)
