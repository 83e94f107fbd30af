"""A server of OpenAI's chat completions: https://platform.openai.com/docs/api-reference/chat

It tells thoughts as ``reasoning_content``, as vLLM and DeepSeek do: https://api-docs.deepseek.com/guides/reasoning_model
"""

from __future__ import annotations

import json
from dataclasses import replace
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

OPTIONS = ("max_tokens", "temperature", "top_p", "top_k", "stop", "seed", "presence_penalty", "n")
STOPS: dict[Stop, str] = {
    "stop": "stop",
    "stop_sequence": "stop",
    "length": "length",
    "tools": "tool_calls",
    "filtered": "content_filter",
}
IDENTITY: Json = {"id": "chatcmpl-1", "created": 1_700_000_000, "model": "m-1"}
PICTURE = "data:image/png;base64,"


def hear(body: Json, streamed: bool) -> Ask:
    known(
        body, "model", "messages", "stream", "stream_options", "tools", "tool_choice", "response_format",
        "reasoning_effort", "store", *OPTIONS,
    )  # fmt: skip
    assert bool(body.get("stream")) == streamed
    assert not streamed or body["stream_options"] == {"include_usage": True}
    return hear_conversation(body, thinks=body.get("reasoning_effort", "none") != "none")


def hear_conversation(body: Json, *, thinks: bool) -> Ask:
    """All that has the same form at every server of this wire."""
    system, turns, calls = "", [], {}
    for message in body["messages"]:
        role, content = message["role"], message.get("content")
        if role == "system":
            system += _text(content)
        elif role == "tool":
            result = Result("", _text(content), message["tool_call_id"])
            if turns and isinstance(turns[-1].items[0], Result):
                turns[-1] = Turn("user", (*turns[-1].items, result))
            else:
                turns.append(Turn("user", (result,)))
        else:
            items = [*_thoughts(message), *_parts(content)]
            for call in message.get("tool_calls") or ():
                assert call["type"] == "function"
                calls[call["id"]] = call["function"]["name"]
                items.append(Call(call["function"]["name"], json.loads(call["function"]["arguments"]), call["id"]))
            turns.append(Turn(role, tuple(items)))
    tools = [tool["function"] for tool in body.get("tools") or ()]
    assert all(tool["parameters"] == tool_schema() for tool in tools)
    wanted = body.get("response_format")
    if wanted:
        assert wanted["type"] == "json_schema"
        assert wanted["json_schema"]["name"]
    return Ask(
        name_results(turns, calls),
        system=system,
        tools=tuple(tool["name"] for tool in tools),
        forced=body["tool_choice"]["function"]["name"] if isinstance(body.get("tool_choice"), dict) else "",
        schema=wanted["json_schema"]["schema"] if wanted else None,
        thinks=thinks,
        options={name: body[name] for name in OPTIONS if name in body},
    )


def _text(content: Any) -> str:
    return content if isinstance(content, str) else "".join(part["text"] for part in content)


def _thoughts(message: Json) -> list[Item]:
    details = message.get("reasoning_details") or ()
    text = message.get("reasoning_content") or "".join(detail.get("text") or "" for detail in details)
    signature = "".join(detail.get("signature") or "" for detail in details)
    return [Thought(text, signature)] if text or signature else []


def _parts(content: Any) -> list[Item]:
    if content is None or content == "":
        return []
    if isinstance(content, str):
        return [Words(content)]
    parts: list[Item] = []
    for part in content:
        if part["type"] == "text":
            parts.append(Words(part["text"]))
        else:
            url = part["image_url"]["url"]
            assert url.startswith(PICTURE)
            parts.append(Picture(url.removeprefix(PICTURE)))
    return parts


def _usage(reply: Reply) -> Json:
    spent = reply.spent
    return {
        "prompt_tokens": spent.input,
        "completion_tokens": spent.output,
        "total_tokens": spent.input + spent.output,
        "prompt_tokens_details": {"cached_tokens": spent.cached},
        "completion_tokens_details": {"reasoning_tokens": spent.thought},
    }


def tell_thought(thought: Thought) -> Json:
    return {"reasoning_content": thought.text}


def _call(call: Call) -> Json:
    function = {"name": call.name, "arguments": json.dumps(call.arguments)}
    return {"id": call.id, "type": "function", "function": function}


def answer(reply: Reply, tell=tell_thought) -> Json:
    message: Json = {"role": "assistant", "content": None}
    for item in reply.items:
        match item:
            case Words():
                message["content"] = item.text
            case Thought():
                message |= tell(item)
            case Call():
                message.setdefault("tool_calls", []).append(_call(item))
            case _:
                raise TypeError(item)
    choice = {"index": 0, "message": message, "finish_reason": STOPS[reply.stop], "logprobs": None}
    return {**IDENTITY, "object": "chat.completion", "choices": [choice], "usage": _usage(reply)}


def stream(reply: Reply, tell=tell_thought) -> list[bytes]:
    def chunk(delta: Json, finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return event({**IDENTITY, "object": "chat.completion.chunk", "choices": [choice], "usage": None})

    out = [chunk({"role": "assistant", "content": ""})]
    index = 0
    for item in reply.items:
        match item:
            case Words():
                out += [chunk({"content": item.text[:3]}), chunk({"content": item.text[3:]})]
            case Thought():
                out += [
                    chunk(tell(piece)) for piece in (Thought(item.text[:5]), Thought(item.text[5:], item.signature))
                ]
            case Call():
                whole = _call(item)
                text = whole["function"]["arguments"]
                whole["function"]["arguments"] = ""
                pieces = [text[:4], text[4:]]
                out.append(chunk({"tool_calls": [{"index": index, **whole}]}))
                out += [chunk({"tool_calls": [{"index": index, "function": {"arguments": piece}}]}) for piece in pieces]
                index += 1
            case _:
                raise TypeError(item)
    out.append(chunk({}, STOPS[reply.stop]))
    out.append(event({**IDENTITY, "object": "chat.completion.chunk", "choices": [], "usage": _usage(reply)}))
    return [*out, b"data: [DONE]\n\n"]


def failing(status: str, message: str, kind: str, code: str | None, **headers: str) -> Failing:
    error = {"message": message, "type": kind, "param": None, "code": code}
    return Failing(status, {"error": error}, tuple((name.replace("_", "-"), text) for name, text in headers.items()))


# https://platform.openai.com/docs/guides/error-codes
FAULTS: dict[Fault, Failing] = {
    "401": failing("401 Unauthorized", "Incorrect API key.", "invalid_request_error", "invalid_api_key"),
    "404": failing("404 Not Found", "The model does not exist.", "invalid_request_error", "model_not_found"),
    "429": failing("429 Too Many Requests", "Slow down.", "requests", "rate_limit_exceeded", retry_after="30"),
    "500": failing("500 Internal Server Error", "Sorry.", "server_error", None, retry_after="30"),
    "overloaded": failing("503 Service Unavailable", "Overloaded.", "server_error", None, retry_after="30"),
}


def says(reply: Reply) -> Reply:
    """No signature, and a stop text looks like a natural end."""
    items = tuple(replace(item, signature="") if isinstance(item, Thought) else item for item in reply.items)
    return replace(reply, items=items, stop="stop" if reply.stop == "stop_sequence" else reply.stop)


VENDOR = Vendor(
    name="openai_chat",
    title="OpenAI chat",
    provider="custom",
    model="m-1",
    path=lambda model, streamed: "/v1/chat/completions",
    hear=hear,
    answer=answer,
    stream=stream,
    faults=FAULTS,
    says=says,
    base="/v1",
)
