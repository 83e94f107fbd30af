"""OpenAI's responses: https://platform.openai.com/docs/api-reference/responses

Only clients of the same wire are served by it; for others OpenAI's chat completions are used.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from tests.contract.v1.matrix.said import (
    Ask,
    Call,
    Item,
    Json,
    Picture,
    Reply,
    Result,
    Thought,
    Turn,
    Words,
    tool_schema,
)
from tests.contract.v1.matrix.vendors.openai_chat import FAULTS, PICTURE
from tests.contract.v1.matrix.vendors.vendor import Vendor, event, known, name_results

NAMES = {"max_output_tokens": "max_tokens", "temperature": "temperature", "top_p": "top_p"}


def hear(body: Json, streamed: bool) -> Ask:
    known(
        body, "model", "input", "instructions", "store", "stream", "tools", "tool_choice", "text", "reasoning",
        "include", *NAMES,
    )  # fmt: skip
    assert bool(body.get("stream")) == streamed
    assert body["store"] is False
    system = body.get("instructions") or ""
    turns: list[Turn] = []
    calls: dict[str, str] = {}
    for item in body["input"]:
        if item.get("role") in {"system", "developer"}:
            system += "".join(word.text for word in _content(item["content"]) if isinstance(word, Words))
            continue
        role, items = _items(item, calls)
        if turns and turns[-1].role == role and (role == "assistant" or isinstance(items[0], Result)):
            turns[-1] = Turn(role, (*turns[-1].items, *items))
        else:
            turns.append(Turn(role, tuple(items)))
    tools = body.get("tools") or ()
    assert all(tool["parameters"] == tool_schema() and tool["type"] == "function" for tool in tools)
    choice = body.get("tool_choice")
    wanted = (body.get("text") or {}).get("format") or {"type": "text"}
    thinks = (body.get("reasoning") or {}).get("effort", "none") != "none"
    assert not thinks or "reasoning.encrypted_content" in body["include"]
    return Ask(
        name_results(turns, calls),
        system=system,
        tools=tuple(tool["name"] for tool in tools),
        forced=choice["name"] if isinstance(choice, dict) else "",
        schema=wanted["schema"] if wanted["type"] == "json_schema" else None,
        thinks=thinks,
        options={neutral: body[name] for name, neutral in NAMES.items() if name in body},
    )


def _items(item: Json, calls: dict[str, str]) -> tuple[Any, list[Item]]:
    match item.get("type", "message"):
        case "message":
            return item["role"], _content(item["content"])
        case "function_call":
            calls[item["call_id"]] = item["name"]
            return "assistant", [Call(item["name"], json.loads(item["arguments"]), item["call_id"])]
        case "reasoning":
            text = "".join(part["text"] for part in item["summary"])
            return "assistant", [Thought(text, item.get("encrypted_content") or "")]
        case _:
            assert item["type"] == "function_call_output", item
            return "user", [Result("", item["output"], item["call_id"])]


def _content(content: Any) -> list[Item]:
    if isinstance(content, str):
        return [Words(content)]
    return [
        Picture(part["image_url"].removeprefix(PICTURE)) if part["type"] == "input_image" else Words(part["text"])
        for part in content
    ]


def _output(reply: Reply) -> list[Json]:
    items: list[Json] = []
    for place, item in enumerate(reply.items):
        match item:
            case Words():
                part = {"type": "output_text", "text": item.text, "annotations": [], "logprobs": []}
                message = {"id": f"msg_{place}a", "type": "message", "role": "assistant", "status": "completed"}
                items.append({**message, "content": [part]})
            case Thought():
                summary = [{"type": "summary_text", "text": item.text}]
                seal = {"encrypted_content": item.signature} if item.signature else {}
                items.append({"id": f"rs_{place}a", "type": "reasoning", "summary": summary, **seal})
            case Call():
                call = {"id": f"fc_{place}a", "type": "function_call", "status": "completed", "call_id": item.id}
                items.append({**call, "name": item.name, "arguments": json.dumps(item.arguments)})
            case _:
                raise TypeError(item)
    return items


def answer(reply: Reply) -> Json:
    reasons = {"length": "max_output_tokens", "filtered": "content_filter"}
    reason = reasons.get(reply.stop)
    spent = reply.spent
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1_700_000_000,
        "model": "gpt-5-mini",
        "status": "incomplete" if reason else "completed",
        "incomplete_details": {"reason": reason} if reason else None,
        "error": None,
        "output": _output(reply),
        "usage": {
            "input_tokens": spent.input,
            "input_tokens_details": {"cached_tokens": spent.cached},
            "output_tokens": spent.output,
            "output_tokens_details": {"reasoning_tokens": spent.thought},
            "total_tokens": spent.input + spent.output,
        },
    }


def stream(reply: Reply) -> list[bytes]:
    whole = answer(reply)
    begun = {**whole, "status": "in_progress", "output": [], "usage": None, "incomplete_details": None}
    told: list[Json] = [{"type": "response.created", "response": begun}]
    for index, item in enumerate(whole["output"]):
        place = {"item_id": item["id"], "output_index": index}
        empty = {**item, **{name: [] for name in ("content", "summary") if name in item}}
        empty |= {"arguments": ""} if "arguments" in item else {}
        empty.pop("encrypted_content", None)
        told.append({"type": "response.output_item.added", "output_index": index, "item": empty})
        match item["type"]:
            case "message":
                text, place = item["content"][0]["text"], {**place, "content_index": 0}
                part = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
                told.append({"type": "response.content_part.added", **place, "part": part})
                told += [
                    {"type": "response.output_text.delta", **place, "delta": piece} for piece in (text[:3], text[3:])
                ]
                told.append({"type": "response.output_text.done", **place, "text": text})
                told.append({"type": "response.content_part.done", **place, "part": item["content"][0]})
            case "reasoning":
                text, place = item["summary"][0]["text"], {**place, "summary_index": 0}
                told.append(
                    {
                        "type": "response.reasoning_summary_part.added",
                        **place,
                        "part": {**item["summary"][0], "text": ""},
                    }
                )
                told.append({"type": "response.reasoning_summary_text.delta", **place, "delta": text})
                told.append({"type": "response.reasoning_summary_text.done", **place, "text": text})
                told.append({"type": "response.reasoning_summary_part.done", **place, "part": item["summary"][0]})
            case _:
                text = item["arguments"]
                told += [
                    {"type": "response.function_call_arguments.delta", **place, "delta": piece}
                    for piece in (text[:4], text[4:])
                ]
                told.append({"type": "response.function_call_arguments.done", **place, "arguments": text})
        told.append({"type": "response.output_item.done", "output_index": index, "item": item})
    told.append({"type": f"response.{whole['status']}", "response": whole})
    return [event({**fields, "sequence_number": number}, fields["type"]) for number, fields in enumerate(told)]


def says(reply: Reply) -> Reply:
    """The wire does not tell whether it was a stop text."""
    return replace(reply, stop="stop") if reply.stop == "stop_sequence" else reply


VENDOR = Vendor(
    name="openai_responses",
    title="OpenAI responses",
    provider="openai",
    model="gpt-5-mini",
    path=lambda model, streamed: "/v1/responses",
    hear=hear,
    answer=answer,
    stream=stream,
    faults=FAULTS,
    says=says,
    clients=("openai_responses",),
    base="/v1",
)
