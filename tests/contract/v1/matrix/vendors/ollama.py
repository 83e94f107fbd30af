"""Ollama: https://docs.ollama.com/api/chat"""

from __future__ import annotations

import json
import re
from dataclasses import replace

from tests.contract.v1.matrix.said import (
    Ask,
    Call,
    Fault,
    Item,
    Json,
    Picture,
    Reply,
    Result,
    Spent,
    Thought,
    Turn,
    Unsayable,
    Words,
    tool_schema,
)
from tests.contract.v1.matrix.vendors.vendor import Failing, Vendor, known

NAMES = {
    "num_predict": "max_tokens",
    "temperature": "temperature",
    "top_p": "top_p",
    "top_k": "top_k",
    "stop": "stop",
    "seed": "seed",
    "presence_penalty": "presence_penalty",
}

_MUST_CALL = re.compile(r"Answer with the arguments of the function (\w+),")


def hear(body: Json, streamed: bool) -> Ask:
    known(body, "model", "messages", "stream", "tools", "format", "think", "options")
    assert body["stream"] == streamed
    system, forced, turns = "", "", []
    called: list[str] = []
    for message in body["messages"]:
        role, text = message["role"], message["content"]
        if role == "system":
            call = _MUST_CALL.match(text)
            if call is None:
                system += text
            else:
                forced = call[1]
            continue
        if role == "tool":
            assert message["tool_name"] in called
            result = Result(message["tool_name"], text)
            if turns and isinstance(turns[-1].items[0], Result):
                turns[-1] = Turn("user", (*turns[-1].items, result))
            else:
                turns.append(Turn("user", (result,)))
            continue
        items: list[Item] = [Thought(message["thinking"])] if message.get("thinking") else []
        items += [Words(text)] if text else []
        items += [Picture(data) for data in message.get("images") or ()]
        for call in message.get("tool_calls") or ():
            called.append(call["function"]["name"])
            items.append(Call(call["function"]["name"], call["function"]["arguments"]))
        turns.append(Turn(role, tuple(items)))
    tools = [tool["function"] for tool in body.get("tools") or ()]
    assert all(tool["parameters"] == tool_schema() for tool in tools)
    options = body.get("options") or {}
    known(options, *NAMES)
    return Ask(
        tuple(turns),
        system=system,
        tools=tuple(tool["name"] for tool in tools),
        forced=forced,
        # What must be called has its parameters as the schema of the answer.
        schema=None if forced and body["format"] == tool_schema() else body.get("format"),
        thinks=bool(body.get("think")),
        options={neutral: options[name] for name, neutral in NAMES.items() if name in options},
    )


def _message(item: Item) -> Json:
    match item:
        case Words():
            return {"content": item.text}
        case Thought():
            return {"thinking": item.text}
        case Call():
            return {"tool_calls": [{"function": {"name": item.name, "arguments": item.arguments}}]}
        case _:
            raise TypeError(item)


def _end(reply: Reply, message: Json) -> Json:
    return {
        "model": "qwen3",
        "created_at": "2026-01-01T00:00:00.123456789Z",
        "message": message,
        "done": True,
        "done_reason": "length" if reply.stop == "length" else "stop",
        "total_duration": 5,
        "prompt_eval_count": reply.spent.input,
        "eval_count": reply.spent.output,
    }


def answer(reply: Reply) -> Json:
    message: Json = {"role": "assistant", "content": ""}
    for item in reply.items:
        for name, value in _message(item).items():
            message[name] = message[name] + value if isinstance(message.get(name), list) else value
    return _end(reply, message)


def stream(reply: Reply) -> list[bytes]:
    messages: list[Json] = []
    for item in reply.items:
        match item:
            case Words():
                messages += [_message(Words(item.text[:3])), _message(Words(item.text[3:]))]
            case Thought():
                messages += [_message(Thought(item.text[:5])), _message(Thought(item.text[5:]))]
            case _:
                messages.append(_message(item))
    head = {"model": "qwen3", "created_at": "2026-01-01T00:00:00Z", "done": False}
    lines = [{**head, "message": {"role": "assistant", "content": "", **message}} for message in messages]
    lines.append(_end(reply, {"role": "assistant", "content": ""}))
    return [json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines]


# https://docs.ollama.com/api/errors
FAULTS: dict[Fault, Failing] = {
    "401": Failing("401 Unauthorized", {"error": "unauthorized"}),
    "404": Failing("404 Not Found", {"error": "model 'qwen3' not found"}),
    "429": Failing("429 Too Many Requests", {"error": "too many requests"}, (("retry-after", "30"),)),
    "500": Failing("500 Internal Server Error", {"error": "runner stopped"}, (("retry-after", "30"),)),
    "overloaded": Failing(
        "503 Service Unavailable", {"error": "server busy, please try again."}, (("retry-after", "30"),)
    ),
}


def says(reply: Reply) -> Reply:
    """No signatures, no filter, no parts of the counts; a stop text looks like a natural end."""
    if reply.stop == "filtered" or reply.spent.cached or reply.spent.thought:
        raise Unsayable
    items = tuple(replace(item, signature="") if isinstance(item, Thought) else item for item in reply.items)
    spent = Spent(reply.spent.input, reply.spent.output)
    return Reply(items, "stop" if reply.stop == "stop_sequence" else reply.stop, spent)


VENDOR = Vendor(
    name="ollama",
    title="Ollama",
    provider="ollama",
    model="qwen3",
    path=lambda model, streamed: "/api/chat",
    hear=hear,
    answer=answer,
    stream=stream,
    stream_kind="application/x-ndjson",
    faults=FAULTS,
    says=says,
    key=False,
)
