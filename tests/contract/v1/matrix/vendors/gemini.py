"""Gemini: https://ai.google.dev/api/generate-content"""

from __future__ import annotations

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
from tests.contract.v1.matrix.vendors.vendor import Failing, Vendor, event, known

NAMES = {
    "maxOutputTokens": "max_tokens",
    "temperature": "temperature",
    "topP": "top_p",
    "topK": "top_k",
    "stopSequences": "stop",
    "seed": "seed",
    "presencePenalty": "presence_penalty",
    "candidateCount": "n",
}
STOPS: dict[Stop, str] = {
    "stop": "STOP",
    "stop_sequence": "STOP",
    "tools": "STOP",
    "length": "MAX_TOKENS",
    "filtered": "SAFETY",
}


def hear(body: Json, streamed: bool) -> Ask:
    del streamed  # stands in the path
    known(body, "contents", "systemInstruction", "tools", "toolConfig", "generationConfig", "store")
    config: Json = body.get("generationConfig") or {}
    known(config, "responseMimeType", "responseJsonSchema", "responseSchema", "thinkingConfig", *NAMES)
    turns: list[Turn] = []
    calls: list[str] = []
    for content in body["contents"]:
        role = {"user": "user", "model": "assistant"}[content["role"]]
        turns.append(Turn(role, tuple(_hear_parts(content["parts"], calls))))
    tools = [tool for group in body.get("tools") or () for tool in group["functionDeclarations"]]
    assert all((tool.get("parametersJsonSchema") or tool["parameters"]) == tool_schema() for tool in tools)
    calling = (body.get("toolConfig") or {}).get("functionCallingConfig") or {}
    schema = config.get("responseJsonSchema") or config.get("responseSchema")
    assert schema is None or config["responseMimeType"] == "application/json"
    thinking = config.get("thinkingConfig") or {}
    return Ask(
        tuple(turns),
        system="".join(part["text"] for part in (body.get("systemInstruction") or {"parts": ()})["parts"]),
        tools=tuple(tool["name"] for tool in tools),
        forced=calling["allowedFunctionNames"][0] if calling.get("mode") == "ANY" else "",
        schema=schema,
        thinks=bool(thinking.get("thinkingBudget")) or "thinkingLevel" in thinking,
        options={neutral: config[name] for name, neutral in NAMES.items() if name in config},
    )


def _hear_parts(parts: list[Json], calls: list[str]) -> list[Item]:
    """The signature of a thought stands on the part after it."""
    items: list[Item] = []
    for part in parts:
        signature = part.get("thoughtSignature")
        if part.get("thought"):
            items.append(Thought(part["text"], signature or ""))
            continue
        if signature:
            before = items.pop() if items and isinstance(items[-1], Thought) else Thought("")
            items.append(replace(before, signature=signature))
        items.append(_hear_part(part, calls))
    return items


def _hear_part(part: Json, calls: list[str]) -> Item:
    if "functionCall" in part:
        call = part["functionCall"]
        calls.append(call["name"])
        return Call(call["name"], call.get("args") or {}, call.get("id") or "")
    if "functionResponse" in part:
        result = part["functionResponse"]
        assert result["name"] in calls
        (text,) = result["response"].values()
        return Result(result["name"], text, result.get("id") or "")
    if "inlineData" in part:
        assert part["inlineData"]["mimeType"] == "image/png"
        return Picture(part["inlineData"]["data"])
    return Words(part["text"])


def _parts(reply: Reply) -> list[Json]:
    parts: list[Json] = []
    signature = ""
    for item in reply.items:
        match item:
            case Words():
                parts.append({"text": item.text})
            case Thought():
                parts.append({"text": item.text, "thought": True})
                signature = item.signature
                continue
            case Call():
                parts.append({"functionCall": {"name": item.name, "args": item.arguments}})
            case _:
                raise TypeError(item)
        if signature:
            parts[-1]["thoughtSignature"] = signature
            signature = ""
    return parts


def _piece(reply: Reply, parts: list[Json], *, last: bool = True) -> Json:
    candidate: Json = {"content": {"role": "model", "parts": parts}, "index": 0}
    spent = reply.spent
    usage: Json = {"promptTokenCount": spent.input, "totalTokenCount": spent.input + spent.output}
    if last:
        candidate["finishReason"] = STOPS[reply.stop]
        usage["candidatesTokenCount"] = spent.output - spent.thought
        if spent.thought:
            usage["thoughtsTokenCount"] = spent.thought
        if spent.cached:
            usage["cachedContentTokenCount"] = spent.cached
    return {
        "candidates": [candidate],
        "usageMetadata": usage,
        "modelVersion": "gemini-2.5-flash",
        "responseId": "r-1",
    }


def answer(reply: Reply) -> Json:
    return _piece(reply, _parts(reply))


def stream(reply: Reply) -> list[bytes]:
    parts: list[Any] = []
    for part in _parts(reply):
        if "text" in part and not part.get("thoughtSignature"):
            parts += [{**part, "text": part["text"][:1]}, {**part, "text": part["text"][1:]}]
        else:
            parts.append(part)
    pieces = [_piece(reply, [part], last=False) for part in parts[:-1]]
    return [event(piece) for piece in [*pieces, _piece(reply, parts[-1:])]]


def _failing(code: int, status: str, message: str, *details: Json) -> Failing:
    error: Json = {"code": code, "message": message, "status": status, "details": list(details)}
    waits = () if code not in {500, 503} else (("retry-after", "30"),)
    return Failing(f"{code} {status}", {"error": error}, waits)


# https://ai.google.dev/gemini-api/docs/troubleshooting
FAULTS: dict[Fault, Failing] = {
    "401": _failing(401, "UNAUTHENTICATED", "Request had invalid authentication credentials."),
    "404": _failing(404, "NOT_FOUND", "models/x is not found for API version v1beta."),
    "429": _failing(
        429,
        "RESOURCE_EXHAUSTED",
        "Slow down.",
        {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "30s"},
    ),
    "500": _failing(500, "INTERNAL", "An internal error has occurred."),
    "overloaded": _failing(503, "UNAVAILABLE", "The model is overloaded."),
}


def says(reply: Reply) -> Reply:
    """A stop text looks like a natural end."""
    return replace(reply, stop="stop") if reply.stop == "stop_sequence" else reply


VENDOR = Vendor(
    name="gemini",
    title="Gemini",
    provider="gemini",
    model="gemini-2.5-flash",
    path=lambda model, streamed: (
        f"/v1beta/models/{model}:{'streamGenerateContent?alt=sse' if streamed else 'generateContent'}"
    ),
    hear=hear,
    answer=answer,
    stream=stream,
    faults=FAULTS,
    says=says,
)
