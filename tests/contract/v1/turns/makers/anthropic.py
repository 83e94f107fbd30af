"""Anthropic: https://platform.claude.com/docs/en/api/messages, https://platform.claude.com/docs/en/build-with-claude/extended-thinking"""

from __future__ import annotations

import json
from typing import Any, Final

from tests.contract.v1.turns.makers.maker import Heard, Maker, cut, event, sign
from tests.contract.v1.turns.scene import Call, Json, Refused, Scene, Thought, Words

HOUSE: Final = "anthropic"


def _content(scene: Scene) -> list[Json]:
    blocks: list[Json] = []
    for place, item in enumerate(scene.items):
        match item:
            case Words():
                blocks.append({"type": "text", "text": item.text})
            case Thought(""):
                blocks.append({"type": "redacted_thinking", "data": sign(HOUSE, place)})
            case Thought():
                blocks.append({"type": "thinking", "thinking": item.text, "signature": sign(HOUSE, place)})
            case Call():
                name = f"toolu_01A09q90qw90lq917835l{place}"
                blocks.append({"type": "tool_use", "id": name, "name": item.name, "input": item.arguments})
            case Refused():
                pass  # a refusal has no content, only its stop reason
    return blocks


def _whole(scene: Scene) -> Json:
    refused = any(isinstance(item, Refused) for item in scene.items)
    stop = "refusal" if refused else "tool_use" if scene.has_tools else "end_turn"
    return {
        "id": "msg_01XFDUDYJgAACzvnptvVoYEL",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-4-5-20250929",
        "content": _content(scene),
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": {"input_tokens": 21, "output_tokens": 9},
    }


def _stream(scene: Scene) -> list[bytes]:
    whole = _whole(scene)
    begun = {**whole, "content": [], "stop_reason": None, "usage": {"input_tokens": 21, "output_tokens": 1}}
    out = [_event("message_start", message=begun), _event("ping")]
    for index, block in enumerate(whole["content"]):
        match block["type"]:
            case "text":
                empty = {**block, "text": ""}
                deltas = [{"type": "text_delta", "text": piece} for piece in cut(block["text"])]
            case "thinking":
                empty = {**block, "thinking": "", "signature": ""}
                deltas = [{"type": "thinking_delta", "thinking": piece} for piece in cut(block["thinking"])]
                deltas.append({"type": "signature_delta", "signature": block["signature"]})
            case "redacted_thinking":
                empty, deltas = block, []
            case _:
                empty = {**block, "input": {}}
                # A call without arguments streams one empty piece.
                pieces = ["", *cut(json.dumps(block["input"]))] if block["input"] else [""]
                deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in pieces]
        out.append(_event("content_block_start", index=index, content_block=empty))
        out += [_event("content_block_delta", index=index, delta=delta) for delta in deltas]
        out.append(_event("content_block_stop", index=index))
    delta = {"stop_reason": whole["stop_reason"], "stop_sequence": None}
    out.append(_event("message_delta", delta=delta, usage={"output_tokens": 9}))
    return [*out, _event("message_stop")]


def _event(kind: str, **fields: Any) -> bytes:
    return event({"type": kind, **fields}, kind)


def _blocks(content: Any) -> list[Json]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content or []


def hear(body: Json) -> Heard:
    heard = Heard()
    for message in body["messages"]:
        for block in _blocks(message["content"]):
            match block["type"]:
                case "text":
                    heard.say(block["text"])
                case "thinking":
                    heard.thoughts.append((block["thinking"], block["signature"]))
                case "redacted_thinking":
                    heard.thoughts.append(("", block["data"]))
                case "tool_use":
                    heard.calls.append((block["id"], block["name"], block["input"]))
                case _:
                    texts = [part["text"] for part in _blocks(block["content"])]
                    heard.results.append((block["tool_use_id"], "".join(texts)))
    return heard


def thoughts(scene: Scene) -> list[tuple[str, str]]:
    return [(item.text, sign(HOUSE, place)) for place, item in enumerate(scene.items) if isinstance(item, Thought)]


MAKER: Final = Maker(lambda scene: json.dumps(_whole(scene)).encode(), _stream, hear, thoughts)
