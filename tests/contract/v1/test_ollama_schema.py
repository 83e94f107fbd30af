"""Structured output on an Ollama without a key, asked for in every way that client libraries have, on every face."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import KEY, configuration
from tests.upstreams import scripted
from tests.upstreams.scripted import Scripted, stream, whole

Json = dict[str, Any]

SCHEMA: Json = {"type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"]}
TEXT = '{"age": 25}'
ASKED = [{"role": "user", "content": "Jo is 25."}]


def function(name: str) -> Json:
    return {"type": "function", "function": {"name": name, "description": f"A {name}.", "parameters": SCHEMA}}


def flat(name: str) -> Json:
    return {"type": "function", "name": name, "parameters": SCHEMA}


def tool(name: str) -> Json:
    return {"name": name, "input_schema": SCHEMA}


def declared(*names: str) -> Json:
    return {"functionDeclarations": [{"name": name, "parameters": SCHEMA} for name in names]}


FORMAT = {"type": "json_schema", "json_schema": {"name": "Person", "schema": SCHEMA, "strict": True}}
GENERATION = {"responseMimeType": "application/json"}

SHAPES: dict[str, Json] = {
    "chat response_format": {"messages": ASKED, "response_format": FORMAT},
    "messages output_config": {
        "messages": ASKED, "max_tokens": 99, "output_config": {"format": {"type": "json_schema", "schema": SCHEMA}},
    },
    "responses text.format": {
        "input": "Jo is 25.", "text": {"format": {"type": "json_schema", "name": "Person", "schema": SCHEMA}},
    },
    "gemini responseSchema": {
        "contents": [{"parts": [{"text": "Jo is 25."}]}],
        "generationConfig": {
            **GENERATION,
            "responseSchema": {"type": "OBJECT", "properties": {"age": {"type": "INTEGER"}}, "required": ["age"]},
        },
    },
    "gemini responseJsonSchema": {
        "contents": [{"parts": [{"text": "Jo is 25."}]}],
        "generationConfig": {**GENERATION, "responseJsonSchema": SCHEMA},
    },
}  # fmt: skip

FORCED: dict[str, Json] = {
    "chat named": {
        "messages": ASKED,
        "tools": [function("Person"), function("Other")],
        "tool_choice": {"type": "function", "function": {"name": "Person"}},
    },
    "chat required": {"messages": ASKED, "tools": [function("Person")], "tool_choice": "required"},
    "messages tool": {
        "messages": ASKED, "max_tokens": 99, "tools": [tool("Person"), tool("Other")],
        "tool_choice": {"type": "tool", "name": "Person"},
    },
    "messages any": {"messages": ASKED, "max_tokens": 99, "tools": [tool("Person")], "tool_choice": {"type": "any"}},
    "responses named": {
        "input": "Jo is 25.", "tools": [flat("Person"), flat("Other")],
        "tool_choice": {"type": "function", "name": "Person"},
    },
    "responses required": {"input": "Jo is 25.", "tools": [flat("Person")], "tool_choice": "required"},
    "gemini any": {
        "contents": [{"parts": [{"text": "Jo is 25."}]}],
        "tools": [declared("Person", "Other")],
        "toolConfig": {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["Person"]}},
    },
}  # fmt: skip

SEVERAL: dict[str, Json] = {
    "chat required": {
        "messages": ASKED, "tools": [function("Person"), function("Other")], "tool_choice": "required",
    },
    "messages any": {
        "messages": ASKED, "max_tokens": 99, "tools": [tool("Person"), tool("Other")], "tool_choice": {"type": "any"},
    },
    "responses required": {
        "input": "Jo is 25.", "tools": [flat("Person"), flat("Other")], "tool_choice": "required",
    },
    "gemini any": {
        "contents": [{"parts": [{"text": "Jo is 25."}]}],
        "tools": [declared("Person", "Other")],
        "toolConfig": {"functionCallingConfig": {"mode": "ANY"}},
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def upstream() -> Iterator[Scripted]:
    with scripted.start() as running:
        yield running


@pytest.fixture(scope="module")
def bare(upstream: Scripted) -> Iterator[CallServer]:
    with CallServer([configuration("local", "ollama", model="qwen3", base_url=upstream.url)]).serve() as running:
        yield running


def line(content: str, done: bool = False, **message: Any) -> bytes:
    told: Json = {"model": "qwen3", "message": {"role": "assistant", "content": content, **message}, "done": done}
    if done:
        told |= {"done_reason": "stop", "prompt_eval_count": 9, "eval_count": 5}
    return json.dumps(told).encode() + b"\n"


def ask(bare: CallServer, upstream: Scripted, how: str, body: Json, streamed: bool) -> httpx2.Response:
    upstream.asked.clear()
    upstream.script = (
        stream(line('{"age"') + line(": 25}") + line("", done=True)) if streamed else whole(line(TEXT, done=True))
    )
    face = how.split(" ")[0]
    path = {"chat": "/v1/chat/completions", "messages": "/v1/messages", "responses": "/v1/responses"}.get(face)
    if path is None:
        path = "/v1beta/models/local:" + ("streamGenerateContent?alt=sse" if streamed else "generateContent")
    else:
        body = {"model": "local", "stream": streamed, **body}
    told = httpx2.post(
        bare.url + path, json=body, headers={"Authorization": f"Bearer {KEY}"}, timeout=20, trust_env=False
    )
    assert told.status_code == 200, told.text
    return told


def events(text: str) -> list[Json]:
    found = [part.removeprefix("data: ") for part in text.splitlines() if part.startswith("data: ")]
    return [json.loads(data) for data in found if data != "[DONE]"]


def answer(how: str, told: httpx2.Response, streamed: bool) -> tuple[str, str, str, str]:
    """The text; the name and the arguments of the call; and why the answer ended."""
    face = how.split(" ")[0]
    wires: list[Json] = events(told.text) if streamed else [told.json()]
    text = name = arguments = reason = ""
    for wire in wires:
        if face == "chat":
            for choice in wire["choices"]:
                delta = choice.get("delta") or choice.get("message") or {}
                text += delta.get("content") or ""
                for call in delta.get("tool_calls") or ():
                    name += call["function"].get("name") or ""
                    arguments += call["function"].get("arguments") or ""
                reason = choice["finish_reason"] or reason
        elif face == "messages" and streamed:
            block, delta = wire.get("content_block", {}), wire.get("delta", {})
            name += block.get("name", "")
            text += delta.get("text", "")
            arguments += delta.get("partial_json", "")
            reason = delta.get("stop_reason") or reason
        elif face == "messages":
            for block in wire["content"]:
                text += block.get("text", "")
                name += block.get("name", "")
                arguments += json.dumps(block["input"]) if "input" in block else ""
            reason = wire["stop_reason"]
        elif face == "responses":
            whole_answer: Json = wire.get("response", {}) if streamed else wire
            if whole_answer.get("status") != "completed":
                continue
            reason = "completed"
            for item in whole_answer["output"]:
                text += "".join(piece["text"] for piece in item.get("content") or ())
                name += item.get("name", "")
                arguments += item.get("arguments", "")
        else:
            for part in wire["candidates"][0]["content"]["parts"]:
                text += part.get("text", "")
                name += part.get("functionCall", {}).get("name", "")
                arguments += json.dumps(part["functionCall"]["args"]) if "functionCall" in part else ""
            reason = wire["candidates"][0].get("finishReason") or reason
    return text, name, arguments, reason


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("how", SHAPES)
def test_a_schema_of_the_answer_is_the_format(bare: CallServer, upstream: Scripted, how: str, streamed: bool) -> None:
    told = ask(bare, upstream, how, SHAPES[how], streamed)
    assert json.loads(upstream.asked[0].body)["format"] == SCHEMA
    text, name, arguments, _ = answer(how, told, streamed)
    assert (json.loads(text), name, arguments) == ({"age": 25}, "", "")


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("how", FORCED)
def test_a_tool_that_must_be_called_is_the_format_and_the_answer_its_call(
    bare: CallServer, upstream: Scripted, how: str, streamed: bool
) -> None:
    told = ask(bare, upstream, how, FORCED[how], streamed)
    sent = json.loads(upstream.asked[0].body)
    assert sent["format"] == SCHEMA
    assert "tools" not in sent
    text, name, arguments, reason = answer(how, told, streamed)
    assert (text, name, json.loads(arguments)) == ("", "Person", {"age": 25})
    ends = {"chat": "tool_calls", "messages": "tool_use", "responses": "completed", "gemini": "STOP"}
    assert reason == ends[how.split(" ")[0]]
    assert "tool_choice" not in told.headers.get("x-trunkline-dropped", "")


@pytest.mark.parametrize("how", SEVERAL)
def test_among_several_the_model_chooses_and_that_is_told(bare: CallServer, upstream: Scripted, how: str) -> None:
    told = ask(bare, upstream, how, SEVERAL[how], streamed=False)
    sent = json.loads(upstream.asked[0].body)
    assert len(sent["tools"]) == 2
    assert "format" not in sent
    assert "tool_choice" in told.headers["x-trunkline-dropped"]
