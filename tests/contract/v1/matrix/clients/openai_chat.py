"""OpenAI's chat completions as its clients speak it: https://platform.openai.com/docs/api-reference/chat

Thoughts are told as other servers of this wire do: ``reasoning_content``, and OpenRouter's ``reasoning_details``
(https://openrouter.ai/docs/use-cases/reasoning-tokens) for signatures.
"""

from __future__ import annotations

import json
from dataclasses import replace
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

STOPS: dict[str, Stop] = {"stop": "stop", "length": "length", "tool_calls": "tools", "content_filter": "filtered"}


def write(ask: Ask, model: str, streamed: bool) -> Json:
    body: Json = {"model": model, "messages": [message for turn in ask.turns for message in _messages(turn)]}
    if ask.system:
        body["messages"].insert(0, {"role": "system", "content": ask.system})
    if ask.tools:
        body["tools"] = [
            {"type": "function", "function": {"name": name, "parameters": tool_schema()}} for name in ask.tools
        ]
    if ask.forced:
        body["tool_choice"] = {"type": "function", "function": {"name": ask.forced}}
    if ask.schema:
        body["response_format"] = {"type": "json_schema", "json_schema": {"name": "answer", "schema": ask.schema}}
    if ask.thinks:
        body["reasoning_effort"] = "medium"
    body.update(ask.options)
    if streamed:
        body |= {"stream": True, "stream_options": {"include_usage": True}}
    return body


def _messages(turn: Turn) -> list[Any]:
    if turn.echo is not None:
        return [turn.echo]
    results = [item for item in turn.items if isinstance(item, Result)]
    if results:
        return [{"role": "tool", "tool_call_id": result.id, "content": result.text} for result in results]
    return [{"role": turn.role, "content": [_part(item) for item in turn.items]}]


def _part(item: Item) -> Json:
    match item:
        case Words():
            return {"type": "text", "text": item.text}
        case Picture():
            return {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{item.data}"}}
        case _:
            raise Unsayable


def gather(raw: bytes) -> Json:
    message: Json = {"role": "assistant", "content": ""}
    whole: Json = {"choices": [{"message": message, "finish_reason": None}]}
    calls: dict[int, Json] = {}
    details: dict[int, Json] = {}
    assert raw.endswith(b"data: [DONE]\n\n")
    for _, chunk in events(raw):
        assert chunk["object"] == "chat.completion.chunk", chunk
        if chunk.get("usage"):
            whole["usage"] = chunk["usage"]
        for choice in chunk["choices"]:
            delta = choice["delta"]
            message["content"] += delta.get("content") or ""
            if delta.get("reasoning_content"):
                message["reasoning_content"] = message.get("reasoning_content", "") + delta["reasoning_content"]
            for detail in delta.get("reasoning_details") or ():
                known = details.setdefault(detail["index"], {})
                for name, value in detail.items():
                    known[name] = known.get(name, "") + value if name in {"text", "summary", "data"} else value
            for piece in delta.get("tool_calls") or ():
                known = calls.setdefault(
                    piece["index"], {"type": "function", "function": {"name": "", "arguments": ""}}
                )
                known.update({name: value for name, value in piece.items() if name in {"id", "extra_content"}})
                known["function"]["name"] += piece["function"].get("name") or ""
                known["function"]["arguments"] += piece["function"].get("arguments") or ""
            if choice.get("finish_reason"):
                whole["choices"][0]["finish_reason"] = choice["finish_reason"]
    if calls:
        message["tool_calls"] = [calls[index] for index in sorted(calls)]
    if details:
        message["reasoning_details"] = [details[index] for index in sorted(details)]
    return whole


def read_proof(call: Json) -> str:
    """Google's signature on a call: https://ai.google.dev/gemini-api/docs/thought-signatures#openai"""
    return ((call.get("extra_content") or {}).get("google") or {}).get("thought_signature") or ""


def read(body: Json) -> Reply:
    choice = body["choices"][0]
    message = choice["message"]
    items: list[Item] = []
    details = message.get("reasoning_details") or ()
    thought = message.get("reasoning_content") or "".join(
        detail.get("text") or detail.get("summary") or "" for detail in details
    )
    signatures = [detail["signature"] for detail in details if detail.get("signature")]
    if thought or signatures:
        items.append(Thought(thought, "".join(signatures)))
    if message.get("content"):
        items.append(Words(message["content"]))
    for call in message.get("tool_calls") or ():
        function = call["function"]
        sign(items, read_proof(call))
        items.append(Call(function["name"], json.loads(function["arguments"]), call["id"]))
    usage = body["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    spent = Spent(
        usage["prompt_tokens"],
        usage["completion_tokens"],
        (usage.get("prompt_tokens_details") or {}).get("cached_tokens") or 0,
        (usage.get("completion_tokens_details") or {}).get("reasoning_tokens") or 0,
    )
    return Reply(tuple(items), STOPS[choice["finish_reason"]], spent)


def sees(reply: Reply) -> Reply:
    """The wire does not tell whether it was a stop text."""
    return replace(reply, stop="stop") if reply.stop == "stop_sequence" else reply


CLIENT = Client(
    name="openai_chat",
    title="OpenAI chat",
    path=lambda model, streamed: "/v1/chat/completions",
    key_header="authorization",
    key_prefix="Bearer ",
    write=write,
    gather=gather,
    read=read,
    echo=lambda body: body["choices"][0]["message"],
    error=lambda body: f"{body['error']['type']}: {body['error']['message']}",
    sees=sees,
)
