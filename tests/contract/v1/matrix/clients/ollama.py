"""Ollama's chats as its clients speak them: https://github.com/ollama/ollama/blob/main/docs/api.md"""

from __future__ import annotations

import json
from dataclasses import replace

from tests.contract.v1.matrix.clients.client import Client
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
    tool_schema,
)

STOPS: dict[str, Stop] = {"stop": "stop", "length": "length"}
OPTIONS = {
    "max_tokens": "num_predict",
    "temperature": "temperature",
    "top_p": "top_p",
    "top_k": "top_k",
    "stop": "stop",
    "seed": "seed",
    "presence_penalty": "presence_penalty",
}


def write(ask: Ask, model: str, streamed: bool) -> Json:
    if ask.forced or not ask.options.keys() <= OPTIONS.keys():
        raise Unsayable
    body: Json = {"model": model, "messages": [message for turn in ask.turns for message in _messages(turn)]}
    if ask.system:
        body["messages"].insert(0, {"role": "system", "content": ask.system})
    if ask.tools:
        body["tools"] = [
            {"type": "function", "function": {"name": name, "parameters": tool_schema()}} for name in ask.tools
        ]
    if ask.schema:
        body["format"] = ask.schema
    if ask.thinks:
        body["think"] = True
    if ask.options:
        body["options"] = {OPTIONS[name]: value for name, value in ask.options.items()}
    if not streamed:
        body["stream"] = False
    return body


def _messages(turn: Turn) -> list[Json]:
    if turn.echo is not None:
        return [turn.echo]
    results = [item for item in turn.items if isinstance(item, Result)]
    if results:
        return [{"role": "tool", "tool_name": result.name, "content": result.text} for result in results]
    message: Json = {"role": turn.role, "content": ""}
    for item in turn.items:
        match item:
            case Words():
                message["content"] += item.text
            case Picture():
                message["images"] = [*message.get("images", ()), item.data]
            case _:
                raise Unsayable
    return [message]


def gather(raw: bytes) -> Json:
    lines = [json.loads(line) for line in raw.decode().removesuffix("\n").split("\n")]
    assert [line["done"] for line in lines] == [False] * (len(lines) - 1) + [True]
    message: Json = {"role": "assistant", "content": ""}
    for line in lines:
        for name, value in line["message"].items():
            if name == "role":
                assert value == "assistant"
            else:
                message[name] = message[name] + value if name in message else value
    return {**lines[-1], "message": message}


def read(body: Json) -> Reply:
    assert body["done"] is True
    assert body["total_duration"] >= 0
    message = body["message"]
    items: list[Item] = [Thought(message["thinking"])] if message.get("thinking") else []
    items += [Words(message["content"])] if message["content"] else []
    for call in message.get("tool_calls") or ():
        items.append(Call(call["function"]["name"], call["function"]["arguments"], call["id"]))
    stop = "tools" if message.get("tool_calls") else STOPS[body["done_reason"]]
    spent = Spent(body["prompt_eval_count"], body["eval_count"], body.get("prompt_eval_cached_count") or 0)
    return Reply(tuple(items), stop, spent)


def sees(reply: Reply) -> Reply:
    """The wire has no signatures, no word for a stop text or a filter, and no count of thoughts."""
    items = tuple(replace(item, signature="") if isinstance(item, Thought) else item for item in reply.items)
    stop: Stop = "stop" if reply.stop in {"stop_sequence", "filtered"} else reply.stop
    return Reply(items, stop, replace(reply.spent, thought=0))


CLIENT = Client(
    name="ollama",
    title="Ollama",
    path=lambda model, streamed: "/ollama/api/chat",
    key_header="authorization",
    key_prefix="Bearer ",
    write=write,
    gather=gather,
    read=read,
    echo=lambda body: body["message"],
    error=lambda body: body["error"],
    sees=sees,
)
