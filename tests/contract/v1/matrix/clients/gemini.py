"""Gemini's generateContent as its clients speak it: https://ai.google.dev/api/generate-content"""

from __future__ import annotations

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

NAMES = {
    "max_tokens": "maxOutputTokens",
    "temperature": "temperature",
    "top_p": "topP",
    "top_k": "topK",
    "stop": "stopSequences",
    "seed": "seed",
    "presence_penalty": "presencePenalty",
    "n": "candidateCount",
}
STOPS: dict[str, Stop] = {"STOP": "stop", "MAX_TOKENS": "length", "SAFETY": "filtered"}


def write(ask: Ask, model: str, streamed: bool) -> Json:
    del model, streamed  # both stand in the path
    body: Json = {"contents": [_content(turn) for turn in ask.turns]}
    config: Json = {NAMES[name]: value for name, value in ask.options.items()}
    if ask.system:
        body["systemInstruction"] = {"parts": [{"text": ask.system}]}
    if ask.tools:
        declared = [{"name": name, "parametersJsonSchema": tool_schema()} for name in ask.tools]
        body["tools"] = [{"functionDeclarations": declared}]
    if ask.forced:
        body["toolConfig"] = {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": [ask.forced]}}
    if ask.schema:
        config |= {"responseMimeType": "application/json", "responseJsonSchema": ask.schema}
    if ask.thinks:
        config["thinkingConfig"] = {"thinkingBudget": 2048, "includeThoughts": True}
    return {**body, "generationConfig": config} if config else body


def _content(turn: Turn) -> Any:
    if turn.echo is not None:
        return turn.echo
    return {"role": "user" if turn.role == "user" else "model", "parts": [_part(item) for item in turn.items]}


def _part(item: Item) -> Json:
    match item:
        case Words():
            return {"text": item.text}
        case Picture():
            return {"inlineData": {"mimeType": "image/png", "data": item.data}}
        case Result():
            named = {"id": item.id} if item.id else {}
            return {"functionResponse": {**named, "name": item.name, "response": {"output": item.text}}}
        case _:
            raise Unsayable


def gather(raw: bytes) -> Json:
    """Parts in their order; neighbours of one kind become one, as the SDK's ``text`` has it."""
    parts: list[Json] = []
    candidate: Json = {"content": {"role": "model", "parts": parts}}
    whole: Json = {"candidates": [candidate]}
    for name, piece in events(raw):
        assert not name
        whole["usageMetadata"] = piece.get("usageMetadata") or whole.get("usageMetadata")
        for found in piece.get("candidates") or ():
            candidate["finishReason"] = found.get("finishReason") or candidate.get("finishReason")
            for part in (found.get("content") or {}).get("parts") or ():
                if parts and _joins(parts[-1], part):
                    parts[-1]["text"] += part["text"]
                    parts[-1].update({name: value for name, value in part.items() if name == "thoughtSignature"})
                else:
                    parts.append(dict(part))
    return whole


def _joins(before: Json, part: Json) -> bool:
    return (
        "text" in before
        and "text" in part
        and before.get("thought") == part.get("thought")
        and "thoughtSignature" not in before
    )


def read(body: Json) -> Reply:
    candidate = body["candidates"][0]
    items: list[Item] = []
    for part in candidate["content"]["parts"]:
        if call := part.get("functionCall"):
            sign(items, part.get("thoughtSignature") or "")
            items.append(Call(call["name"], call.get("args") or {}, call.get("id") or ""))
        elif part.get("thought"):
            items.append(Thought(part["text"], part.get("thoughtSignature") or ""))
        elif part["text"]:
            items.append(Words(part["text"]))
    usage = body["usageMetadata"]
    thought = usage.get("thoughtsTokenCount") or 0
    spent = Spent(
        usage["promptTokenCount"],
        usage["candidatesTokenCount"] + thought,
        usage.get("cachedContentTokenCount") or 0,
        thought,
    )
    assert usage["totalTokenCount"] == spent.input + spent.output
    stop = STOPS[candidate["finishReason"]]
    called = stop == "stop" and any(isinstance(item, Call) for item in items)
    return Reply(tuple(items), "tools" if called else stop, spent)


def sees(reply: Reply) -> Reply:
    """The wire does not tell whether it was a stop text."""
    return replace(reply, stop="stop") if reply.stop == "stop_sequence" else reply


CLIENT = Client(
    name="gemini",
    title="Gemini",
    path=lambda model, streamed: (
        f"/v1beta/models/{model}:{'streamGenerateContent?alt=sse' if streamed else 'generateContent'}"
    ),
    key_header="x-goog-api-key",
    key_prefix="",
    write=write,
    gather=gather,
    read=read,
    echo=lambda body: body["candidates"][0]["content"],
    error=lambda body: f"{body['error']['status']}: {body['error']['message']}",
    sees=sees,
)
