"""OpenAI's responses: https://platform.openai.com/docs/api-reference/responses, with thoughts as
https://platform.openai.com/docs/guides/reasoning tells them: summaries, and sealed content where it was asked for."""

from __future__ import annotations

import json
from typing import Any, Final
from uuid import uuid4

from tests.contract.v1.turns.makers.maker import Heard, Maker, cut, event, sign
from tests.contract.v1.turns.scene import Call, Json, Refused, Scene, Thought, Words

HOUSE: Final = "openai"
_TAIL: Final = "67ccd2bf17f0819081ff3bb2cf6508e60bb6a6b452d379"


def _output(scene: Scene) -> list[Json]:
    items: list[Json] = []
    for place, item in enumerate(scene.items):
        match item:
            case Words():
                part = {"type": "output_text", "text": item.text, "annotations": [], "logprobs": []}
                items.append(_message(place, part))
            case Thought():
                summary = [{"type": "summary_text", "text": item.text}] if item.text else []
                seal = {"encrypted_content": sign(HOUSE, place)}
                items.append({"id": f"rs_{_TAIL}{place}", "type": "reasoning", "summary": summary, **seal})
            case Call():
                call = {"id": f"fc_{_TAIL}{place}", "type": "function_call", "status": "completed"}
                name = {"call_id": f"call_unDeNk7VSbvIXQ3RYx{place}", "name": item.name}
                items.append({**call, **name, "arguments": json.dumps(item.arguments, ensure_ascii=False)})
            case Refused():
                items.append(_message(place, {"type": "refusal", "refusal": "I'm sorry, I cannot assist with that."}))
    return items


def _message(place: int, part: Json) -> Json:
    head = {"id": f"msg_{_TAIL}{place}", "type": "message", "status": "completed", "role": "assistant"}
    return {**head, "content": [part]}


def _whole(scene: Scene) -> Json:
    return {
        "id": f"resp_{uuid4().hex}",
        "object": "response",
        "created_at": 1_741_476_542,
        "status": "completed",
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "model": "gpt-5.2-2025-12-11",
        "output": _output(scene),
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "store": True,
        "temperature": 1.0,
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "metadata": {},
        "usage": {
            "input_tokens": 21,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": 9,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": 30,
        },
    }


def _stream(scene: Scene) -> list[bytes]:
    whole = _whole(scene)
    begun = {**whole, "status": "in_progress", "output": [], "usage": None}
    told: list[Json] = [{"type": "response.created", "response": begun}]
    told.append({"type": "response.in_progress", "response": begun})
    for index, item in enumerate(whole["output"]):
        empty = {**item, **{name: [] for name in ("content", "summary") if name in item}}
        empty |= {"arguments": ""} if "arguments" in item else {}
        if "status" in item:
            empty["status"] = "in_progress"
        told.append({"type": "response.output_item.added", "output_index": index, "item": empty})
        told += _told(item, {"item_id": item["id"], "output_index": index})
        told.append({"type": "response.output_item.done", "output_index": index, "item": item})
    told.append({"type": "response.completed", "response": whole})
    return [event({**fields, "sequence_number": number}, fields["type"]) for number, fields in enumerate(told)]


def _told(item: Json, place: Json) -> list[Json]:
    match item["type"]:
        case "message":
            (part,) = item["content"]
            kind, name = ("output_text", "text") if part["type"] == "output_text" else ("refusal", "refusal")
            place = {**place, "content_index": 0}
            return [
                {"type": "response.content_part.added", **place, "part": {**part, name: ""}},
                *({"type": f"response.{kind}.delta", **place, "delta": piece} for piece in cut(part[name])),
                {"type": f"response.{kind}.done", **place, name: part[name]},
                {"type": "response.content_part.done", **place, "part": part},
            ]
        case "reasoning":
            place = {**place, "summary_index": 0}
            head = "response.reasoning_summary"
            return [
                told
                for part in item["summary"]
                for told in (
                    {"type": f"{head}_part.added", **place, "part": {**part, "text": ""}},
                    *({"type": f"{head}_text.delta", **place, "delta": piece} for piece in cut(part["text"])),
                    {"type": f"{head}_text.done", **place, "text": part["text"]},
                    {"type": f"{head}_part.done", **place, "part": part},
                )
            ]
        case _:
            head, text = "response.function_call_arguments", item["arguments"]
            pieces = [{"type": f"{head}.delta", **place, "delta": piece} for piece in cut(text)]
            return [*pieces, {"type": f"{head}.done", **place, "arguments": text, "name": item["name"]}]


def hear(body: Json) -> Heard:
    heard = Heard()
    given = body["input"]
    for item in given if isinstance(given, list) else [{"role": "user", "content": given}]:
        match item.get("type", "message"):
            case "message":
                for text in _texts(item["content"]):
                    heard.say(text)
            case "function_call":
                heard.calls.append((item["call_id"], item["name"], json.loads(item["arguments"] or "{}")))
            case "function_call_output":
                heard.results.append((item["call_id"], item["output"]))
            case _:
                summary = "".join(part["text"] for part in item.get("summary") or ())
                heard.thoughts.append((summary, item.get("encrypted_content") or ""))
    return heard


def _texts(content: Any) -> list[str]:
    return [content] if isinstance(content, str) else [part.get("text") or "" for part in content]


def _thoughts(scene: Scene) -> list[tuple[str, str]]:
    return [(item.text, sign(HOUSE, place)) for place, item in enumerate(scene.items) if isinstance(item, Thought)]


MAKER: Final = Maker(lambda scene: json.dumps(_whole(scene)).encode(), _stream, hear, _thoughts)
