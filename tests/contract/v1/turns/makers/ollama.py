"""Ollama: https://docs.ollama.com/api/chat. Calls have no ids in most of its versions, and thoughts no signature."""

from __future__ import annotations

import json
from typing import Final

from tests.contract.v1.turns.makers.maker import Heard, Maker, cut
from tests.contract.v1.turns.scene import Call, Json, Refused, Scene, Thought, Words


def _messages(scene: Scene) -> list[Json]:
    messages: list[Json] = []
    for item in scene.items:
        match item:
            case Words():
                messages.append({"content": item.text})
            case Thought(""):
                pass
            case Thought():
                messages.append({"content": "", "thinking": item.text})
            case Call():
                function = {"name": item.name, "arguments": item.arguments}
                messages.append({"content": "", "tool_calls": [{"function": function}]})
            case Refused():
                messages.append({"content": "I cannot help with that."})
    return messages


_END: Final[Json] = {
    "done": True, "done_reason": "stop", "total_duration": 5, "prompt_eval_count": 21, "eval_count": 9,
}  # fmt: skip


def _line(message: Json, **more: object) -> Json:
    head = {"model": "qwen3", "created_at": "2026-01-01T00:00:00.123456789Z"}
    return {**head, "message": {"role": "assistant", **message}, "done": False, **more}


def _answer(scene: Scene) -> bytes:
    whole: Json = {"content": ""}
    for message in _messages(scene):
        for name, value in message.items():
            whole[name] = whole[name] + value if name in whole else value
    return json.dumps(_line(whole, **_END)).encode()


def _stream(scene: Scene) -> list[bytes]:
    lines: list[Json] = []
    for message in _messages(scene):
        (name,) = [name for name in message if name != "content"] or ["content"]
        if name == "tool_calls":
            lines.append(_line(message))
        else:
            lines += [_line({"content": "", name: piece}) for piece in cut(message[name])]
    lines.append(_line({"content": ""}, **_END))
    return [json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines]


def hear(body: Json) -> Heard:
    heard = Heard()
    for message in body["messages"]:
        if message["role"] == "tool":
            heard.results.append((message.get("tool_call_id") or "", message["content"]))
            continue
        if message.get("thinking"):
            heard.thoughts.append((message["thinking"], ""))
        heard.say(message.get("content"))
        for call in message.get("tool_calls") or ():
            heard.calls.append((call.get("id") or "", call["function"]["name"], call["function"]["arguments"]))
    return heard


def _thoughts(scene: Scene) -> list[tuple[str, str]]:
    said = [item.text for item in scene.items if isinstance(item, Thought) and item.text]
    return [("".join(said), "")] if said else []


MAKER: Final = Maker(_answer, _stream, hear, _thoughts, "application/x-ndjson")
