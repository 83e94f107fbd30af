"""Amazon Bedrock: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html

The model is Anthropic's, which takes what it takes besides in ``additionalModelRequestFields``.
"""

from __future__ import annotations

import json
import struct
from typing import Any
from urllib.parse import quote
from zlib import crc32

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
    Unsayable,
    Words,
    tool_schema,
)
from tests.contract.v1.matrix.vendors.vendor import Failing, Vendor, known, name_results

NAMES = {"maxTokens": "max_tokens", "temperature": "temperature", "topP": "top_p", "stopSequences": "stop"}
STOPS: dict[Stop, str] = {
    "stop": "end_turn",
    "length": "max_tokens",
    "stop_sequence": "stop_sequence",
    "tools": "tool_use",
    "filtered": "content_filtered",
}


def hear(body: Json, streamed: bool) -> Ask:
    del streamed  # stands in the path
    known(
        body, "messages", "system", "inferenceConfig", "toolConfig", "additionalModelRequestFields",
        "additionalModelResponseFieldPaths", "outputConfig",
    )  # fmt: skip
    config: Json = body.get("inferenceConfig") or {}
    known(config, *NAMES)
    fields: Json = body.get("additionalModelRequestFields") or {}
    known(fields, "thinking", "top_k")
    turns: list[Turn] = []
    calls: dict[str, str] = {}
    for message in body["messages"]:
        assert not turns or turns[-1].role != message["role"], "roles take turns"
        turns.append(Turn(message["role"], tuple(_item(block, calls) for block in message["content"])))
    tooling: Json = body.get("toolConfig") or {}
    tools = [tool["toolSpec"] for tool in tooling.get("tools") or ()]
    assert all(tool["inputSchema"] == {"json": tool_schema()} for tool in tools)
    options = {neutral: config[name] for name, neutral in NAMES.items() if name in config}
    if "top_k" in fields:
        options["top_k"] = fields["top_k"]
    return Ask(
        name_results(turns, calls),
        system="".join(block["text"] for block in body.get("system") or ()),
        tools=tuple(tool["name"] for tool in tools),
        forced=((tooling.get("toolChoice") or {}).get("tool") or {}).get("name", ""),
        schema=_schema(body),
        thinks=(fields.get("thinking") or {"type": "disabled"})["type"] != "disabled",
        options=options,
    )


def _schema(body: Json) -> Json | None:
    wanted = (body.get("outputConfig") or {}).get("textFormat")
    if wanted is None:
        return None
    assert wanted["type"] == "json_schema"
    return json.loads(wanted["structure"]["jsonSchema"]["schema"])


def _item(block: Json, calls: dict[str, str]) -> Item:
    ((kind, value),) = block.items()
    match kind:
        case "text":
            return Words(value)
        case "image":
            assert value["format"] == "png"
            return Picture(value["source"]["bytes"])
        case "reasoningContent":
            return Thought(value["reasoningText"]["text"], value["reasoningText"]["signature"])
        case "toolUse":
            calls[value["toolUseId"]] = value["name"]
            return Call(value["name"], value["input"], value["toolUseId"])
        case _:
            assert kind == "toolResult", block
            return Result("", "".join(part["text"] for part in value["content"]), value["toolUseId"])


def _block(item: Item) -> Json:
    match item:
        case Words():
            return {"text": item.text}
        case Thought():
            return {"reasoningContent": {"reasoningText": {"text": item.text, "signature": item.signature}}}
        case Call():
            return {"toolUse": {"toolUseId": item.id, "name": item.name, "input": item.arguments}}
        case _:
            raise TypeError(item)


def _usage(reply: Reply) -> Json:
    spent = reply.spent
    return {
        "inputTokens": spent.input - spent.cached,
        "outputTokens": spent.output,
        "totalTokens": spent.input + spent.output,
        "cacheReadInputTokens": spent.cached,
        "cacheWriteInputTokens": 0,
    }


def answer(reply: Reply) -> Json:
    message = {"role": "assistant", "content": [_block(item) for item in reply.items]}
    return {
        "output": {"message": message},
        "stopReason": STOPS[reply.stop],
        "usage": _usage(reply),
        "metrics": {"latencyMs": 5},
    }


def stream(reply: Reply) -> list[bytes]:
    """Frames of https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html"""
    out = [frame("messageStart", {"role": "assistant"})]
    for index, item in enumerate(reply.items):
        deltas: list[Json]
        match item:
            case Words():  # text has no start
                deltas = [{"text": item.text[:3]}, {"text": item.text[3:]}]
            case Thought():
                pieces = [{"text": item.text[:5]}, {"text": item.text[5:]}, {"signature": item.signature}]
                deltas = [{"reasoningContent": piece} for piece in pieces]
            case Call():
                start = {"toolUse": {"toolUseId": item.id, "name": item.name}}
                out.append(frame("contentBlockStart", {"contentBlockIndex": index, "start": start}))
                text = json.dumps(item.arguments)
                deltas = [{"toolUse": {"input": piece}} for piece in (text[:4], text[4:])]
            case _:
                raise TypeError(item)
        out += [frame("contentBlockDelta", {"contentBlockIndex": index, "delta": delta}) for delta in deltas]
        out.append(frame("contentBlockStop", {"contentBlockIndex": index}))
    out.append(frame("messageStop", {"stopReason": STOPS[reply.stop]}))
    return [*out, frame("metadata", {"usage": _usage(reply), "metrics": {"latencyMs": 5}})]


def frame(kind: str, payload: Json | bytes) -> bytes:
    """One message: https://smithy.io/2.0/aws/amazon-eventstream.html"""
    said = {":event-type": kind, ":content-type": "application/json", ":message-type": "event"}
    headers = b"".join(
        struct.pack("!B", len(name)) + name.encode() + struct.pack("!BH", 7, len(text)) + text.encode()
        for name, text in said.items()
    )
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    out = struct.pack("!II", len(headers) + len(body) + 16, len(headers))
    out += struct.pack("!I", crc32(out)) + headers + body
    return out + struct.pack("!I", crc32(out))


def _failing(status: str, kind: str, message: str, *more: tuple[str, str]) -> Failing:
    return Failing(status, {"message": message}, (("x-amzn-errortype", kind), *more))


WAIT = ("retry-after", "30")
# https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html and those of the operation
FAULTS: dict[Fault, Failing] = {
    "401": _failing("403 Forbidden", "UnrecognizedClientException", "The security token is invalid."),
    "404": _failing("404 Not Found", "ResourceNotFoundException", "The model is not found."),
    "429": _failing("429 Too Many Requests", "ThrottlingException", "Too many requests.", WAIT),
    "500": _failing("500 Internal Server Error", "InternalServerException", "Internal failure.", WAIT),
    "overloaded": _failing("503 Service Unavailable", "ServiceUnavailableException", "Unavailable.", WAIT),
}


def says(reply: Reply) -> Reply:
    """The wire does not count thoughts, and Anthropic's models always sign them."""
    if reply.spent.thought:
        raise Unsayable
    return reply


def _path(model: str, streamed: bool) -> Any:
    return f"/model/{quote(model, safe='')}/{'converse-stream' if streamed else 'converse'}"


VENDOR = Vendor(
    name="bedrock_converse",
    title="Bedrock converse",
    provider="bedrock",
    model="us.anthropic.claude-sonnet-4-20250514-v1:0",
    path=_path,
    hear=hear,
    answer=answer,
    stream=stream,
    stream_kind="application/vnd.amazon.eventstream",
    faults=FAULTS,
    says=says,
)
