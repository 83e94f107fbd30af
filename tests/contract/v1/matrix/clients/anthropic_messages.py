"""Anthropic's messages as its clients speak it: https://platform.claude.com/docs/en/api/messages"""

from __future__ import annotations

import json
from typing import Any

from tests.contract.v1.matrix.clients.client import Client, events
from tests.contract.v1.matrix.said import (
    Ask,
    Call,
    Item,
    Json,
    Picture,
    Reply,
    Result,
    Spent,
    Stop,
    Thought,
    Turn,
    Unsayable,
    Words,
    sign,
    tool_schema,
)

NAMES = {
    "max_tokens": "max_tokens",
    "temperature": "temperature",
    "top_p": "top_p",
    "top_k": "top_k",
    "stop": "stop_sequences",
}
STOPS: dict[str, Stop] = {
    "end_turn": "stop",
    "max_tokens": "length",
    "stop_sequence": "stop_sequence",
    "tool_use": "tools",
    "refusal": "filtered",
}
LIMIT = 4096
"""The wire demands one."""


def write(ask: Ask, model: str, streamed: bool) -> Json:
    body: Json = {"model": model, "max_tokens": LIMIT, "messages": [_message(turn) for turn in ask.turns]}
    if ask.system:
        body["system"] = ask.system
    if ask.tools:
        body["tools"] = [{"name": name, "input_schema": tool_schema()} for name in ask.tools]
    if ask.forced:
        body["tool_choice"] = {"type": "tool", "name": ask.forced}
    if ask.schema:
        body["output_config"] = {"format": {"type": "json_schema", "schema": ask.schema}}
    if ask.thinks:
        body["thinking"] = {"type": "enabled", "budget_tokens": 2048}
    for name, value in ask.options.items():
        if name not in NAMES:
            raise Unsayable
        body[NAMES[name]] = value
    return {**body, "stream": True} if streamed else body


def _message(turn: Turn) -> Json:
    content = turn.echo if turn.echo is not None else [_block(item) for item in turn.items]
    return {"role": turn.role, "content": content}


def _block(item: Item) -> Any:
    match item:
        case Words():
            return {"type": "text", "text": item.text}
        case Picture():
            return {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": item.data}}
        case Result():
            return {"type": "tool_result", "tool_use_id": item.id, "content": item.text}
        case _:
            raise Unsayable


def gather(raw: bytes) -> Json:
    whole: Json = {}
    blocks: list[Json] = []
    inputs: dict[int, str] = {}
    last = ""
    for name, event in events(raw):
        assert name == event["type"]
        last = name
        match name:
            case "message_start":
                whole = event["message"]
            case "content_block_start":
                assert event["index"] == len(blocks)
                blocks.append(event["content_block"])
            case "content_block_delta":
                _grow(blocks[event["index"]], event["index"], event["delta"], inputs)
            case "content_block_stop":
                if event["index"] in inputs:
                    blocks[event["index"]]["input"] = json.loads(inputs[event["index"]] or "{}")
            case "message_delta":
                whole.update(event["delta"])
                whole["usage"] = {**whole["usage"], **event["usage"]}
            case _:
                assert name in {"ping", "message_stop"}, event
    assert last == "message_stop"
    return {**whole, "content": blocks}


def _grow(block: Json, index: int, delta: Json, inputs: dict[int, str]) -> None:
    match delta["type"]:
        case "text_delta":
            block["text"] += delta["text"]
        case "thinking_delta":
            block["thinking"] += delta["thinking"]
        case "signature_delta":
            block["signature"] = block.get("signature", "") + delta["signature"]
        case _:
            assert delta["type"] == "input_json_delta", delta
            inputs[index] = inputs.get(index, "") + delta["partial_json"]


def read(body: Json) -> Reply:
    items: list[Item] = []
    for block in body["content"]:
        match block["type"]:
            case "text":
                items.append(Words(block["text"]))
            case "thinking":
                items.append(Thought(block["thinking"], block["signature"]))
            case "redacted_thinking":  # what follows is signed, and the wire has no other room for it
                sign(items, block["data"])
            case _:
                assert block["type"] == "tool_use", block
                items.append(Call(block["name"], block["input"], block["id"]))
    usage = body["usage"]
    cached = usage.get("cache_read_input_tokens") or 0
    written = usage.get("cache_creation_input_tokens") or 0
    thought = (usage.get("output_tokens_details") or {}).get("thinking_tokens") or 0
    spent = Spent(usage["input_tokens"] + cached + written, usage["output_tokens"], cached, thought)
    return Reply(tuple(items), STOPS[body["stop_reason"]], spent)


CLIENT = Client(
    name="anthropic_messages",
    title="Anthropic messages",
    path=lambda model, streamed: "/v1/messages",
    key_header="x-api-key",
    key_prefix="",
    write=write,
    gather=gather,
    read=read,
    echo=lambda body: body["content"],
    error=lambda body: f"{body['error']['type']}: {body['error']['message']}",
)
