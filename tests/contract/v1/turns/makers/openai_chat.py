"""Servers of OpenAI's chat completions, which differ in how they tell thoughts and in the ids of calls.

OpenAI and Azure show none (https://platform.openai.com/docs/guides/reasoning); DeepSeek and vLLM say
``reasoning_content`` (https://api-docs.deepseek.com/guides/thinking_mode), Groq ``reasoning``
(https://console.groq.com/docs/reasoning), Mistral parts of the content
(https://docs.mistral.ai/capabilities/reasoning), OpenRouter ``reasoning_details``
(https://openrouter.ai/docs/use-cases/reasoning-tokens).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

from tests.contract.v1.turns.makers import anthropic, gemini
from tests.contract.v1.turns.makers.maker import Heard, Maker, cut, event, sign
from tests.contract.v1.turns.scene import Call, Json, Refused, Scene, Thought, Words

ReasoningForm = Literal["none", "reasoning_content", "reasoning", "parts", "details", "sealed details"]


@dataclass(frozen=True)
class Server:
    """``way`` is how it tells thoughts, ``give_id`` what it calls the call at a place, ``refuses`` whether it has a
    field for refusals."""

    form: ReasoningForm = "none"
    give_id: Callable[[int], str] = lambda place: f"call_q2SeDgzxdBAFCkZmY1Is{place}"
    refuses: bool = False
    rounds: bool = False
    """Whether it wants back the thoughts of rounds of tool calls alone."""

    def thought(self, place: int, text: str, *, end: bool = True) -> Json:
        """The fields of a message, or of a delta, that tell (a piece of) a thought."""
        match self.form:
            case "reasoning_content" | "reasoning":
                return {self.form: text} if text else {}
            case "parts":
                return {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": text}]}]} if text else {}
            case "details":
                form = {"format": "anthropic-claude-v1", "index": place // 2}
                if not text:
                    return {
                        "reasoning_details": [
                            {"type": "reasoning.encrypted", "data": sign(anthropic.HOUSE, place), **form}
                        ]
                    }
                seal = {"signature": sign(anthropic.HOUSE, place)} if end else {}
                return {
                    "reasoning": text,
                    "reasoning_details": [{"type": "reasoning.text", "text": text, **seal, **form}],
                }
            case "sealed details":
                form, first = {"format": "google-gemini-v1"}, place // 2 * 2
                told: list[Json] = [{"type": "reasoning.text", "text": text, "index": first, **form}] if text else []
                if end:
                    sealed = {"type": "reasoning.encrypted", "data": sign(gemini.HOUSE, place), "id": f"tool_{place}"}
                    told.append({**sealed, "index": first + bool(text), **form})
                return {"reasoning": text or None, "reasoning_details": told}
            case _:
                return {}


OPENAI: Final = Server(refuses=True)
DEEPSEEK: Final = Server("reasoning_content", lambda place: f"call_00_Zs1zgYQpLVKdNvBKpN{place}", rounds=True)
VLLM: Final = Server("reasoning_content", lambda place: f"chatcmpl-tool-0f8ad9a1b7{place}")
GROQ: Final = Server("reasoning", lambda place: f"fc_1ad1d3a0-6bff-4bd7-{place}")
MISTRAL: Final = Server("parts", lambda place: f"D681Pevk{place}")
ROUTED_CLAUDE: Final = Server("details", lambda place: f"toolu_vrtx_01Pq5dCzM{place}")
ROUTED_GEMINI: Final = Server("sealed details", lambda place: f"tool_0_get_weather_{place}")


def _call(server: Server, place: int, call: Call) -> Json:
    function = {"name": call.name, "arguments": json.dumps(call.arguments, ensure_ascii=False)}
    return {"id": server.give_id(place), "type": "function", "function": function}


def _finish(scene: Scene, server: Server) -> str:
    if any(isinstance(item, Refused) for item in scene.items):
        return "stop" if server.refuses else "content_filter"
    return "tool_calls" if scene.has_tools else "stop"


_USAGE: Final[Json] = {"prompt_tokens": 21, "completion_tokens": 9, "total_tokens": 30}
_HEAD: Final[Json] = {"id": "chatcmpl-B9MHDbslfkBeAs8l4bebGdFOJ6PeG", "created": 1_700_000_000, "model": "m"}


def _answer(scene: Scene, server: Server) -> bytes:
    message: Json = {"role": "assistant", "content": None, **({"refusal": None} if server.refuses else {})}
    for place, item in enumerate(scene.items):
        match item:
            case Words():
                _append(message, {"content": [{"type": "text", "text": item.text}]} if server.form == "parts" and
                        isinstance(message["content"], list) else {"content": item.text})  # fmt: skip
            case Thought():
                _append(message, server.thought(place, item.text))
            case Call():
                message.setdefault("tool_calls", []).append(_call(server, place, item))
            case Refused():
                message["refusal" if server.refuses else "content"] = (
                    "I'm sorry, I can't assist with that." if server.refuses else ""
                )
    choice = {"index": 0, "message": message, "finish_reason": _finish(scene, server), "logprobs": None}
    return json.dumps({**_HEAD, "object": "chat.completion", "choices": [choice], "usage": _USAGE}).encode()


def _append(message: Json, more: Json) -> None:
    for name, value in more.items():
        before = message.get(name)
        if isinstance(before, str) and isinstance(value, list):
            before = [{"type": "text", "text": before}]
        message[name] = value if before is None else before if value is None else before + value


def _stream(scene: Scene, server: Server) -> list[bytes]:
    def chunk(delta: Json, finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        return event({**_HEAD, "object": "chat.completion.chunk", "choices": [choice]})

    out = [chunk({"role": "assistant", "content": "", **({"refusal": None} if server.refuses else {})})]
    index = 0
    for place, item in enumerate(scene.items):
        match item:
            case Words():
                out += [chunk({"content": piece}) for piece in cut(item.text)]
            case Thought():
                pieces = cut(item.text)
                for number, piece in enumerate(pieces):
                    told = server.thought(place, piece, end=number == len(pieces) - 1)
                    out += [chunk(told)] if told else []
            case Call():
                whole = _call(server, place, item)
                text = whole["function"]["arguments"]
                first = {**whole, "function": {**whole["function"], "arguments": ""}}
                out.append(chunk({"tool_calls": [{"index": index, **first}]}))
                out += [
                    chunk({"tool_calls": [{"index": index, "function": {"arguments": piece}}]}) for piece in cut(text)
                ]
                index += 1
            case Refused():
                out += [chunk({"refusal": "I'm sorry, "}), chunk({"refusal": "no."})] if server.refuses else []
    out.append(chunk({}, _finish(scene, server)))
    out.append(event({**_HEAD, "object": "chat.completion.chunk", "choices": [], "usage": _USAGE}))
    return [*out, b"data: [DONE]\n\n"]


def hear(body: Json) -> Heard:
    heard = Heard()
    for message in body["messages"]:
        content = message.get("content")
        if message["role"] == "tool":
            heard.results.append((message["tool_call_id"], _text(content)))
            continue
        heard.thoughts += _told(message)
        for part in content if isinstance(content, list) else [{"type": "text", "text": content}]:
            heard.say(part["text"] if part["type"] == "text" else "")
        for call in message.get("tool_calls") or ():
            function = call["function"]
            heard.calls.append((call["id"], function["name"], json.loads(function["arguments"] or "{}")))
    return heard


def _text(content: Any) -> str:
    return content if isinstance(content, str) else "".join(part["text"] for part in content or ())


def _told(message: Json) -> list[tuple[str, str]]:
    """Thoughts in whichever way they are told."""
    if message.get("reasoning_details"):
        told: list[tuple[str, str]] = []
        for detail in message["reasoning_details"]:
            seal = detail.get("signature") or detail.get("data") or ""
            text = detail.get("text") or detail.get("summary") or ""
            told.append((text, seal))
        return told
    if isinstance(message.get("content"), list):
        return [
            ("".join(piece["text"] for piece in part["thinking"]), "")
            for part in message["content"]
            if part["type"] == "thinking"
        ]
    text = message.get("reasoning_content") or message.get("reasoning")
    return [(text, "")] if text else []


def _thoughts(scene: Scene, server: Server) -> list[tuple[str, str]]:
    said = [(place, item.text) for place, item in enumerate(scene.items) if isinstance(item, Thought)]
    match server.form:
        case "details":
            return [(text, sign(anthropic.HOUSE, place)) for place, text in said]
        case "sealed details":
            return [
                told
                for place, text in said
                for told in ([(text, "")] if text else []) + [("", sign(gemini.HOUSE, place))]
            ]
        case _:
            text = "".join(text for _, text in said)
            if server.rounds and not scene.has_tools:
                return []
            return [(text, "")] if text and server.form != "none" else []


def make(server: Server) -> Maker:
    return Maker(
        lambda scene: _answer(scene, server),
        lambda scene: _stream(scene, server),
        hear,
        lambda scene: _thoughts(scene, server),
    )
