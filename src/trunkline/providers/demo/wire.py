"""The demo's answers on OpenAI's wire: https://platform.openai.com/docs/api-reference/chat/object"""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterator

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.providers.demo.answer import Answer

CHAT_MODEL = "demo-chat"
EMBEDDINGS_MODEL = "demo-embeddings"


def write_completion(answer: Answer, call_id: str, created: int) -> bytes:
    """A whole answer."""
    message: dict[str, JsonValue] = {"role": "assistant", "content": answer.text, "refusal": None}
    if answer.tool is not None:
        call: JsonValue = {
            "id": _tool_call_id(call_id),
            "type": "function",
            "function": {"name": answer.tool, "arguments": answer.text},
        }
        message |= {"content": None, "tool_calls": [call]}
    choice: JsonValue = {"index": 0, "message": message, "logprobs": None, "finish_reason": answer.finish}
    body = _head(call_id, created, "chat.completion") | {"choices": [choice], "usage": _usage(answer)}
    return msgspec.json.encode(body)


def write_chunks(answer: Answer, call_id: str, created: int, usage: bool) -> Iterator[bytes]:
    """A streamed answer: the role, one event per token, the reason of the end, usage if wanted, ``[DONE]``."""
    head = _head(call_id, created, "chat.completion.chunk")

    def event(delta: JsonValue, finish: JsonValue = None) -> bytes:
        choice: JsonValue = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        body: dict[str, JsonValue] = {**head, "choices": [choice]}
        if usage:
            body["usage"] = None
        return _event(body)

    if answer.tool is None:
        yield event({"role": "assistant", "content": "", "refusal": None})
        for piece in answer.pieces:
            yield event({"content": piece})
    else:
        function: JsonValue = {"name": answer.tool, "arguments": ""}
        call: JsonValue = {"index": 0, "id": _tool_call_id(call_id), "type": "function", "function": function}
        yield event({"role": "assistant", "content": None, "tool_calls": [call]})
        for piece in answer.pieces:
            yield event({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]})
    yield event({}, answer.finish)
    if usage:
        yield _event(head | {"choices": [], "usage": _usage(answer)})
    yield b"data: [DONE]\n\n"


def write_embeddings(vectors: list[list[float]], as_base64: bool, prompt_tokens: int) -> bytes:
    """Vectors in order; as base64 they are little-endian 32-bit floats."""
    data = [
        {
            "object": "embedding",
            "index": index,
            "embedding": base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode() if as_base64 else vector,
        }
        for index, vector in enumerate(vectors)
    ]
    usage = {"prompt_tokens": prompt_tokens, "total_tokens": prompt_tokens}
    return msgspec.json.encode({"object": "list", "data": data, "model": EMBEDDINGS_MODEL, "usage": usage})


def write_models() -> bytes:
    """The list of models."""
    data = [
        {"id": name, "object": "model", "created": 0, "owned_by": "trunkline"}
        for name in (CHAT_MODEL, EMBEDDINGS_MODEL)
    ]
    return msgspec.json.encode({"object": "list", "data": data})


def write_error(message: str, kind: str, code: str | None, param: str | None = None) -> bytes:
    """https://platform.openai.com/docs/guides/error-codes"""
    return msgspec.json.encode({"error": {"message": message, "type": kind, "param": param, "code": code}})


def _head(call_id: str, created: int, kind: str) -> dict[str, JsonValue]:
    return {"id": call_id, "object": kind, "created": created, "model": CHAT_MODEL, "system_fingerprint": None}


def _usage(answer: Answer) -> JsonValue:
    output = len(answer.pieces)
    return {
        "prompt_tokens": answer.prompt_tokens,
        "completion_tokens": output,
        "total_tokens": answer.prompt_tokens + output,
    }


def _tool_call_id(call_id: str) -> str:
    return f"call_{call_id.removeprefix('chatcmpl-')}"


def _event(body: JsonValue) -> bytes:
    return b"data: " + msgspec.json.encode(body) + b"\n\n"
