"""OpenAI's responses as its clients speak it: https://platform.openai.com/docs/api-reference/responses"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from tests.contract.v1.matrix.clients.client import Client, events
from tests.contract.v1.matrix.clients.openai_chat import read_proof
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

NAMES = {"max_tokens": "max_output_tokens", "temperature": "temperature", "top_p": "top_p"}


def write(ask: Ask, model: str, streamed: bool) -> Json:
    body: Json = {"model": model, "input": [item for turn in ask.turns for item in _items(turn)], "store": False}
    if ask.system:
        body["instructions"] = ask.system
    if ask.tools:
        body["tools"] = [
            {"type": "function", "name": name, "parameters": tool_schema(), "strict": False} for name in ask.tools
        ]
    if ask.forced:
        body["tool_choice"] = {"type": "function", "name": ask.forced}
    if ask.schema:
        body["text"] = {"format": {"type": "json_schema", "name": "answer", "schema": ask.schema}}
    if ask.thinks:
        body |= {"reasoning": {"effort": "medium"}, "include": ["reasoning.encrypted_content"]}
    for name, value in ask.options.items():
        if name not in NAMES:
            raise Unsayable
        body[NAMES[name]] = value
    return {**body, "stream": True} if streamed else body


def _items(turn: Turn) -> list[Any]:
    if turn.echo is not None:
        return turn.echo
    results = [item for item in turn.items if isinstance(item, Result)]
    if results:
        return [{"type": "function_call_output", "call_id": result.id, "output": result.text} for result in results]
    return [{"role": turn.role, "content": [_part(item, turn.role) for item in turn.items]}]


def _part(item: Item, role: str) -> Json:
    match item:
        case Words():
            return {"type": "input_text" if role == "user" else "output_text", "text": item.text}
        case Picture():
            return {"type": "input_image", "image_url": f"data:image/png;base64,{item.data}", "detail": "auto"}
        case _:
            raise Unsayable


def gather(raw: bytes) -> Json:
    """The last event has the whole answer; what was told before must add up to it."""
    texts: dict[tuple[str, int], str] = {}
    calls: dict[str, str] = {}
    done: list[Json] = []
    numbers: list[int] = []
    last: Json = {}
    for name, event in events(raw):
        assert name == event["type"]
        numbers.append(event["sequence_number"])
        last = event
        if name == "response.output_text.delta":
            key = (event["item_id"], event["content_index"])
            texts[key] = texts.get(key, "") + event["delta"]
        elif name == "response.function_call_arguments.delta":
            calls[event["item_id"]] = calls.get(event["item_id"], "") + event["delta"]
        elif name == "response.output_item.done":
            done.append(event["item"])
    assert last["type"] in {"response.completed", "response.incomplete"}, last
    assert numbers == sorted(set(numbers))
    whole = last["response"]
    if whole["output"]:  # the vendor's own stream may say it but once
        assert whole["output"] == done
    for item in whole["output"]:
        if item["type"] == "message" and texts:
            assert "".join(part["text"] for part in item["content"]) == "".join(
                text for (identity, _), text in texts.items() if identity == item["id"]
            )
        if item["type"] == "function_call":
            assert calls[item["id"]] == item["arguments"]
    return whole


def read(body: Json) -> Reply:
    items: list[Item] = []
    for item in body["output"]:
        if item["type"] == "reasoning":
            parts = [*item["summary"], *(item.get("content") or ())]
            seal = item.get("encrypted_content") or ""
            items.append(Thought("".join(part["text"] for part in parts), seal))
        elif item["type"] == "message":
            items.extend(Words(part["text"]) for part in item["content"])
        else:
            assert item["type"] == "function_call", item
            sign(items, read_proof(item))
            items.append(Call(item["name"], json.loads(item["arguments"]), item["call_id"]))
    usage = body["usage"]
    assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"]
    spent = Spent(
        usage["input_tokens"],
        usage["output_tokens"],
        usage["input_tokens_details"]["cached_tokens"],
        usage["output_tokens_details"]["reasoning_tokens"],
    )
    return Reply(tuple(items), _stop(body), spent)


def _stop(body: Json) -> Stop:
    if body["status"] == "incomplete":
        stops: dict[str, Stop] = {"max_output_tokens": "length", "content_filter": "filtered"}
        return stops[body["incomplete_details"]["reason"]]
    assert body["status"] == "completed", body
    return "tools" if any(item["type"] == "function_call" for item in body["output"]) else "stop"


def sees(reply: Reply) -> Reply:
    """The wire does not tell whether it was a stop text."""
    return replace(reply, stop="stop") if reply.stop == "stop_sequence" else reply


CLIENT = Client(
    name="openai_responses",
    title="OpenAI responses",
    path=lambda model, streamed: "/v1/responses",
    key_header="authorization",
    key_prefix="Bearer ",
    write=write,
    gather=gather,
    read=read,
    echo=lambda body: body["output"],
    error=lambda body: f"{body['error']['type']}: {body['error']['message']}",
    sees=sees,
)
